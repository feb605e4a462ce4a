import { expect, it } from 'vitest';
import { areHoisted } from './hoisted.ts';

const MODULE = `import { a } from './a.js';
function listed(words) {
  return words;
}
export async function exported() {}
export const later = () => 1;
function inner() {}
export class Thing {}
export default function () {}
export {
  listed,
};
`;

it.each([
  [['listed'], true],
  [['exported', 'listed'], true],
  [['Default'], true],
  [['later'], false],
  [['listed', 'Thing'], false],
  [['inner'], false],
  [['gone'], false],
])('functions that a module declares are there before it runs: %s', (names, isSo) => {
  expect(areHoisted(MODULE, names)).toBe(isSo);
});

it('a module of the older kind fills what it gives away as it runs', () => {
  expect(areHoisted('function listed() {}\nmodule.exports = { listed };\n', ['listed'])).toBe(false);
});
