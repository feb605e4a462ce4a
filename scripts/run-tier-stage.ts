import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Stage, TierRun } from './run-tier-stages.ts';

const TAIL_LINES = 60;
/** The first words of an engine that ends its process, and how many lines they take with the stack. */
const LAST_WORDS = /fatal error|check failed/i;
const LAST_WORDS_LINES = 30;
const GRACE_MS = 5_000;

export type StageResult = Readonly<{
  id: string;
  proves: string;
  passed: number;
  failed: number;
  /** What could not run here, and why. Never a pass. */
  notRun: readonly Readonly<{ test: string; reason: string }>[];
  /** Names of the tests that passed, where the stage knows them. */
  passedTests: readonly string[];
  seconds: number;
  capSeconds: number;
  /** What a person needs to see of a failure. */
  problems: readonly string[];
  /** Repeats the stage. */
  command: string;
}>;

type Counts = Pick<StageResult, 'passed' | 'failed' | 'notRun' | 'passedTests' | 'problems'>;

const vitestReport = z.object({
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

export async function runStage(stage: Stage, run: TierRun, folder: string): Promise<StageResult> {
  const startMs = Date.now();
  const commands = stage.commands(run);
  const missing = missingPrograms(stage);
  const counts =
    missing === undefined ? await runCommands(stage, commands, { run, folder, startMs }) : failedWith(missing);
  return {
    id: stage.id,
    proves: stage.proves,
    ...counts,
    seconds: (Date.now() - startMs) / 1_000,
    capSeconds: stage.capSeconds,
    command: commands.map((argv) => argv.join(' ')).join(' && '),
  };
}

type StageContext = Readonly<{ run: TierRun; folder: string; startMs: number }>;

async function runCommands(
  stage: Stage,
  commands: readonly (readonly string[])[],
  { run, folder, startMs }: StageContext,
): Promise<Counts> {
  if (commands.length === 0) return failedWith('nothing to run: the stage found no file');
  rmSync(`${folder}/${stage.id}.json`, { force: true });
  let sum: Counts = { passed: 0, failed: 0, notRun: [], passedTests: [], problems: [] };
  for (const [index, argv] of commands.entries()) {
    const report = `${folder}/${stage.id}.json`;
    const vitest = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const log = `${folder}/${stage.id}${commands.length > 1 ? `-${index + 1}` : ''}.log`;
    const leftMs = startMs + stage.capSeconds * 1_000 - Date.now();
    const end = await runOne(stage.suite === true ? [...argv, ...vitest] : argv, {
      log,
      leftMs,
      environment: environmentOf(stage, run),
    });
    const counts = stage.suite === true ? countSuite(report, end) : countCommand(argv, end);
    sum = added(sum, counts);
  }
  const untrue =
    sum.failed === 0 && stage.leavesJson !== undefined ? jsonProblem(stage.leavesJson, startMs) : undefined;
  return untrue === undefined ? sum : added({ ...sum, passed: sum.passed - 1 }, failedWith(untrue));
}

/** `tail`: the end of what was printed. `lastWords`: what an engine said before it ended its process; mostly nothing. */
type End = Readonly<{ exitCode: number; isOverCap: boolean; tail: string; lastWords: string }>;

function environmentOf({ environment }: Stage, { tier, part, parts }: TierRun): NodeJS.ProcessEnv {
  const own = { CI: 'true', NO_COLOR: '1', WAGGLE_TIER: tier, WAGGLE_PART: `${part}/${parts}`, ...environment?.[tier] };
  // oxlint-disable-next-line node/no-process-env -- a run of tests hands its environment on
  return { ...process.env, ...own };
}

/** In a process group of its own, which is ended when the time is over. */
async function runOne(
  [program = '', ...args]: readonly string[],
  { log, leftMs, environment }: Readonly<{ log: string; leftMs: number; environment: NodeJS.ProcessEnv }>,
): Promise<End> {
  mkdirSync(resolve(log, '..'), { recursive: true });
  const out = createWriteStream(log);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(out, { end: false });
  let isOverCap = false;
  const stop = setTimeout(
    () => {
      isOverCap = true;
      signalGroup(child.pid, 'SIGTERM');
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS).unref();
    },
    Math.max(0, leftMs),
  );
  const exitCode = await new Promise<number>((settle) => {
    child.on('error', (error) => out.write(`${error.message}\n`, () => settle(127)));
    child.on('close', (code) => settle(code ?? 128));
  });
  clearTimeout(stop);
  await endGroup(child.pid);
  out.end();
  await finished(out);
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const died = lines.findIndex((line) => LAST_WORDS.test(line));
  const lastWords = died < 0 ? '' : `${lines.slice(died, died + LAST_WORDS_LINES).join('\n')}\n`;
  return { exitCode, isOverCap, tail: lines.slice(-TAIL_LINES).join('\n'), lastWords };
}

/** Whether there was anybody to take the signal. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** What a command left running in its group does not disturb the next one. */
async function endGroup(pid: number | undefined): Promise<void> {
  const untilMs = Date.now() + GRACE_MS;
  while (signalGroup(pid, 'SIGKILL') && Date.now() < untilMs) await sleep(20);
}

function countCommand(argv: readonly string[], { exitCode, isOverCap, tail }: End): Counts {
  if (isOverCap) return failedWith(`${argv.join(' ')}: over the cap of the stage\n${tail}`);
  if (exitCode !== 0) return failedWith(`${argv.join(' ')}: exit code ${exitCode}\n${tail}`);
  return { passed: 1, failed: 0, notRun: [], passedTests: [], problems: [] };
}

/** What the suite's own report says. A suite that did not report, or reported nothing, has failed. */
function countSuite(report: string, { exitCode, isOverCap, tail, lastWords }: End): Counts {
  if (!existsSync(report)) return failedWith(`${isOverCap ? 'over the cap of the stage' : 'no report'}\n${tail}`);
  const content: unknown = JSON.parse(readFileSync(report, 'utf8'));
  const { numPassedTests, testResults } = vitestReport.parse(content);
  const tests = testResults.flatMap((file) => file.assertionResults);
  const failures = tests.filter((test) => test.status === 'failed');
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed));
  const notRun = tests.filter((test) => !isFailed(test) && test.status !== 'passed');
  const problems = [
    ...failures.map((test) => `${test.fullName}\n${test.failureMessages?.[0] ?? ''}`),
    // A file without a message: its process died.
    ...broken.map(({ name, message = '' }) => `${name}\n${message === '' ? `${lastWords}${tail}` : message}`),
  ];
  if (isOverCap) problems.push('over the cap of the stage');
  if (problems.length === 0 && exitCode !== 0) problems.push(`exit code ${exitCode}\n${tail}`);
  if (tests.length === 0) problems.push('the report holds no test');
  return {
    passed: numPassedTests,
    failed: problems.length,
    notRun: notRun.map((test) => ({ test: test.fullName, reason: `${test.status} by the suite` })),
    passedTests: tests.filter((test) => test.status === 'passed').map((test) => test.fullName),
    problems,
  };
}

function isFailed(test: Readonly<{ status: string }>): boolean {
  return test.status === 'failed';
}

function missingPrograms({ needs = {} }: Stage): string | undefined {
  const missing = Object.entries(needs).filter(
    ([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))].join(' ');
  const names = missing.map(([program]) => program).join(', ');
  return `not installed: ${names}. As root: apt-get update && apt-get install -y ${packages}`;
}

function jsonProblem(pattern: string, sinceMs: number): string | undefined {
  const fresh = globSync(pattern).filter((file) => statSync(file).mtimeMs >= sinceMs);
  const newest = fresh.toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
  if (newest === undefined) return `it left no new ${pattern}`;
  try {
    JSON.parse(readFileSync(newest, 'utf8'));
    return undefined;
  } catch (error) {
    return `${newest} does not parse: ${String(error)}`;
  }
}

/** What no stage could run: a test that one user may not run counts as run when another one has. */
export function neverRun(results: readonly StageResult[]): StageResult['notRun'] {
  const passed = new Set(results.flatMap((result) => result.passedTests));
  return results.flatMap((result) => result.notRun).filter(({ test }) => !passed.has(test));
}

function failedWith(problem: string): Counts {
  return { passed: 0, failed: 1, notRun: [], passedTests: [], problems: [problem] };
}

function added(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    notRun: [...one.notRun, ...other.notRun],
    passedTests: [...one.passedTests, ...other.passedTests],
    problems: [...one.problems, ...other.problems],
  };
}
