import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neverRun, runStage, type StageResult } from './run-tier-stage.ts';
import { stagesOf, STAGES, type Stage, type TierRun } from './run-tier-stages.ts';

const run: TierRun = { tier: 'push', part: 1, parts: 1, isRoot: false };
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-tier-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const node = (code: string): readonly string[] => [process.execPath, '-e', code, '--'];

function stageOf(code: string, extra: Partial<Stage> = {}): Promise<StageResult> {
  const commands = (): readonly (readonly string[])[] => [node(code)];
  return runStage({ id: 'one', proves: '', tiers: ['push'], capSeconds: 30, commands, ...extra }, run, folder);
}

/** A command that behaves like a suite: writes `report` to where it is told. */
const suite = (report: unknown): string =>
  `const file = process.argv.at(-1).split('=')[1]; require('fs').writeFileSync(file, ${JSON.stringify(JSON.stringify(report))})`;
const test = (status: string): unknown => ({ fullName: `a test that ${status}`, status, failureMessages: ['why'] });

describe('a stage of a tier', () => {
  it('counts a command that ends with 0 as one that passed', async () => {
    expect(await stageOf('')).toMatchObject({ passed: 1, failed: 0, notRun: [] });
  });

  it('counts a command that ends otherwise as one that failed, and shows the end of what it printed', async () => {
    const result = await stageOf('console.log("the last words"); process.exitCode = 3');
    expect(result).toMatchObject({ passed: 0, failed: 1 });
    expect(result.problems[0]).toMatch(/exit code 3[\s\S]*the last words/);
  });

  it('ends a command and its children at the cap, and fails', async () => {
    const pidFile = join(folder, 'pid');
    const child = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const parent = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}])`;
    const result = await stageOf(parent, { capSeconds: 1 });
    expect(result).toMatchObject({ passed: 0, failed: 1 });
    expect(result.problems[0]).toMatch(/over the cap/);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('takes the counts of a suite from its own report, and what was skipped as not run', async () => {
    const file = { name: 'f', status: 'passed', assertionResults: [test('passed'), test('passed'), test('skipped')] };
    const result = await stageOf(suite({ numPassedTests: 2, testResults: [file] }), { suite: true });
    expect(result).toMatchObject({ passed: 2, failed: 0 });
    expect(result.notRun).toEqual([{ test: 'a test that skipped', reason: 'skipped by the suite' }]);
  });

  it('counts failed tests, and files that could not be loaded', async () => {
    const files = [
      { name: 'f', status: 'failed', assertionResults: [test('passed'), test('failed')] },
      { name: 'g', status: 'failed', message: 'cannot load', assertionResults: [] },
    ];
    const code = `${suite({ numPassedTests: 1, testResults: files })}; process.exitCode = 1`;
    const result = await stageOf(code, { suite: true });
    expect(result).toMatchObject({ passed: 1, failed: 2 });
    expect(result.problems.join('\n')).toMatch(/a test that failed\nwhy[\s\S]*cannot load/);
  });

  it('shows what a process said that died under a file, and the end of the log', async () => {
    const file = { name: 'f', status: 'failed', message: '', assertionResults: [test('passed'), test('pending')] };
    const died = `for (const line of ['# Fatal error in x', '# Check failed: y', ...Array(200).fill('-')]) console.log(line);
      console.log('exited unexpectedly with signal SIGTRAP')`;
    const code = `${suite({ numPassedTests: 1, testResults: [file] })}; ${died}; process.exitCode = 1`;
    const result = await stageOf(code, { suite: true });
    expect(result).toMatchObject({ passed: 1, failed: 1 });
    expect(result.problems[0]).toMatch(/^f\n# Fatal error in x\n# Check failed: y[\s\S]*signal SIGTRAP$/);
  });

  it('fails a suite that ends well but did not report, or reported no test', async () => {
    const silent = { id: 'silent', suite: true } as const;
    expect(await stageOf('', silent)).toMatchObject({ passed: 0, failed: 1, problems: ['no report\n'] });
    const empty = await stageOf(suite({ numPassedTests: 0, testResults: [] }), { suite: true });
    expect(empty).toMatchObject({ passed: 0, failed: 1, problems: ['the report holds no test'] });
  });

  it('fails with the package to install when a program is missing, without running anything', async () => {
    const result = await stageOf('', { needs: { 'no-such-program-here': 'some-package' } });
    expect(result).toMatchObject({ passed: 0, failed: 1 });
    expect(result.problems[0]).toMatch(/no-such-program-here.*apt-get install -y some-package/);
  });

  it('fails when the promised JSON file is missing, old or broken', async () => {
    const leavesJson = join(folder, 'left', '*.json');
    const write = (text: string): string =>
      `const fs = require('fs'); fs.mkdirSync(${JSON.stringify(join(folder, 'left'))}, { recursive: true });
       fs.writeFileSync(${JSON.stringify(join(folder, 'left', 'a.json'))}, ${JSON.stringify(text)})`;
    expect(await stageOf('', { leavesJson })).toMatchObject({ passed: 0, failed: 1 });
    expect(await stageOf(write('{"a":'), { leavesJson })).toMatchObject({ passed: 0, failed: 1 });
    expect(await stageOf(write('{"a":1}'), { leavesJson })).toMatchObject({ passed: 1, failed: 0 });
  });

  it('fails when there is nothing to run', async () => {
    expect(await stageOf('', { commands: () => [] })).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('tests that were not run', () => {
  it('count as run when another stage has run them', async () => {
    const of = (name: string, ...statuses: readonly string[]): Promise<StageResult> => {
      const file = { name, status: 'passed', assertionResults: statuses.map(test) };
      return stageOf(suite({ numPassedTests: 1, testResults: [file] }), { suite: true });
    };
    const skipped = await of('f', 'skipped');
    const same = { ...skipped, passedTests: ['a test that skipped'], notRun: [] };
    expect(neverRun([skipped, await of('g', 'passed')])).toHaveLength(1);
    expect(neverRun([skipped, same])).toEqual([]);
  });
});

describe('the tiers', () => {
  it('give every stage to exactly one part, or to each part', () => {
    const parts = [1, 2, 3].map((part) => stagesOf({ ...run, tier: 'nightly', part, parts: 3 }));
    for (const stage of STAGES.filter((one) => one.tiers.includes('nightly'))) {
      const times = parts.filter((stages) => stages.includes(stage)).length;
      expect([stage.id, times]).toEqual([stage.id, stage.inEachPart === true ? 3 : 1]);
    }
  });

  it('take at most 18 minutes on a push', () => {
    const caps = stagesOf(run).map((stage) => stage.capSeconds);
    expect(caps.reduce((sum, cap) => sum + cap, 0)).toBeLessThanOrEqual(19 * 60);
  });

  it('run the suites for normal users as another user when root', () => {
    const security = STAGES.find((stage) => stage.id === 'security');
    expect(security?.commands({ ...run, isRoot: true })[0]?.[0]).toBe('.ci/as-normal-user');
    expect(security?.commands(run)[0]?.[0]).toBe('npm');
  });
});
