import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftAfter } from '../../../test/support/processes.ts';
import type { LiveUsage, ProcessEnd, ProcessSpec } from '../../ports/process-runner.ts';
import type { LauncherName } from './launcher.ts';
import { probeOwnership } from './ownership.ts';
import { SystemProcessRunner } from './system-process-runner.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'waggle-run-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

type Ran = Readonly<{ end: ProcessEnd; stdout: string; stderr: string }>;
type Extras = Partial<ProcessSpec> & Readonly<{ signal?: AbortSignal; onFirst?: () => void }>;

async function run(runner: SystemProcessRunner, argv: readonly string[], extras: Extras = {}): Promise<Ran> {
  const { signal = new AbortController().signal, onFirst, ...spec } = extras;
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  const onOutput: ProcessSpec['onOutput'] = (stream, chunk) => {
    chunks[stream].push(Buffer.from(chunk));
    onFirst?.();
  };
  const end = await runner.run({ argv, cwd, env: { PATH: '/usr/bin:/bin' }, onOutput, ...spec }, signal);
  const [stdout, stderr] = [chunks.stdout, chunks.stderr].map((one) => Buffer.concat(one).toString('utf8'));
  return { end, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** Why it was not started. */
const refusal = (end: ProcessEnd): string => (end.kind === 'not-started' ? end.message : `it started: ${end.kind}`);

/** Runs until the first output, then stops it. */
async function stop(runner: SystemProcessRunner, script: string, graceMs?: number): Promise<Ran> {
  const controller = new AbortController();
  const onFirst = (): void => controller.abort('cancelled');
  const grace = graceMs === undefined ? {} : { graceMs };
  return run(runner, ['sh', '-c', script], { signal: controller.signal, onFirst, ...grace });
}

/** The best way that works here, and the one that works everywhere. */
const WAYS: Readonly<Record<string, readonly LauncherName[] | undefined>> = { best: undefined, group: ['group'] };

for (const [way, launchers] of Object.entries(WAYS)) {
  describe(`processes owned the ${way} way`, () => {
    let runner: SystemProcessRunner;
    beforeAll(async () => {
      runner = await SystemProcessRunner.open(launchers === undefined ? {} : { launchers });
    });

    test('exit codes, output of both streams and figures come back', async () => {
      const { end, stdout, stderr } = await run(runner, ['sh', '-c', 'echo out; echo err >&2; exit 3']);
      expect(end).toMatchObject({ kind: 'exited', exitCode: 3, usage: { outputBytes: 8 } });
      expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
    });

    test('arguments arrive exactly as given, whatever they look like', async () => {
      const hostile = [
        '-n',
        '--',
        '$(id)',
        '`id`',
        '; exit 9',
        '',
        ' two  words ',
        `a'b"c`,
        '*',
        '\n',
        'é€🐝',
        '--help',
      ];
      const { stdout } = await run(runner, ['printf', '[%s]', ...hostile]);
      expect(stdout).toBe(hostile.map((word) => `[${word}]`).join(''));
    });

    test('words that mean something to a shell are looked up as programs', async () => {
      const { end } = await run(runner, ['exit', '4']);
      expect(refusal(end)).toContain('"exit" was not found');
    });

    test('the program starts with default signals and no descriptors of ours', async () => {
      const { stdout } = await run(runner, [
        'sh',
        '-c',
        'grep SigIgn /proc/self/status; ls /proc/self/fd | tr "\\n" " "',
      ]);
      expect(stdout).toMatch(/^SigIgn:\s+0{16}\n0 1 2 /);
      expect(stdout).not.toMatch(/\b5\b/);
    });

    test('a signal of its own is told from an exit code', async () => {
      expect((await run(runner, ['sh', '-c', 'kill -9 $$'])).end).toMatchObject({
        kind: 'signalled',
        signal: 'SIGKILL',
      });
      expect((await run(runner, ['sh', '-c', 'kill -SEGV $$'])).end).toMatchObject({ signal: 'SIGSEGV' });
      expect((await run(runner, ['sh', '-c', 'exit 137'])).end).toMatchObject({ kind: 'exited', exitCode: 137 });
    });

    test('a stop ends it with TERM, and it may tidy up', async () => {
      const tidy = await stop(runner, `trap 'echo tidied; exit 0' TERM; echo ready; while :; do sleep 0.01; done`);
      expect(tidy.end.kind).toBe('stopped');
      expect(tidy.stdout).toBe('ready\ntidied\n');
    });

    test('what ignores TERM is killed after the grace', async () => {
      const { end } = await stop(runner, `trap '' TERM; echo ready; while :; do sleep 0.05; done`, 100);
      expect(end).toMatchObject({ kind: 'stopped' });
    });

    test('a stop before the start runs nothing', async () => {
      const { end, stdout } = await run(runner, ['echo', 'ran'], { signal: AbortSignal.abort('cancelled') });
      expect([end.kind, stdout]).toEqual(['stopped', '']);
    });

    test('stdin is given and closed, and empty without it', async () => {
      expect((await run(runner, ['cat'], { stdin: 'given é' })).stdout).toBe('given é');
      expect((await run(runner, ['cat'])).stdout).toBe('');
      const unread = await run(runner, ['true'], { stdin: 'x'.repeat(1_000_000) });
      expect(unread.end).toMatchObject({ kind: 'exited', exitCode: 0 });
    });

    test('a child that keeps stdout open does not keep us waiting', async () => {
      const { end, stdout } = await run(runner, ['sh', '-c', 'sleep 3600 & echo done']);
      expect([end.kind, stdout]).toEqual(['exited', 'done\n']);
    });

    test('closing stdout is not the end', async () => {
      const { end } = await run(runner, ['sh', '-c', 'exec >&- 2>&-; sleep 0.05; exit 6']);
      expect(end).toMatchObject({ kind: 'exited', exitCode: 6 });
    });

    test('more output than allowed ends it', async () => {
      const { end, stdout } = await run(runner, ['yes'], { limits: { outputBytes: 100_000 } });
      expect(end).toMatchObject({ kind: 'limit', limit: 'output', usage: { outputBytes: 100_000 } });
      expect(stdout.length).toBe(100_000);
    });

    test('a slow taker slows the program down instead of filling memory', async () => {
      let taken = 0;
      let isTaking = false;
      const onOutput = async (_stream: string, chunk: Uint8Array): Promise<void> => {
        expect(isTaking).toBe(false);
        isTaking = true;
        await new Promise(setImmediate);
        taken += chunk.length;
        isTaking = false;
      };
      const script = 'head -c 3000000 /dev/zero; head -c 1000000 /dev/zero >&2';
      const { end } = await run(runner, ['sh', '-c', script], { onOutput });
      expect(end).toMatchObject({ kind: 'exited', usage: { outputBytes: 4_000_000 } });
      expect(taken).toBe(4_000_000);
    });

    test('a taker that fails ends the program and is told', async () => {
      const onOutput = (): Promise<void> => Promise.reject(new Error('disk full'));
      await expect(run(runner, ['yes'], { onOutput })).rejects.toThrow('disk full');
    });

    test('as many processes as allowed may run, ours not counted, and no more', async () => {
      const argv = ['sh', '-c', 'sleep 0.3 & sleep 0.3 & wait'];
      expect((await run(runner, argv, { limits: { processes: 3 } })).end).toMatchObject({
        kind: 'exited',
        exitCode: 0,
      });
      expect((await run(runner, argv, { limits: { processes: 2 } })).end).toMatchObject({ limit: 'processes' });
    });

    test('what it uses is told while it runs', async () => {
      const told: LiveUsage[] = [];
      const enough = join(cwd, `enough-${way}`);
      const onUsage = (usage: LiveUsage): void => {
        told.push(usage);
        if (told.length > 1 && usage.cpuMs > 0) writeFileSync(enough, '');
      };
      await run(runner, ['sh', '-c', `until [ -f '${enough}' ]; do :; done`], { onUsage });
      expect(told.length).toBeGreaterThan(1);
      expect(told.at(-1)?.cpuMs).toBeGreaterThan(0);
      expect(told.every(({ memoryBytes }) => memoryBytes > 0)).toBe(true);
      expect(told.map(({ cpuMs }) => cpuMs)).toEqual(told.map(({ cpuMs }) => cpuMs).sort((one, other) => one - other));
    });

    test('processor time and memory are those of the whole tree', async () => {
      const script = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done & wait; sleep 0.05';
      const { end } = await run(runner, ['sh', '-c', script]);
      expect(end).toMatchObject({ kind: 'exited' });
      const { cpuMs = 0, peakMemoryBytes = 0 } = end.kind === 'exited' ? end.usage : {};
      expect(cpuMs).toBeGreaterThan(50);
      expect(peakMemoryBytes).toBeGreaterThan(1_000_000);
    });

    test('a script whose interpreter is missing cannot start, and the message says so', async () => {
      writeFileSync(join(cwd, `odd-${way}`), '#!/no/such/interpreter\n', { mode: 0o755 });
      const { end } = await run(runner, [`./odd-${way}`]);
      expect(refusal(end)).toContain('could not be started');
    });

    test('arguments that are too long are refused in words', async () => {
      const { end } = await run(runner, ['true', 'x'.repeat(3_000_000)]);
      expect(refusal(end)).toContain('too long');
    });
  });
}

test('what escapes from its group and goes on printing does not keep us waiting, and loses its output', async () => {
  const runner = await SystemProcessRunner.open({ launchers: ['group'] });
  const mark = `noise-${process.pid}-${performance.now()}`;
  const escape = `(setsid sh -c 'while echo ${mark}; do sleep 0.02; done' &); echo done`;
  const startMs = performance.now();
  const { end, stdout } = await run(runner, ['sh', '-c', escape]);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  expect(end.kind).toBe('exited');
  expect(stdout).toContain('done');
  // It writes on until nobody holds the other end.
  expect(await leftAfter(mark, 5_000)).toEqual([]);
});

test('a probe says what it takes and why not something better', async () => {
  const best = await probeOwnership();
  expect(best.guaranteed).toBe(best.ownership !== 'process-group');
  const group = await probeOwnership({ launchers: ['group'] });
  expect(group).toMatchObject({ ownership: 'process-group', guaranteed: false, refused: [] });
  expect(group.fix).toMatch(/util-linux|Linux only/);
});

test('a system without room for more processes makes them wait, and fails none', async () => {
  const program = fileURLToPath(new URL('../../../test/support/many-commands.ts', import.meta.url));
  const line = `ulimit -n 64; exec '${process.execPath}' '${program}' 40 'sleep 0.1'`;
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  expect(stdout).toBe('exited\n'.repeat(40));
});
