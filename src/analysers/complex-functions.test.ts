import { describe, expect, it } from 'vitest';
import { complexFindings, complexFunctions } from './complex-functions.ts';
import type { MeasuredFunction } from './complexity.ts';
import type { FileEntry } from './data.ts';

type Shape = Pick<MeasuredFunction, 'complexity'> & Partial<MeasuredFunction>;

function told(...shapes: readonly Shape[]): readonly string[] {
  const functions = shapes.map((shape, at): MeasuredFunction => ({
    file: 'src/a.js',
    line: at + 1,
    name: `step${at}`,
    nesting: 4,
    lines: 60,
    ownLines: shape.lines ?? 60,
    depth: 1.6,
    guards: 0.2,
    chosen: 0,
    ...shape,
  }));
  const files = [...new Set(functions.map(({ file }) => file))].map((path): FileEntry => ({
    path,
    bytes: 1,
    lines: 1,
    codeLines: 1,
    branches: 0,
    language: 'JavaScript',
    context: 'production',
    isText: true,
  }));
  return complexFindings([{ files: [], functions, findings: [], risks: [], failed: [] }], files).map(
    ({ file, line }) => `${file}:${line}`,
  );
}

describe('a function that is complex', () => {
  it.each<[string, Shape, Shape]>([
    ['decides much', { complexity: 25 }, { complexity: 24 }],
    ['decides deep inside', { complexity: 90 }, { complexity: 90, depth: 1.4 }],
    ['is more than a loop of choices', { complexity: 90 }, { complexity: 90, nesting: 3 }],
    ['goes on and on', { complexity: 20, depth: 0, lines: 200 }, { complexity: 20, lines: 199 }],
    ['is more than steps that leave', { complexity: 40, guards: 0.3 }, { complexity: 40, guards: 0.4 }],
    ['is deep among them', { complexity: 40, guards: 0.5, depth: 2.5 }, { complexity: 40, guards: 0.6, depth: 2.5 }],
    [
      'is no flat row of guards',
      { complexity: 40, lines: 300, depth: 0.7, guards: 0.4 },
      { complexity: 40, lines: 300, depth: 0.7, guards: 0.5 },
    ],
    ['is more than a table', { complexity: 40, chosen: 0.5 }, { complexity: 40, chosen: 0.6 }],
    ['is more than a row of guards', { complexity: 90, lines: 300 }, { complexity: 90, lines: 300, nesting: 1 }],
  ])('%s', (_, hard, easy) => {
    expect([told(hard), told(easy)]).toEqual([['src/a.js:1'], []]);
  });

  it('is told once for each file, the worst, and for the five worst files', () => {
    expect(told({ complexity: 31 }, { complexity: 40 }, { complexity: 32 })).toEqual(['src/a.js:2']);
    const many = Array.from({ length: 7 }, (_, at) => ({ complexity: 40 + at, file: `src/${at}.js` }));
    expect(told(...many)).toEqual(['src/6.js:7', 'src/5.js:6', 'src/4.js:5', 'src/3.js:4', 'src/2.js:3']);
  });
});

it('is told where people work on it, or where nobody knows', () => {
  const functions = [
    {
      file: 'a.js',
      line: 1,
      name: 'f',
      complexity: 40,
      nesting: 4,
      lines: 100,
      ownLines: 100,
      depth: 2,
      guards: 0,
      chosen: 0,
    },
  ];
  const file: FileEntry = {
    path: 'a.js',
    bytes: 1,
    lines: 1,
    codeLines: 1,
    branches: 0,
    language: 'JavaScript',
    context: 'production',
    isText: true,
  };
  const found = (months: readonly number[]): number => {
    const past = { path: 'a.js', commits: 9, authors: 1, topAuthor: 9, fixes: 0, recentFixes: 0, lastAtMs: 0 };
    const head = { commits: 9, authors: 1, newestAtMs: 0, oldestAtMs: 0, massCommits: 0, isCut: false, together: [] };
    const history = { ...head, files: [{ ...past, trend: months }] };
    return complexFunctions([{ files: [], functions, findings: [], risks: [], failed: [] }], [file], history).length;
  };
  expect(found([0, 0, 1, 1])).toBe(0);
  expect(found([0, 1, 1, 1])).toBe(1);
});
