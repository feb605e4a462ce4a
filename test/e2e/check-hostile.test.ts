import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../support/fingerprint.ts';
import { leftIn, processesIn } from '../support/processes.ts';
import { CheckedRepository } from './support/checked-repository.ts';

const NAN = 'export const f = (a) => a === NaN;\n';

/** Everything that git could be told to start, told to leave `mark`. */
function armGit(repository: CheckedRepository, mark: string): void {
  const program = `touch ${mark}; cat`;
  for (const key of [
    'core.fsmonitor',
    'core.pager',
    'core.sshCommand',
    'core.editor',
    'core.askPass',
    'core.alternateRefsCommand',
    'credential.helper',
    'diff.external',
    'diff.x.textconv',
    'diff.x.command',
    'filter.x.clean',
    'filter.x.smudge',
    'filter.x.process',
    'gpg.program',
    'merge.x.driver',
    'sequence.editor',
    'uploadpack.packObjectsHook',
  ])
    repository.git('config', key, program);
  for (const [key, value] of [
    ['core.hooksPath', 'hooks'],
    ['log.showSignature', 'true'],
    ['core.untrackedCache', 'true'],
    ['alias.ls-files', `!${program}`],
    ['include.path', '../included'],
  ] as const)
    repository.git('config', key, value);
  writeFileSync(join(repository.root, 'included'), `[core]\n\tfsmonitor = "${program}"\n`);
  for (const folder of ['hooks', '.git/hooks'])
    for (const hook of ['post-index-change', 'post-checkout', 'reference-transaction', 'fsmonitor-watchman'])
      repository.program(`${folder}/${hook}`, mark);
}

const ALIASES = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 12 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}*a${index}]`),
  '',
].join('\n');

const NAMES = [
  '<img src=x onerror=alert(1)>.js',
  'new\nline.js',
  `"both'quotes.js`,
  '\u202Efdp.js',
  '\u001B[31mred.js',
  '--option.js',
  '$(touch ran).js',
  '`touch ran`.js',
  'sp ace\t.js',
  '%2e%2e%2fup.js',
];

describe('the whole command on a repository that means harm', () => {
  test('starts none of its programs, changes nothing of it, and leaves no process', async () => {
    using repository = new CheckedRepository({
      'a.js': NAN,
      '.gitattributes': '* filter=x diff=x merge=x text eol=crlf\n',
      'package.json': '{"name":"a","scripts":{"preinstall":"touch ran","test":"touch ran"}}\n',
      'oxlint.config.js': "require('fs').writeFileSync('ran', '');\n",
      '.oxlintrc.json': '{"jsPlugins":["./oxlint.config.js"]}\n',
    });
    repository.commit('first');
    const mark = join(repository.root, 'ran');
    armGit(repository, mark);
    for (const tool of ['oxlint', 'npm', 'git', 'node']) repository.program(`node_modules/.bin/${tool}`, mark);
    // Of the same size: git has to read it, through its filter, to see that it changed.
    repository.writeAll({ 'a.js': NAN.replace('f', 'g') });
    const before = fingerprintOf(repository.root, '.waggle');
    const call = repository.start(['check']);
    await call.says('inventory  starts');
    expect(processesIn(repository.root)).not.toEqual([]);
    const { code } = await call.ended;
    expect({ code, failed: repository.failedTasks() }).toEqual({ code: 0, failed: [] });
    expect(existsSync(mark)).toBe(false);
    expect(fingerprintOf(repository.root, '.waggle')).toEqual(before);
    expect(repository.report().repository.changedFiles).toBe(1);
    expect(await leftIn(repository.root, 2_000)).toEqual([]);
    // It would have shown: with the same settings git runs them.
    execFileSync('git', ['status'], { cwd: repository.root, stdio: 'ignore' });
    expect(existsSync(mark)).toBe(true);
  });

  test('starts no git of its own, wherever the search path begins and wherever it is checked from', async () => {
    using repository = new CheckedRepository({ 'src/a.js': NAN, '.gitignore': 'node_modules/\n' });
    repository.commit();
    const mark = join(repository.temporary, 'ran');
    repository.program('node_modules/.bin/git', mark);
    const bin = join(repository.root, 'node_modules/.bin');
    repository.searchPath = `${bin}:node_modules/.bin:${repository.searchPath}`;
    // The second time there is a data folder, which git is asked about before the check.
    for (const _ of [1, 2]) expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.report().repository.git).toBe(true);
    expect(existsSync(mark)).toBe(false);
  });

  test('leaves the status of git as it was, and no file anywhere but in its own folder, which git ignores', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    repository.commit('first');
    repository.writeAll({ 'a.js': `${NAN}\n`, 'b.js': NAN });
    const before = repository.git('status', '--porcelain', '--ignored=no');
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.git('status', '--porcelain', '--ignored=no')).toBe(before);
    expect(readdirSync(repository.root).toSorted()).toEqual(['.git', '.waggle', 'a.js', 'b.js']);
    expect(readdirSync(repository.temporary)).toEqual([]);
    const own = readdirSync(repository.home, { recursive: true, withFileTypes: true });
    expect(own.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
  });

  test('gets through bombs of JSON, YAML and Markdown, loops of links, pipes and devices', async () => {
    using repository = new CheckedRepository({
      'package.json': `{"name":"a","exports":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      'deep.json': '['.repeat(500_000),
      'wide.json': `[${'1,'.repeat(400_000)}1]`,
      'tsconfig.json':
        '{"extends":"./tsconfig.json","compilerOptions":{"paths":{"__proto__":["x"],"@/*":["../../../*"]}}}',
      'package-lock.json': `{"packages":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      'pnpm-lock.yaml': ALIASES,
      'pnpm-workspace.yaml': ALIASES,
      '.github/workflows/bomb.yml': ALIASES,
      '.github/workflows/deep.yml': `on: ${'['.repeat(20_000)}`,
      '.github/workflows/long.yml': `on: push\njobs:\n${'  a: {runs-on: x, steps: [{run: "x || true"}]}\n'.repeat(5_000)}`,
      'README.md': `${'['.repeat(50_000)}\n${'[a]('.repeat(20_000)}\n${'`'.repeat(50_000)}\n`,
      'keys.txt': `${'-----BEGIN RSA PRIVATE KEY-----'.repeat(5_000)}\n${'ghp_'.repeat(50_000)}\n`,
      'nested.js': `${'['.repeat(60_000)}${']'.repeat(60_000)};\n`,
      '.gitignore': `${'*a'.repeat(200)}b\n`,
    });
    symlinkSync('.', join(repository.root, 'loop'));
    symlinkSync('loop/loop/deep.json', join(repository.root, 'through.json'));
    symlinkSync('/dev/zero', join(repository.root, 'zero.js'));
    repository.writeAll({ 'pipe.js': NAN, 'device.js': NAN });
    repository.commit('bombs');
    for (const name of ['pipe.js', 'device.js']) rmSync(join(repository.root, name));
    execFileSync('/usr/bin/mkfifo', [join(repository.root, 'pipe.js')]);
    // The endless one, where it may be made.
    spawnSync('/usr/bin/mknod', [join(repository.root, 'device.js'), 'c', '1', '5']);
    const { code } = await repository.waggle('check');
    expect({ code, failed: repository.failedTasks() }).toEqual({ code: 0, failed: [] });
    const { findings } = repository.report();
    expect(findings.map(({ kind, file }) => `${kind} ${file}`)).toContain('broken-json deep.json');
  });

  test('gets no name of its files into a shell, a terminal or a page', async () => {
    using repository = new CheckedRepository(Object.fromEntries(NAMES.map((name) => [name, NAN])));
    const raw = Buffer.concat([Buffer.from(`${repository.root}/`), Buffer.from([0xff, 0xfe, 0x2e, 0x6a, 0x73])]);
    writeFileSync(raw, NAN);
    repository.commit('odd names');
    const { code, stdout, stderr } = await repository.waggle('check', '--all');
    expect(code).toBe(0);
    expect(
      repository
        .report()
        .findings.map(({ file }) => file)
        .toSorted(),
    ).toEqual(NAMES.toSorted());
    expect(existsSync(join(repository.root, 'ran'))).toBe(false);
    const folder = join(repository.root, '.waggle/check/latest');
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    const shown = { stdout, stderr, page, text: readFileSync(join(folder, 'report.md'), 'utf8') };
    for (const [name, text] of Object.entries(shown))
      expect({ name, escape: text.includes('\u001B'), bidi: text.includes('\u202E') }).toEqual({
        name,
        escape: false,
        bidi: false,
      });
    expect(page.includes('<img')).toBe(false);
  });

  test('may have 10,000 files', async () => {
    const files = Array.from({ length: 10_000 }, (_, index): [string, string] => [
      `src/${index % 100}/f${index}.js`,
      `export const a${index} = ${index};\n`,
    ]);
    using repository = new CheckedRepository(Object.fromEntries(files));
    repository.commit('many');
    const { code } = await repository.waggle('check');
    expect({ code, failed: repository.failedTasks() }).toEqual({ code: 0, failed: [] });
    expect(repository.report().size).toMatchObject({ files: 10_000, lines: 10_000 });
  });
});
