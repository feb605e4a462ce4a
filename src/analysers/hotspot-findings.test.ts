import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needData, writeData } from './data-files.ts';
import type { FileHistory, HistoryData } from './data.ts';
import type { Detected } from './detected.ts';
import { shortPath } from './hotspot-findings.ts';
import { hotspots } from './hotspots.ts';
import { inventory } from './inventory.ts';
import { parse } from './parse.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-hotspots-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Work = Readonly<{ recent: number; fixes?: number; commits?: number }>;

function historyOf(path: string, { recent, fixes = 0, commits = recent }: Work): FileHistory {
  const trend = Array.from({ length: 12 }, (_, month) => (month === 11 ? recent : 0));
  return { path, commits, authors: 3, topAuthor: 2, fixes, recentFixes: fixes, lastAtMs: 0, trend };
}

async function found(
  sources: Readonly<Record<string, readonly [text: string, work: Work]>>,
  { isCut = false, isOld = false } = {},
): Promise<readonly Detected[]> {
  const [root, data] = [join(folder, 'root'), join(folder, 'data')];
  for (const [name, [text]] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const call = { input: { root, data, shards: 1, shard: 0 }, signal: new AbortController().signal };
  await inventory(call);
  parse(call);
  const files = Object.entries(sources).map(([path, [, work]]) => historyOf(path, work));
  commit(root, isOld);
  const none = { authors: 3, newestAtMs: NEWEST_MS, oldestAtMs: 0, massCommits: 0, together: [] };
  const history: HistoryData = { ...none, commits: 3_000, isCut, files };
  writeData(data, 'history', history);
  await hotspots(call);
  return needData(data, 'hotspots').findings;
}

const NEWEST_MS = Date.UTC(2026, 5, 1);

/** What is there as one commit, of the last year or older. */
function commit(root: string, isOld: boolean): void {
  const atS = NEWEST_MS / 1_000 - (isOld ? 400 : 100) * 24 * 3_600;
  const day = `${atS} +0000`;
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    GIT_AUTHOR_DATE: day,
    GIT_COMMITTER_DATE: day,
  };
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const git = (...args: readonly string[]): unknown => execFileSync('git', args, { cwd: root, env, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', '.');
  git(...who, 'commit', '--quiet', '--allow-empty', '-m', 'work');
}

/** Of one commit. */
const changed = (lines: number): string =>
  `${lines} of its ${lines} lines were changed in the 12 months before the newest commit, in 1 commit; last on 2026-02-21 ("work").`;

const LEFT_OUT = '; merges, releases, formatting and commits over many files left out.';

const guards = (times: number): string =>
  Array.from({ length: times }, (_, at) => `  if (a.x${at} > ${at}) {\n    a.y += ${at};\n  }`).join('\n');
/** Two decisions each. */
const deep = (times: number): string =>
  Array.from(
    { length: times / 2 },
    (_, at) => `  if (a.x${at}) {\n    for (const b of a.y${at}) {\n      b();\n    }\n    c();\n  }`,
  ).join('\n');
const hard = (name = 'route', decisions = 24): string => `export function ${name}(a) {\n${deep(decisions)}\n}\n`;
const easy = (times: number): string =>
  Array.from({ length: times }, (_, at) => `export const f${at} = (a) => (a > ${at} ? a : ${at});`).join('\n');

describe('a hot spot', () => {
  it('names its file, what makes it hard, and where to begin', async () => {
    const comment = `/**\n${' * Why it is so.\n'.repeat(50)} */\n`;
    const [one] = await found({ 'lib/route.js': [comment + hard(), { recent: 12, fixes: 2, commits: 40 }] });
    expect(one).toMatchObject({
      severity: 'medium',
      title: 'lib/route.js: hard to read (25 decisions in 74 code lines), 12 changes in a year',
      line: 53,
      fix: 'Split route first: it holds 100% of the decisions of the file.',
    });
    expect(one?.evidence.map(({ text }) => text)).toEqual([
      `12 commits in the 12 months before the newest commit, at least 2 of them fixes by their subjects${LEFT_OUT}`,
      '40 commits by 3 people in all.',
      `Hard to follow: route, 25 decisions in 74 lines. ${changed(74)}`,
    ]);
  });

  it('is worked on today: old changes are not enough', async () => {
    expect(await found({ 'a.js': [hard(), { recent: 9, commits: 900 }] })).toEqual([]);
    expect(await found({ 'a.js': [hard(), { recent: 10 }] })).toHaveLength(1);
  });

  it('is changed where it is hard, not elsewhere in the file', async () => {
    expect(await found({ 'a.js': [hard(), { recent: 20 }] }, { isOld: true })).toEqual([]);
  });

  it('matters much when many of its many changes are fixes', async () => {
    const severities = await Promise.all([
      found({ 'a.js': [hard(), { recent: 30, fixes: 6 }] }),
      found({ 'a.js': [hard(), { recent: 30, fixes: 5 }] }),
      found({ 'a.js': [hard(), { recent: 29, fixes: 29 }] }),
    ]);
    expect(severities.map(([one]) => one?.severity)).toEqual(['high', 'medium', 'medium']);
  });

  it('holds a function that is hard: many easy ones are none', async () => {
    expect(await found({ 'a.js': [easy(400), { recent: 60, fixes: 30 }] })).toEqual([]);
  });

  it('holds branches in branches: a row of guards is read from top to bottom', async () => {
    expect(await found({ 'a.js': [`export function go(a) {\n${guards(40)}\n}\n`, { recent: 60 }] })).toEqual([]);
  });

  it('is more than a hard function among many easy ones, unless it decides much or changes all the time', async () => {
    const text = (easyOnes: number): string => `${hard('one', 20)}\n${easy(easyOnes)}`;
    const count = async (easyOnes: number, recent: number): Promise<number> =>
      (await found({ 'a.js': [text(easyOnes), { recent }] })).length;
    expect([
      await count(60, 29),
      await count(100, 29),
      await count(129, 29),
      await count(130, 29),
      await count(100, 30),
    ]).toEqual([1, 0, 0, 1, 1]);
  });

  it('is none where each function is a small part of the file: a flat list of functions cannot be taken apart', async () => {
    const list = (count: number): string => Array.from({ length: count }, (_, at) => hard(`step${at}`, 24)).join('\n');
    expect(await found({ 'a.js': [list(14), { recent: 60, fixes: 30 }] })).toEqual([]);
    expect(await found({ 'a.js': [list(12), { recent: 60, fixes: 30 }] })).toHaveLength(1);
  });

  it('says nothing of fixes where the subjects tell of one or of none', async () => {
    const texts = async (fixes: number): Promise<string | undefined> =>
      (await found({ 'a.js': [hard(), { recent: 12, fixes }] }))[0]?.evidence[0]?.text;
    expect([await texts(0), await texts(1)]).toEqual(
      Array.from({ length: 2 }, () => `12 commits in the 12 months before the newest commit${LEFT_OUT}`),
    );
  });

  it('is not a file that was copied from elsewhere', async () => {
    const copied = `// Imported from https://example.org/route\n${hard()}`;
    expect(await found({ 'a.js': [copied, { recent: 60 }] })).toEqual([]);
  });

  it('is one of three at most, by what was changed lately', async () => {
    const all = Object.fromEntries(
      [20, 50, 30, 40].map((recent): [string, [string, Work]] => [
        `f${recent}.js`,
        [hard(), { recent, commits: 500 - recent }],
      ]),
    );
    expect((await found(all)).map(({ file }) => file)).toEqual(['f50.js', 'f40.js', 'f30.js']);
  });

  it('says when older commits were not counted', async () => {
    const [one] = await found({ 'a.js': [hard(), { recent: 12, commits: 603 }] }, { isCut: true });
    expect(one?.evidence[1]?.text).toBe('603 commits by 3 people in the last 3000 commits of the repository.');
  });
});

describe('the advice of a hot spot', () => {
  it('names no function that is only a small part of the file', async () => {
    const many = Array.from({ length: 12 }, (_, at) => hard(`step${at}`, 20 + 2 * at)).join('\n');
    const [one] = await found({ 'a.js': [many, { recent: 12 }] });
    expect(one?.fix).toBe('Move what belongs together into files of its own. Hardest are step11, step10, step9.');
  });

  it('names the function that goes on for hundreds of lines', async () => {
    const inner = Array.from({ length: 12 }, (_, at) => hard(`step${at}`, 20).replace('export ', '')).join('\n');
    const [one] = await found({ 'a.js': [`export function create() {\n${inner}\n}\n`, { recent: 12 }] });
    expect(one?.fix).toMatch(/^Take create apart first: it is 758 lines long/);
    expect(one?.evidence.at(-1)).toEqual({
      source: 'parse',
      text: 'Longest function: create, 758 lines.',
      ref: 'a.js:1',
    });
  });

  it('tells a function without a name by the one around it', async () => {
    const text = `export class Mail {\n  build(list) {\n    list.forEach((a) => {\n${deep(24)}\n    });\n  }\n}\n`;
    const [one] = await found({ 'a.js': [text, { recent: 12 }] });
    expect(one?.fix).toMatch(/^Split the callback of forEach in Mail.build first/);
  });
});

describe('a hot spot in a language that is not parsed', () => {
  const method = (name: string, times: number): string =>
    `    def ${name}(self, a):\n        """If it is open, and while it is."""\n${Array.from({ length: times }, (_, at) => `        if a.x${at} and a.y${at}:\n            a.z += ${at}`).join('\n')}\n`;

  it('is told by its words, texts and comments left out, and names its hardest function', async () => {
    const text = `class A:\n${Array.from({ length: 8 }, (_, at) => method(`step${at}`, 20 + at)).join('\n')}`;
    const [one] = await found({ 'core.py': [text, { recent: 20 }] });
    expect(one?.title).toBe('core.py: hard to read (376 branching words in 385 code lines), 20 changes in a year');
    expect(one?.evidence[2]?.text).toBe(`Hard to follow: A.step7, 54 branching words in 56 lines. ${changed(56)}`);
  });

  it('is none when its comments make it long, or its functions are short', async () => {
    const commented = `class A:\n${method('run', 20)}${'    # if it is, and while it is\n'.repeat(900)}`;
    const short = `class A:\n${Array.from({ length: 60 }, (_, at) => method(`step${at}`, 3)).join('\n')}`;
    const oneHard = `class A:\n${method('go', 10)}${Array.from({ length: 60 }, (_, at) => method(`step${at}`, 1)).join('\n')}`;
    expect(await found({ 'c.py': [oneHard, { recent: 20 }] })).toEqual([]);
    expect(await found({ 'a.py': [commented, { recent: 50 }], 'b.py': [short, { recent: 50 }] })).toEqual([]);
  });
});

describe('a path in a title', () => {
  it('loses its first folders where there is no room, never its name', () => {
    expect(shortPath('packages/core/lib/router.ts', 40)).toBe('packages/core/lib/router.ts');
    expect(shortPath('packages/core/lib/router.ts', 14)).toBe('lib/router.ts');
    expect(shortPath('packages/core/lib/router.ts', 10)).toBe('router.ts');
    expect(shortPath('packages/core/lib/index.ts', 10)).toBe('lib/index.ts');
    expect(shortPath('a/a-very-long-name-of-a-file.ts', 12)).toBe('a-very-long-name-of-a-file.ts');
    expect(shortPath(`a/${'b'.repeat(60)}.ts`, 40)).toBe(`${'b'.repeat(35)}…`);
  });
});
