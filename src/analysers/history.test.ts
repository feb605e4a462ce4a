import { describe, expect, it } from 'vitest';
import { summariseLog } from './history.ts';

type Change = readonly [status: string, ...paths: readonly string[]];

const DAY_S = 24 * 3_600;
const NOW_S = 1_700_000_000;

/** As git prints them, newest first. */
function log(
  ...commits: readonly (readonly [daysAgo: number, message: string, ...changes: readonly Change[]])[]
): string {
  return commits
    .map(([daysAgo, message, ...changes]) => {
      const head = `\u0001Ada\u0002ada@example.org\u0002${NOW_S - daysAgo * DAY_S}\u0002${message}`;
      return `${head}\0\n${changes.map((change) => change.join('\0')).join('\0')}\0`;
    })
    .join('');
}

const commitsOf = (output: string, ...tracked: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(summariseLog(output, new Set(tracked)).files.map(({ path, commits }) => [path, commits]));

describe('how often a file was changed', () => {
  it('counts what was done under its older names, edited as it was renamed or not', () => {
    const output = log(
      [1, 'more', ['M', 'query/compiler.js']],
      [2, 'move', ['R093', 'lib/compiler.js', 'query/compiler.js']],
      [3, 'change', ['M', 'lib/compiler.js']],
      [4, 'rename', ['R100', 'compile.js', 'lib/compiler.js']],
      [5, 'start', ['A', 'compile.js']],
    );
    expect(commitsOf(output, 'query/compiler.js')).toEqual({ 'query/compiler.js': 5 });
  });

  it('leaves out another file that had the name years before', () => {
    const output = log(
      [10, 'more', ['M', 'mail.js']],
      [20, 'again', ['A', 'mail.js']],
      [400, 'throw it away', ['D', 'mail.js']],
      [401, 'change', ['M', 'mail.js']],
      [402, 'rename', ['R100', 'post.js', 'mail.js']],
      [403, 'start', ['A', 'post.js']],
    );
    expect(commitsOf(output, 'mail.js')).toEqual({ 'mail.js': 2 });
  });

  it('counts on where a deletion was taken back, or happened on a branch only', () => {
    const output = log(
      [10, 'take it back', ['A', 'mail.js']],
      [12, 'throw it away', ['D', 'mail.js']],
      [400, 'change', ['M', 'mail.js']],
    );
    expect(commitsOf(output, 'mail.js')).toEqual({ 'mail.js': 3 });
    expect(commitsOf(log([1, 'a', ['M', 'b.js']], [90, 'b', ['D', 'b.js']], [91, 'c', ['M', 'b.js']]), 'b.js')).toEqual(
      {
        'b.js': 3,
      },
    );
  });

  it('keeps a new file apart from the one that gave up its name', () => {
    const output = log(
      [1, 'change', ['M', 'index.js']],
      [2, 'new', ['A', 'index.js']],
      [3, 'move', ['R100', 'index.js', 'lib/index.js']],
      [4, 'start', ['A', 'index.js']],
    );
    expect(commitsOf(output, 'index.js', 'lib/index.js')).toEqual({ 'index.js': 2, 'lib/index.js': 2 });
  });
});

describe('the last 12 months', () => {
  it('count as fixes where the subject tells of what went wrong, not of a slip in the words', () => {
    const fixesOf = (subject: string): unknown =>
      summariseLog(log([0, subject, ['M', 'a.js']]), new Set(['a.js'])).files[0]?.fixes;
    const wrong = ['Bugfix for empty parts', 'CVE-2026-1: limit the head', 'Guard against a missing boundary'];
    const alike = ['Regression in v3', 'Crashes on a long line', 'Correct a deadlock'];
    expect([...wrong, ...alike].map(fixesOf)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(['Fix typo', 'Fix Javadoc', 'docs: fix a link', 'Add a guard'].map(fixesOf)).toEqual([0, 0, 0, 0]);
  });

  it('have their own count of fixes', () => {
    const output = log(
      [0, 'fix: crash', ['M', 'a.js']],
      [100, 'feat: more', ['M', 'a.js']],
      [500, 'fix: bug', ['M', 'a.js']],
    );
    expect(summariseLog(output, new Set(['a.js'])).files).toMatchObject([{ commits: 3, fixes: 2, recentFixes: 1 }]);
  });
});

describe('a walk through history', () => {
  const many = (count: number): string =>
    log(...Array.from({ length: count }, (_, at) => [at, 'change', ['M', 'a.js']] as const));

  it('says when there is more than it looked at', () => {
    expect(summariseLog(many(3_001), new Set(['a.js']))).toMatchObject({ isCut: true, commits: 3_000 });
    expect(summariseLog(many(3_000), new Set(['a.js']))).toMatchObject({ isCut: false, commits: 3_000 });
  });

  it('counts no release, no new arrangement and no commit over very many files, but when a file came in', () => {
    const changes = Array.from({ length: 60 }, (_, at): Change => ['M', `${at}.js`]);
    const output = log(
      [1, 'v1.2.0', ['M', 'a.js']],
      [2, 'Run prettier', ['M', 'a.js']],
      [3, 'rename everything', ['M', 'a.js'], ...changes],
      [4, 'feat: more', ['M', 'a.js']],
      [5, 'begin', ['A', 'a.js'], ...changes],
    );
    expect(commitsOf(output, 'a.js')).toEqual({ 'a.js': 2 });
  });
});
