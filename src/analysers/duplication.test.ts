import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository } from '../../test/check/support/repository.ts';
import { needData } from './data-files.ts';
import type { FindingsData } from './data.ts';
import { duplication } from './duplication.ts';
import { inventory } from './inventory.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-duplication-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function look(files: Readonly<Record<string, string>>): Promise<FindingsData> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'root', name)), { recursive: true });
    writeFileSync(join(folder, 'root', name), content);
  }
  const call = {
    input: { root: join(folder, 'root'), data: join(folder, 'data') },
    signal: new AbortController().signal,
  };
  await inventory(call);
  await duplication(call);
  return needData(join(folder, 'data'), 'duplication');
}

const body = (name: string, count: number): string =>
  Array.from(
    { length: count },
    (_, index) => `  if (rows[${index}]) total += ${name}(${index}, rows[${index}]);\n`,
  ).join('');

const textsOf = (all: readonly Readonly<{ text: string }>[]): readonly string[] => all.map(({ text }) => text);

describe('duplication', () => {
  it('asks about short copies in one file that no fix had to change, and tells the others', async () => {
    const of = (name: string): string => `export function ${name}(rows) {\n${body('sum', 26)}}\n`;
    const doubts = async (subject: string): Promise<readonly (string | undefined)[]> => {
      const text = `${of('one')}${of('two')}`;
      using repository = new TestRepository({ 'src/a.js': text.replaceAll('sum(3,', 'sum(4,') });
      repository.commit('begin');
      repository.write({ 'src/a.js': text });
      repository.commit(subject);
      const { findings } = await analyseFolder(repository.path, ['duplication', duplication]);
      return findings.map(({ doubt }) => doubt);
    };
    expect(await doubts('change the third')).toEqual(['it is short, in one file, and no fix had to change it.']);
    expect(await doubts('fix the third')).toEqual([undefined]);
    expect((await look({ 'src/a.js': `${of('one')}${of('two')}` })).findings[0]?.doubt).toBe(
      'it is short, in one file, and there is no history of it.',
    );
  });

  it('shows both places with their lines and share, and counts no comment', async () => {
    const { findings, looked } = await look({
      'src/a.ts': `export function a(rows) {\n${body('sum', 26)}}\n`,
      'src/b.ts': `// About b.\nexport function b(rows) {\n  // The sum.\n${body('sum', 26)}}\n`,
    });
    expect(looked).toBe(54);
    expect(findings).toMatchObject([
      {
        kind: 'duplicate-code',
        file: 'src/a.ts',
        line: 2,
        title: 'The same 26 lines of code in a.ts:2 and b.ts:4',
        evidence: [{ ref: 'src/a.ts:2', text: 'src/a.ts lines 2 to 27: 96% of its code.' }, { ref: 'src/b.ts:4' }],
      },
    ]);
  });

  it.each([
    ['a.java', (type: string) => `  static void shift(final ${type}[] rows, int total) {\n${body('sum', 30)}  }\n`],
    ['a.cs', (type: string) => `  public int Sum(\n    ${type}[] rows)\n  {\n${body('sum', 30)}  }\n`],
    ['a.go', (type: string) => `func Sum${type}(rows []${type.toLowerCase()}) {\n${body('sum', 30)}}\n`],
  ])('leaves alone one function for each primitive type: %s', async (name, of) => {
    const other = of('Int').replace(/(?:shift|Sum\w*)\(/, 'other(');
    const types = name === 'a.go' ? ['Int32', 'Int64', 'Float64'] : ['int', 'long', 'Object'];
    expect((await look({ [`src/${name}`]: types.map(of).join('') })).findings).toEqual([]);
    expect((await look({ [`src/${name}`]: `${types.map(of).join('')}${other}` })).findings).toHaveLength(1);
  });

  it('says once what two files have in common, however many passages it is', async () => {
    const [one, two] = [body('one', 26), body('two', 30)];
    const { findings } = await look({
      'src/a.ts': `${one}own(1);\n${two}`,
      'src/b.ts': `${two}other(2);\n${one}`,
    });
    expect(findings.map(({ title }) => title)).toEqual([
      'The same 30 lines of code in a.ts:28 and b.ts:1; also 1 shorter passage',
    ]);
  });

  it('claims of a passage what is true at each of its places, and says where a part of it stands too', async () => {
    const [one, two] = [body('one', 30), body('two', 10)];
    const { findings } = await look({
      'src/a.ts': `${one}${two}own(1);\n`,
      'src/b.ts': `${one}${two}other(2);\n`,
      'src/c.ts': `${one}third(3);\n`,
    });
    expect(findings.map(({ title, evidence }) => [title, textsOf(evidence)])).toEqual([
      [
        'The same 40 lines of code in a.ts:1 and b.ts:1',
        [
          'src/a.ts lines 1 to 40: 98% of its code.',
          'src/b.ts lines 1 to 40: 98% of its code.',
          'src/c.ts lines 1 to 30 hold 30 of these lines too.',
        ],
      ],
    ]);
  });

  it('leaves out of the title how many passages are shorter, where names would be cut for it', async () => {
    const [long, short] = [body('long', 40), body('short', 26)];
    const { findings } = await look({
      'src/with-a-name-of-its-own.ts': `${long}a(1);\n${short}`,
      'src/with-another-name.ts': `${long}b(2);\n${short}`,
    });
    expect(findings.map(({ title }) => title)).toEqual([
      'The same 40 lines of code in with-a-name-of-its-own.ts:1 and with-another-name.ts:1',
    ]);
  });

  it('says how often each passage stands, where they do not stand equally often', async () => {
    const [long, short] = [body('long', 40), body('short', 26)];
    const { findings } = await look({
      'src/a.ts': `${long}a(1);\n${short}b(2);\n${long}c(3);\n${short}d(4);\n${short}`,
    });
    expect(findings.map(({ title, evidence }) => [title, evidence.at(-1)?.text])).toEqual([
      [
        'The same 40 lines of code twice in a.ts, from lines 1 and 69; also 1 shorter passage',
        '26 more lines, 3 times: src/a.ts lines 42 to 67; src/a.ts lines 110 to 135; src/a.ts lines 137 to 162.',
      ],
    ]);
  });

  it('passes over what is short, decides nothing, was built twice, was copied in, or is not shipped', async () => {
    const long = body('sum', 40);
    const pom = '<project><properties><x.isTestModule>true</x.isTestModule></properties></project>';
    const { findings } = await look({
      'src/short-a.ts': body('few', 24),
      'src/short-b.ts': body('few', 24),
      'src/table-a.ts': long.replaceAll(/if \(.*?\) total \+= sum/g, 'add'),
      'src/table-b.ts': long.replaceAll(/if \(.*?\) total \+= sum/g, 'add'),
      'lib/cjs/index.js': long.replaceAll('sum', 'twin'),
      'lib/esm/index.js': long.replaceAll('sum', 'twin'),
      'src/id-a.ts': `// imported from https://example.org/id\n${long.replaceAll('sum', 'id')}`,
      'src/id-b.ts': `// imported from https://example.org/id\n${long.replaceAll('sum', 'id')}`,
      'speed/pom.xml': pom,
      'speed/A.java': long.replaceAll('sum', 'speed'),
      'speed/B.java': long.replaceAll('sum', 'speed'),
      'src/built-a.js': `var __rest = (this && this.__rest) || f;\n${long.replaceAll('sum', 'built')}`,
      'src/built-b.js': `var __rest = (this && this.__rest) || f;\n${long.replaceAll('sum', 'built')}`,
      'lib/made-a.js': long.replaceAll('sum', 'made'),
      'lib/made-b.js': long.replaceAll('sum', 'made'),
      'src/made-a.ts': 'export {};\n',
      'src/made-b.ts': 'export {};\n',
      'src/test-utils.ts': long.replaceAll('sum', 'test'),
      'src/testing.ts': long.replaceAll('sum', 'test'),
    });
    expect(findings.map(({ title }) => title)).toEqual([]);
  });

  it('is none across packages that are published apart', async () => {
    const named = (name: string, isPrivate = false): string => JSON.stringify({ name, private: isPrivate });
    const files = {
      'one/a.ts': `${body('part', 50)}${body('own', 50)}`,
      'two/b.ts': `${body('other', 50)}${body('part', 50)}`,
      'one/package.json': named('one'),
    };
    const titles = async (more: Readonly<Record<string, string>>): Promise<readonly string[]> =>
      (await look({ ...files, ...more })).findings.map(({ title, severity }) => `${severity}: ${title}`);
    expect(await titles({ 'two/package.json': named('two') })).toEqual([]);
    expect(await titles({ 'two/package.json': named('two', true) })).toEqual([
      'medium: The same 50 lines of code in a.ts:1 and b.ts:51',
    ]);
  });

  it('is none in a file that a program made of others', async () => {
    const [first, second] = [body('first', 40), body('second', 40)];
    const files = { 'src/first.ts': first, 'src/second.ts': second };
    const made = { 'static/all.ts': `${body('own', 50)}${first}${second}` };
    expect((await look({ ...files, ...made })).findings).toEqual([]);
    const onlyOne = { 'static/all.ts': `${body('own', 50)}${first}` };
    expect((await look({ ...files, ...onlyOne })).findings).toHaveLength(1);
    const bundle = { 'static/all.ts': `(function(){function r(e,n,t){}})()\n${first}${body('own', 50)}` };
    expect((await look({ ...files, ...bundle })).findings).toEqual([]);
  });

  it('is none between the dialects of one thing', async () => {
    const dialects = (...names: readonly string[]): Record<string, string> =>
      Object.fromEntries(names.map((name, at) => [`src/${name}/query.ts`, at < 2 ? body('sum', 26) : 'a();\n']));
    expect((await look(dialects('mysql', 'oracle'))).findings).toHaveLength(1);
    expect((await look(dialects('mysql', 'oracle', 'sqlite'))).findings).toEqual([]);
  });

  it('leaves out the types that stand before what is the same', async () => {
    const types = Array.from({ length: 12 }, (_, index) => `  field${index}: string;\n`).join('');
    const text = `export interface Row {\n${types}}\n${body('sum', 26)}`;
    const { findings } = await look({ 'src/a.ts': text, 'src/b.ts': text });
    expect(findings).toMatchObject([{ title: 'The same 26 lines of code in a.ts:15 and b.ts:15', line: 15 }]);
  });

  it('says where in ninety signs at most', async () => {
    const start = 'packages/a-package-with-a-very-long-name-indeed-and-more';
    const { findings } = await look({
      [`${start}-one/src/manifest-of-all-routes.ts`]: body('sum', 26),
      [`${start}-two/lib/manifest-of-all-routes.ts`]: body('sum', 26),
      [`${start}-three/all/manifest-of-all-routes.ts`]: body('sum', 26),
    });
    expect(findings[0]?.title.length).toBeLessThanOrEqual(90);
    expect(findings[0]?.title).toMatch(
      /^The same 26 lines of code in …\S+-routes\.ts:1, …\S+-routes\.ts:1 and 1 more$/,
    );
  });

  it('keeps the id when code above it grows', async () => {
    const files = { 'src/a.ts': body('sum', 26), 'src/b.ts': body('sum', 26) };
    const before = await look(files);
    const after = await look({ ...files, 'src/a.ts': `run();\n${body('sum', 26)}` });
    expect(after.findings[0]?.anchor).toBe(before.findings[0]?.anchor);
    expect(after.findings[0]?.line).toBe(2);
  });
});
