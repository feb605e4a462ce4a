import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { mayClash, WriteLocks } from './write-locks.ts';

const HERE = '/project';
const nobody = (): boolean => false;

const doClash = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) => others.some((other) => mayClash(one, other)));

function blocks(held: readonly string[], wanted: readonly string[]): string | undefined {
  const locks = new WriteLocks<string>();
  locks.hold(HERE, 'holder', held);
  return locks.blockOf(HERE, wanted, nobody)?.path;
}

describe('two sets of writes', () => {
  test.each([
    [['a.ts'], ['a.ts'], 'a.ts'],
    [['src/'], ['src/a.ts'], 'src'],
    [['src/a/b.ts'], ['src/'], 'src/a/b.ts'],
    [['src'], ['src/a.ts'], 'src'],
    [['./SRC//a.ts'], ['src/A.ts'], 'src/a.ts'],
    [['src/./a.ts'], ['src/a.ts'], 'src/a.ts'],
    [['src/.'], ['src/a.ts'], 'src'],
    [['caf\u00E9'], ['cafe\u0301'], 'caf\u00E9'],
    [['./'], ['x'], ''],
    [['x/y'], ['.'], 'x/y'],
    [['a', 'b'], ['c', 'b'], 'b'],
    [['src/a.ts'], ['src/a.ts.map'], undefined],
    [['src/'], ['srcs/a'], undefined],
    [['a', 'b'], ['c', 'd'], undefined],
    [['a'], [], undefined],
  ])('%j and %j clash at %j', (held, wanted, path) => {
    assert.equal(blocks(held, wanted), path);
  });

  test('never clash in two projects', () => {
    const locks = new WriteLocks<string>();
    locks.hold('/one', 'holder', ['a']);
    assert.equal(locks.blockOf('/two', ['a'], nobody), undefined);
  });

  test('say who holds what, and forget it when it is given back', () => {
    const locks = new WriteLocks<string>();
    locks.hold(HERE, 'one', ['a/', 'b']);
    locks.hold(HERE, 'two', ['a/x']);
    const block = locks.blockOf(HERE, ['a/x'], (holder) => holder === 'two');
    assert.deepEqual([block?.holder, block?.path], ['one', 'a']);
    assert.deepEqual(
      locks.release(HERE, 'one', ['a/', 'b']).map(({ isShared }) => isShared),
      [false, false],
    );
    assert.deepEqual(locks.blockOf(HERE, ['a'], nobody)?.holder, 'two');
    locks.release(HERE, 'two', ['a/x']);
    assert.equal(locks.blockOf(HERE, ['.'], nobody), undefined);
  });

  test('clash just when a path of one is, or is above, a path of the other', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const path = fc.tuple(fc.array(part, { maxLength: 3 }), fc.boolean()).map(([parts, isFolder]) => {
      return `${parts.join('/')}${isFolder ? '/' : ''}` || '.';
    });
    const set = fc.uniqueArray(path, { maxLength: 4 });
    const cases = fc.tuple(fc.array(set, { maxLength: 5 }), set, fc.nat(4));
    fc.assert(fc.property(cases, ([held, wanted, gone]) => assert.equal(...bothSay(held, wanted, gone))));
  });
});

/** What the locks say once `gone` has given its paths back, and what the rule says. */
function bothSay(
  held: readonly (readonly string[])[],
  wanted: readonly string[],
  gone: number,
): readonly [boolean, boolean] {
  const locks = new WriteLocks<string>();
  for (const [index, writes] of held.entries()) locks.hold(HERE, `h${index}`, writes);
  if (held[gone] !== undefined) locks.release(HERE, `h${gone}`, held[gone]);
  const left = held.filter((_, index) => index !== gone).flat();
  return [locks.blockOf(HERE, wanted, nobody) !== undefined, doClash(wanted, left)];
}
