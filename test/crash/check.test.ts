import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CheckedRepository, readReport } from '../e2e/support/checked-repository.ts';
import { leftIn } from '../support/processes.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/waggle.js');
const CYCLES = Math.ceil(Number(env['WAGGLE_CRASH_CYCLES'] ?? 10) / 4);
const NAN = 'export const f = (a) => a === NaN;\n';
const isRoot = process.getuid?.() === 0;

function shop(): CheckedRepository {
  const repository = new CheckedRepository({
    'src/a.js': NAN,
    'test/a.test.js': "import '../src/a.js';\n",
    'README.md': '# Shop\n\nSee [the guide](https://example.org/) and [the other](docs/guide.md).\n',
    'package.json': '{"name":"shop","dependencies":{"left-pad":"1.0.0"},"repository":"https://example.org/shop.git"}\n',
    'package-lock.json':
      '{"name":"shop","lockfileVersion":3,"packages":{"":{"name":"shop","dependencies":{"left-pad":"1.0.0"}},"node_modules/left-pad":{"version":"1.0.0","resolved":"https://example.org/left-pad.tgz"}}}\n',
    '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x.git\n',
  });
  repository.commit('first');
  repository.git('remote', 'add', 'origin', 'https://example.org/shop.git');
  repository.git('config', 'remote.origin.promisor', 'true');
  repository.git('config', 'remote.origin.partialclonefilter', 'blob:none');
  return repository;
}

describe('the network', () => {
  /** Calls about sockets of the internet, of the program and of all that it starts. */
  function internetCalls(folder: string, home: string, words: readonly string[]): readonly string[] {
    const log = join(home, '..', 'strace.log');
    const args = ['-f', '-qq', '-e', 'trace=network', '-o', log, process.execPath, ...words];
    const { status, stderr } = spawnSync('strace', args, {
      cwd: folder,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, WAGGLE_HOME: home },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${status}: ${stderr}`);
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /AF_INET6?\b|AF_PACKET/.test(line));
  }

  test('gets no byte from a check, though the repository names servers everywhere', () => {
    using repository = shop();
    expect(internetCalls(repository.root, repository.home, [LAUNCHER, 'check'])).toEqual([]);
    expect(repository.failedTasks()).toEqual([]);
    expect(repository.report().notChecked.map(({ reason }) => reason)).toContain('needs-network');
  });

  test('would show: one connection by a grandchild is seen', () => {
    using repository = shop();
    const connect = `require('net').connect(9, '127.0.0.1').on('error', () => {})`;
    const script = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(connect)}])`;
    expect(internetCalls(repository.root, repository.home, ['-e', script]).join('\n')).toMatch(/connect\(.*AF_INET/);
  });
});

test(
  `after ${CYCLES} kills of a check, each at some moment, the next one leaves nothing of them`,
  { timeout: 60_000 + CYCLES * 10_000 },
  async () => {
    using repository = shop();
    expect((await repository.waggle('check')).code).toBe(0);
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const child = spawn(process.execPath, [LAUNCHER, 'check'], {
        cwd: repository.root,
        env: repository.env(),
        stdio: 'ignore',
      });
      const exit = once(child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 1_200));
      child.kill('SIGKILL');
      await exit;
      expect(await leftIn(repository.root, 2_000), `left over after cycle ${cycle}`).toEqual([]);
      if (cycle % 3 !== 2) continue;
      expect((await repository.waggle('check')).code).toBe(0);
      expect(repository.leftOvers()).toEqual([]);
      expect(repository.failedTasks()).toEqual([]);
      // What it compares with has come to its end.
      expect(repository.report().findings.filter(({ baseline }) => baseline !== 'known')).toEqual([]);
    }
    // After the last kill too.
    expect((await repository.waggle('check')).code).toBe(0);
    expect((await repository.waggle('runs', 'list')).stdout).not.toMatch(/ (?:running|paused) /);
  },
);

describe('a disk that is full', () => {
  let disk = '';

  beforeEach((context) => {
    if (!isRoot) return context.skip('not run: only root can mount a small disk');
    disk = mkdtempSync(join(tmpdir(), 'waggle-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'waggle-test', disk]);
  });

  afterEach(() => {
    if (!isRoot) return;
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });

  function fill(freeBytes = 0): void {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - freeBytes));
  }

  test('under --out is told with the folder, and no half of a report passes for one', async () => {
    using repository = shop();
    const out = join(disk, 'out');
    mkdirSync(out);
    fill();
    const { code, stdout, stderr } = await repository.waggle('check', '--out', out);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`No room is left on the disk of "${out}"`);
    expect(readdirSync(out)).toEqual([]);
    expect(repository.leftOvers()).toEqual([]);
  });

  // Room for nothing, for a store without its first records, for half a check.
  test.each([0, 64, 256, 1_024])(
    'but for %i KiB ends the check with words or lets it wait, and all goes on once there is room',
    { timeout: 60_000 },
    async (freeKib) => {
      using repository = shop();
      const project = join(disk, 'project');
      repository.git('clone', '--quiet', repository.root, project);
      fill(freeKib * 1_024);
      const call = repository.start(['check', project]);
      await Promise.race([call.ended, new Promise((resolve) => setTimeout(resolve, 4_000))]);
      rmSync(join(disk, 'filler'));
      const { code, stderr } = await call.ended;
      expect([0, 2, 3]).toContain(code);
      if (code !== 0) expect(stderr).toMatch(/^error {2}.*\n +\S/m);
      expect((await repository.waggle('check', project)).code).toBe(0);
      expect(execFileSync('git', ['status', '--porcelain'], { cwd: project, encoding: 'utf8' })).toBe('');
      expect(readReport(join(project, '.waggle/check/latest/report.json')).findings).not.toEqual([]);
      expect(
        readdirSync(join(project, '.waggle/check'), { recursive: true }).filter((name) =>
          String(name).endsWith('data'),
        ),
      ).toEqual([]);
    },
  );
});
