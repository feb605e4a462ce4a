import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renderReports } from '../../src/reports/render-reports.ts';
import { checkHere } from './support/run-check.ts';
import { TestRepository } from './support/repository.ts';

const outside = mkdtempSync(join(tmpdir(), 'waggle-outside-'));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

const SECRET = "export const apiKey = 'q7Zt2LmX9vKc4RbN8sWd';\n";

describe('a repository that means harm', () => {
  it('gets nothing outside read: links to files and folders, also in the place of tracked folders', async () => {
    writeFileSync(join(outside, 'outside.js'), SECRET);
    using repository = new TestRepository({
      'a.js': 'export const a = 1;\n',
      'src/outside.js': 'export const b = 1;\n',
    });
    repository.commit('add files');
    rmSync(join(repository.path, 'src'), { recursive: true });
    symlinkSync(outside, join(repository.path, 'src'));
    symlinkSync(join(outside, 'outside.js'), join(repository.path, 'link.js'));
    symlinkSync('.', join(repository.path, 'loop'));
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(report.size.unread.map(({ cause }) => cause)).toContain('symbolic link, not followed');
  });

  it('walks no loop of links without git', async () => {
    using repository = new TestRepository({ 'a/a.js': 'export const a = 1;\n' });
    symlinkSync('..', join(repository.path, 'a', 'up'));
    const { report } = await checkHere(repository.path);
    expect(report.size.files).toBe(1);
  });

  it('does not wait for a pipe', async () => {
    using repository = new TestRepository({ 'a.js': 'export const a = 1;\n' });
    repository.commit('add a file');
    rmSync(join(repository.path, 'a.js'));
    execFileSync('/usr/bin/mkfifo', [join(repository.path, 'a.js')]);
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.size.unread).toMatchObject([{ cause: 'not a regular file (submodule, socket or pipe)', files: 1 }]);
  });

  it('gets none of its programs started by git: fsmonitor, filters, textconv, pager, hooks, ssh', async () => {
    using repository = new TestRepository({ 'a.js': 'export const a = 1;\n', '.gitattributes': '* filter=x diff=x\n' });
    repository.commit('add files');
    const mark = join(outside, 'ran');
    const program = `touch ${mark}; cat`;
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'diff.external',
      'diff.x.textconv',
      'diff.x.command',
      'filter.x.clean',
      'filter.x.smudge',
      'filter.x.process',
      'core.editor',
      'gpg.program',
    ])
      repository.git('config', key, program);
    repository.git('config', 'log.showSignature', 'true');
    repository.write({ 'a.js': 'export const a = 2;\n' });
    const hooks = join(repository.path, '.git', 'hooks');
    mkdirSync(hooks, { recursive: true });
    for (const hook of ['post-index-change', 'post-checkout', 'reference-transaction'])
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.repository.changedFiles).toBe(1);
    expect(existsSync(mark)).toBe(false);
  });

  it('cannot end the process with code that nests without end', async () => {
    const deep = {
      'brackets.js': `${'['.repeat(60_000)}${']'.repeat(60_000)};\n`,
      'arrows.js': `const f = ${'a=>'.repeat(60_000)}1;\n`,
      'choices.js': `const c = ${'a?b:'.repeat(60_000)}1;\n`,
      'else.js': `${'if(a);else '.repeat(60_000)};\n`,
      'types.ts': `type A = ${'B<'.repeat(60_000)}1${'>'.repeat(60_000)};\n`,
      'tags.tsx': `const t = ${'<a>'.repeat(60_000)}${'</a>'.repeat(60_000)};\n`,
      'calls.js': `a${'()'.repeat(60_000)};\n`,
    };
    // Short lines: long ones look generated and are not parsed.
    const lines = Object.entries(deep).map(([name, text]): [string, string] => [
      name,
      text.replace(/(.{60}[^\w])/g, '$1\n'),
    ]);
    using repository = new TestRepository({
      ...Object.fromEntries(lines),
      'fine.js': 'export const a = (b) => b === NaN;\n',
    });
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings.map(({ file }) => file)).toEqual(['fine.js']);
    expect(report.size.unread.find(({ cause }) => cause === 'it is nested too deeply')?.files).toBeGreaterThan(4);
  });

  it('cannot hold it up with bombs of JSON, ignore files and long lines', async () => {
    using repository = new TestRepository({
      'package.json': `{"name":"a","exports":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      'bomb.json': '['.repeat(500_000),
      '.gitignore': `${'*a'.repeat(200)}b\n${'**/'.repeat(100)}x\n`,
      'tsconfig.json': '{"compilerOptions":{"paths":{"__proto__":["x"],"@/*":["../../../*"]}}}',
      ['a'.repeat(200)]: 'a',
      'long.js': `const a = "${'password = '.repeat(80_000)}";\n`,
      'README.md': `${'['.repeat(50_000)}\n${'[a]('.repeat(20_000)}\n${'<a href='.repeat(20_000)}\n${'`'.repeat(50_000)}\n`,
      'keys.txt': `${'-----BEGIN RSA PRIVATE KEY-----'.repeat(5_000)}\n${'ghp_'.repeat(50_000)}\n${'https://a:b'.repeat(20_000)}\n`,
    });
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings.map(({ kind, file }) => `${kind} ${file}`).toSorted()).toEqual([
      'broken-json bomb.json',
      'broken-json package.json',
    ]);
  });

  it('gets no markup, control character or line into a report through a name', async () => {
    const names = [
      '<img src=x onerror=alert(1)>.js',
      'new\nline.js',
      '"quote\'.js',
      '\u202Efdp.js',
      '\u001B[31mred.js',
      '[link](javascript:alert(1)).js',
      '`code`|cell.js',
      '--option.js',
      '$(touch x).js',
    ];
    using repository = new TestRepository(
      Object.fromEntries(names.map((name) => [name, 'export const f = (a) => a === NaN;\n'])),
    );
    repository.commit('add files with odd names');
    const { report, timeline, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings.map(({ file }) => file).toSorted()).toEqual(names.toSorted());
    const { 'report.html': html, 'report.md': markdown } = renderReports({ report, timeline });
    expect(html).not.toMatch(/<img|javascript:alert\(1\)"/);
    expect(markdown).not.toMatch(/^line\.js/m);
    for (const sign of ['\u001B', '\u202E']) expect(html + markdown).not.toContain(sign);
    expect(html).toContain('⟨U+202E⟩fdp.js');
  });

  it('may have names that are no UTF-8: they are counted, not read', async () => {
    using repository = new TestRepository({ 'a.js': 'export const a = 1;\n' });
    writeFileSync(
      Buffer.concat([Buffer.from(`${repository.path}/`), Buffer.from([0xff, 0xfe, 0x2e, 0x6a, 0x73])]),
      'x',
    );
    const walked = await checkHere(repository.path);
    repository.commit('add files');
    const listed = await checkHere(repository.path);
    for (const { report } of [walked, listed])
      expect(report.size.unread).toMatchObject([{ cause: 'the name is not valid UTF-8', files: 1 }]);
  });

  it('may have 10,000 files', async () => {
    const files = Array.from({ length: 10_000 }, (_, index): [string, string] => [
      `src/${index % 100}/f${index}.js`,
      `export const a${index} = 1;\n`,
    ]);
    using repository = new TestRepository(Object.fromEntries(files));
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.size).toMatchObject({ files: 10_000, lines: 10_000 });
  });

  it('may have binary, huge and oddly encoded files', async () => {
    using repository = new TestRepository({ 'huge.js': `${'export const a = 1;\n'.repeat(120_000)}`, 'empty.js': '' });
    writeFileSync(join(repository.path, 'binary.js'), Buffer.from([0, 1, 2, 255]));
    writeFileSync(join(repository.path, 'latin.js'), Buffer.from([0x2f, 0x2f, 0xe9, 0x0a]));
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.size.unread.map(({ cause }) => cause)).toEqual([
      'no text in UTF-8, and it does not say what else',
      'larger than 2 MiB',
      'some bytes are not valid UTF-8, they were read as signs',
    ]);
  });

  it('may have sources in UTF-16 that say so: they are read', async () => {
    using repository = new TestRepository({ 'a.js': 'export const a = 1;\n' });
    const code = '\uFEFFexport function f(user) {\n  if (user.role = 1) return 1;\n  return 2;\n}\n';
    writeFileSync(join(repository.path, 'little.js'), Buffer.from(code, 'utf16le'));
    writeFileSync(join(repository.path, 'big.js'), Buffer.from(code, 'utf16le').swap16());
    writeFileSync(join(repository.path, 'noise.js'), Buffer.from([0xff, 0xfe, 0, 0, 65, 0]));
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings.map(({ kind, file, line }) => `${kind} ${file}:${line}`).toSorted()).toEqual([
      'assigns-in-condition big.js:2',
      'assigns-in-condition little.js:2',
    ]);
    expect(report.size.unread.map(({ examples }) => examples)).toEqual([['noise.js']]);
  });

  it.skipIf(process.getuid?.() === 0)('may have files that cannot be read', async () => {
    using repository = new TestRepository({ 'a.js': 'export const a = 1;\n' });
    writeFileSync(join(repository.path, 'closed.js'), 'x', { mode: 0 });
    const { report } = await checkHere(repository.path);
    expect(report.size.unread).toMatchObject([{ cause: 'no permission to read it' }]);
  });
});
