import { expect, it } from 'vitest';
import type { Detected } from './detected.ts';
import { joinSame } from './same-elsewhere.ts';

const CODE = 'if (option.selected = values.length) isSet = true;';

function found(file: string, more: Partial<Detected> = {}): Detected {
  const evidence = [{ source: 'parse', text: `${file} line 3`, ref: `${file}:3` }];
  const words = { kind: 'assigns-in-condition', severity: 'high', confidence: 0.8, title: 'It assigns' } as const;
  return { ...words, file, line: 3, anchor: CODE, evidence, ...more };
}

it('the same code in several files is one finding, with its places', () => {
  const [one, ...others] = joinSame(['c.js', 'a.js', 'b.js'].map((file) => found(file)));
  expect(others).toEqual([]);
  expect(one).toMatchObject({ file: 'a.js', title: 'It assigns (the same in 2 more files)' });
  expect(one?.evidence.map(({ ref }) => ref)).toEqual(['a.js:3', 'b.js:3', 'c.js:3']);
});

it('a focus that leaves out no test is one finding, however many files have it; eight of them are named', () => {
  const focus = { kind: 'focused-test', severity: 'low', anchor: 'focused-test' } as const;
  const files = Array.from({ length: 12 }, (_, index) => `t${10 + index}.test.js`);
  const [one, ...others] = joinSame(files.map((file) => found(file, focus)));
  expect(others).toEqual([]);
  expect(one?.title).toBe('It assigns (the same in 11 more files)');
  expect(one?.evidence).toHaveLength(9);
  expect(one?.evidence.at(-1)?.text).toBe('And 4 more files.');
});

it('what is short, of another kind or severity, or twice in one file stays as it is', () => {
  const apart = [
    found('a.js', { anchor: 'a = b' }),
    found('b.js', { anchor: 'a = b' }),
    found('c.js'),
    found('c.js', { line: 9 }),
    found('d.js', { severity: 'low' }),
    found('d.test.js', { kind: 'focused-test', anchor: 'focused-test' }),
    found('e.test.js', { kind: 'focused-test', anchor: 'focused-test' }),
    found('e.js', { kind: 'empty-catch', anchor: 'empty-catch' }),
    found('f.js', { kind: 'empty-catch', anchor: 'empty-catch' }),
  ];
  expect(joinSame(apart)).toEqual(apart);
});
