import { expect, it } from 'vitest';
import { areSmallFunctions } from './copy-functions.ts';

const method = (name: string, lines: number): readonly string[] => [
  `  ${name}(value: string): void {`,
  ...Array.from({ length: lines }, (_, at) => `    this.inner.step${at}(value);`),
  '  }',
  '',
];

it('a row of small functions is told from one that does the work', () => {
  expect(areSmallFunctions(['one', 'two', 'three'].flatMap((name) => method(name, 4)))).toBe(true);
  expect(areSmallFunctions(['one', 'two', 'three'].flatMap((name) => method(name, 20)))).toBe(false);
  expect(areSmallFunctions([...method('one', 12), ...method('two', 12)])).toBe(false);
});

it('branches are no functions', () => {
  const branches = Array.from({ length: 8 }, (_, at) => [`  if (a.b(${at})) {`, '    go();', '  }']).flat();
  expect(areSmallFunctions(branches)).toBe(false);
});
