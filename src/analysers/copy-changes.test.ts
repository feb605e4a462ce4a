import { describe, expect, it } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { codeLines } from './code-lines.ts';
import { bondOf, changesOf, isMended, type CopyBond } from './copy-changes.ts';

const PASSAGE = [
  'const rows = readRows(path);',
  'for (const row of rows) {',
  '  if (row.amount < 0) refuse(row, limits);',
  '  total += convert(row.amount, rates);',
  '}',
  'save(total, clock.now());',
];
type Lines = readonly string[];
type Step = readonly [subject: string, one: Lines, other: Lines];

const textOf = (lines: Lines, name: string): string => `export function ${name}() {\n${lines.join('\n')}\n}\n`;
const changed = (line: number, text: string): Lines => PASSAGE.with(line, text);
const CONVERTED = changed(3, '  total += convertTo(row.amount, rates, target);');
const TWICE = CONVERTED.with(2, '  if (row.amount <= 0) refuse(row, limits);');

async function bond(...steps: readonly Step[]): Promise<CopyBond | undefined> {
  using repository = new TestRepository({});
  const files = ['a.js', 'b.js'];
  for (const [subject, one, other] of [['begin', PASSAGE, PASSAGE] as const, ...steps]) {
    repository.write({ 'a.js': textOf(one, 'a'), 'b.js': textOf(other, 'b') });
    repository.commit(subject);
  }
  const [, now = PASSAGE, there = PASSAGE] = steps.at(-1) ?? [];
  const linesOf = (lines: Lines): readonly string[] => codeLines('a.js', lines.join('\n')).map(({ text }) => text);
  const changes = await changesOf({ root: repository.path, signal: new AbortController().signal }, files);
  return bondOf(changes ?? [], {
    passage: new Set(linesOf(now).filter((line) => linesOf(there).includes(line))),
    files,
    textOf: (path) => new Set(linesOf(path === 'a.js' ? now : there)),
  });
}

describe('copies in two files belong together', () => {
  it('when two commits made the same change in both', async () => {
    const found = await bond(['convert', CONVERTED, CONVERTED], ['refuse nothing', TWICE, TWICE]);
    expect(found).toMatchObject({ kind: 'together', changes: [{ subject: 'refuse nothing' }, { subject: 'convert' }] });
  });

  it('when one fix had to be made in both', async () => {
    expect(await bond(['Fix the rates', CONVERTED, CONVERTED])).toMatchObject({ kind: 'together' });
    expect(await bond(['convert', CONVERTED, CONVERTED])).toBeUndefined();
  });

  it('when a fix came to one alone, and the other still has what it took out', async () => {
    expect(await bond(['Fix the rates', CONVERTED, PASSAGE])).toMatchObject({
      kind: 'drift',
      changed: 'a.js',
      left: 'b.js',
      line: 'total += convert(row.amount, rates);',
    });
    expect(await bond(['convert', CONVERTED, PASSAGE])).toBeUndefined();
    expect(await bond(['Fix the rates', CONVERTED, PASSAGE], ['there too', CONVERTED, CONVERTED])).toBeUndefined();
  });

  it('not by changes that were made beside them in both', async () => {
    using repository = new TestRepository({});
    const files = ['a.js', 'b.js'];
    const beside = (name: string, made: string): string =>
      `${textOf(PASSAGE, name)}${[made, 'open(limits)', 'read(limits)', 'seal(limits)', 'close(limits)'].map((line) => `await ${line};\n`).join('')}`;
    for (const made of ['write(limits)', 'writeAll(limits)', 'writeEach(limits)']) {
      repository.write({ 'a.js': beside('a', made), 'b.js': beside('b', made) });
      repository.commit(`Fix ${made}`);
    }
    const passage = new Set(codeLines('a.js', PASSAGE.join('\n')).map(({ text }) => text));
    const shared = { passage, files, textOf: () => passage };
    const changes = await changesOf({ root: repository.path, signal: new AbortController().signal }, files);
    expect(changes).toHaveLength(2);
    expect(bondOf(changes ?? [], shared)).toBeUndefined();
  });

  it('not by white space and comments', async () => {
    const spaced = changed(3, '  total   += convert(row.amount,  rates);');
    const said = spaced.with(1, '// Each row.\nfor (const row of rows) {');
    expect(await bond(['Fix', spaced, spaced], ['Fix more', said, said])).toBeUndefined();
  });

  it('not by a commit over very many files', async () => {
    using repository = new TestRepository({ 'a.js': textOf(PASSAGE, 'a'), 'b.js': textOf(PASSAGE, 'b') });
    repository.commit('begin');
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${at}.js`, 'x();\n']));
    repository.write({ ...many, 'a.js': textOf(CONVERTED, 'a'), 'b.js': textOf(CONVERTED, 'b') });
    repository.commit('Fix all of them');
    const asking = { root: repository.path, signal: new AbortController().signal };
    expect(await changesOf(asking, ['a.js', 'b.js'])).toEqual([]);
  });
});

it('a passage of one file is mended when a fix changed it, and not by other changes', async () => {
  using repository = new TestRepository({ 'a.js': textOf(PASSAGE, 'a') });
  repository.commit('begin');
  const passage = new Set(codeLines('a.js', CONVERTED.join('\n')).map(({ text }) => text));
  const shared = { passage, files: ['a.js'], textOf: () => passage };
  const mended = async (): Promise<boolean> =>
    isMended(
      (await changesOf({ root: repository.path, signal: new AbortController().signal }, ['a.js'])) ?? [],
      shared,
    );
  repository.write({ 'a.js': textOf(CONVERTED, 'a') });
  repository.commit('convert');
  expect(await mended()).toBe(false);
  repository.write({ 'a.js': textOf(TWICE, 'a') });
  repository.commit('fix the limits');
  expect(await mended()).toBe(true);
});

it('without a history nothing is known', async () => {
  using repository = new TestRepository({ 'a.js': 'x();\n', 'b.js': 'x();\n' });
  const asking = { root: repository.path, signal: new AbortController().signal };
  expect(await changesOf(asking, ['a.js', 'b.js'])).toBeUndefined();
});
