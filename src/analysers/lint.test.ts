import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needData } from './data-files.ts';
import type { FindingsData } from './data.ts';
import { inventory } from './inventory.ts';
import { lint } from './lint.ts';
import { parse } from './parse.ts';
import { probeRepository } from './probe.ts';

const OXLINT = resolve(import.meta.dirname, '../../node_modules/.bin/oxlint');
const BUG = 'export const isServer = () => typeof window === undefined;\n';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-lint-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): string {
  const root = join(folder, 'root');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function look(files: Readonly<Record<string, string>>, linter: string = OXLINT): Promise<FindingsData> {
  const root = write(files);
  // As in a check: below the root, where tools look upwards for settings.
  const input = { root, data: join(root, '.waggle', 'data'), shards: 1, shard: 0, linter };
  const call = { input, signal: new AbortController().signal };
  await inventory(call);
  parse(call);
  await lint(call);
  return needData(input.data, 'lint');
}

/** A program that prints what it is told, in place of oxlint. */
function scripted(body: string): string {
  const path = join(folder, 'oxlint');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('lint', () => {
  it('finds what oxlint is sure about, in shipped code alone', async () => {
    const { findings, looked } = await look({
      'src/a.ts': BUG,
      'test/a.test.ts': BUG,
      'vendor/a.js': BUG,
      '-a.js': 'f();\n',
    });
    expect(looked).toBe(2);
    expect(findings.map(({ kind, file, line }) => `${kind} ${file}:${line}`)).toEqual(['lint-complaint src/a.ts:1']);
    expect(findings[0]?.evidence.at(-1)?.text).toMatch(/\(rule no-constant-binary-expression\)$/);
  });

  it('says each rule once, in words for people, with all its places', async () => {
    const { findings } = await look({ 'src/a.ts': BUG, 'src/b.ts': `${BUG}${BUG.replace('isServer', 'isClient')}` });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.title).toBe('Compares or asks something whose answer never changes (3 times)');
    expect(findings[0]?.evidence.map(({ ref }) => ref)).toEqual(['src/a.ts:1', 'src/b.ts:1', 'src/b.ts:2', undefined]);
  });

  it('asks for no rule that is a matter of taste', async () => {
    const { findings } = await look({
      'src/a.js': 'export const a = { get b() { if (a.c) return 1; } };\nexport const d = (query) => query.then();\n',
    });
    expect(findings).toEqual([]);
  });

  it('says nothing where our own rules have spoken', async () => {
    const { findings } = await look({
      'a.ts': 'export const f = (a: number[]): boolean => a.b === a.b || [] === a;\n',
    });
    expect(findings).toEqual([]);
  });

  it('says nothing where one of our findings stands for several places', async () => {
    const asks = (name: string): string => `export function ${name}(a) {\n  return a.b && a.b;\n}\n`;
    const { findings } = await look({ 'src/a.js': `${asks('one')}${asks('two')}` });
    expect(findings).toEqual([]);
  });

  it('loads no settings of the repository, and runs nothing of it', async () => {
    const evil = `import { writeFileSync } from 'node:fs';\nwriteFileSync('${join(folder, 'ran')}', '');\nexport default { meta: { name: 'evil' }, rules: {} };\n`;
    const config =
      '{ "jsPlugins": ["./evil.mjs"], "rules": { "no-constant-binary-expression": "off" }, "ignorePatterns": ["**"] }';
    const { findings } = await look({
      'src/a.ts': BUG,
      'evil.mjs': evil,
      '.oxlintrc.json': config,
      'src/.oxlintrc.json': config.replace('./evil', '../evil'),
      '.eslintignore': 'src\n',
      'tsconfig.json': '{ "extends": "./gone.json" }',
    });
    expect(findings).toHaveLength(1);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('fails, and says what to do, when the linter does not answer as it should', async () => {
    for (const body of ['echo "Segmentation fault"; exit 139', 'kill -9 $$', 'echo "{}"']) {
      await expect(look({ 'a.js': BUG }, scripted(body))).rejects.toThrow(/^tool-failed: .* Run it by hand/);
    }
  });

  it('takes nothing for granted in the answer', async () => {
    const answer = JSON.stringify({
      diagnostics: [
        null,
        { code: 'eslint(no-const-assign)', filename: '/etc/passwd', labels: [{ span: { line: 1 } }] },
        { code: 'eslint(unknown-rule)', filename: 'a.js', labels: [{ span: { line: 1 } }] },
        { code: 'eslint(no-const-assign)', filename: 7, labels: 'none' },
      ],
    });
    const { findings } = await look({ 'a.js': BUG }, scripted(`cat <<'END'\n${answer}\nEND`));
    expect(findings).toEqual([]);
  });
});

describe('the linter that is looked for', () => {
  const install = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, 0o755);
  };

  it('is the one in PATH', async () => {
    const root = write({ 'a.js': BUG });
    install(join(folder, 'bin', 'oxlint'));
    expect((await probeRepository(root, { searchPath: `/nowhere:${join(folder, 'bin')}` })).linter).toBe(
      join(folder, 'bin', 'oxlint'),
    );
  });

  it('is never one of the repository, not by a folder above and not by a link', async () => {
    const root = write({ 'a.js': BUG });
    install(join(root, 'node_modules/.bin/oxlint'));
    install(join(root, 'oxlint'));
    install(join(folder, 'node_modules/.bin/oxlint'));
    mkdirSync(join(folder, 'links'));
    symlinkSync(join(root, 'node_modules/.bin/oxlint'), join(folder, 'links', 'oxlint'));
    for (const path of [
      join(root, 'node_modules/.bin'),
      join(folder, 'node_modules/.bin'),
      join(folder, 'links'),
      root,
      '.',
    ]) {
      expect((await probeRepository(root, { searchPath: path })).linter).toBeNull();
    }
  });
});
