/**
 * Runs one tier of tests and sums it up in `reports/<tier>.json`:
 * `node scripts/run-tier.ts push|nightly|release [--part k/n]`.
 * Exit code 1 when something failed or did not report; in `release` also when something was not run.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { parseArgs } from 'node:util';
import { neverRun, runStage, type StageResult } from './run-tier-stage.ts';
import { stagesOf, type Tier, type TierRun } from './run-tier-stages.ts';

const TIERS: readonly Tier[] = ['push', 'nightly', 'release'];

function parse(argv: readonly string[]): TierRun | undefined {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { part: { type: 'string', default: '1/1' } },
  });
  const tier = TIERS.find((one) => one === positionals[0]);
  const [part = 0, parts = 0] = values.part.split('/').map(Number);
  const isPart = Number.isInteger(part) && Number.isInteger(parts) && part >= 1 && part <= parts;
  if (tier === undefined || positionals.length !== 1 || !isPart || parts > 96) return undefined;
  return { tier, part, parts, isRoot: process.getuid?.() === 0 };
}

async function runTier(run: TierRun): Promise<number> {
  const name = run.parts === 1 ? run.tier : `${run.tier}-${run.part}-of-${run.parts}`;
  rmSync(`reports/${name}`, { recursive: true, force: true });
  mkdirSync(`reports/${name}`, { recursive: true });
  const startedAt = new Date().toISOString();
  const results: StageResult[] = [];
  for (const stage of stagesOf(run)) {
    const result = await runStage(stage, run, `reports/${name}`);
    print(result);
    results.push(result);
  }
  const sum = (of: (result: StageResult) => number): number => results.reduce((total, one) => total + of(one), 0);
  const [passed, failed, notRun] = [sum((one) => one.passed), sum((one) => one.failed), neverRun(results)];
  for (const { test, reason } of notRun) console.log(`not run: ${test}: ${reason}`);
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = { commit, kernel: release(), node: process.versions.node, startedAt };
  const report = { ...run, ...machine, passed, failed, notRun, stages: results };
  const shown = (key: string, value: unknown): unknown => (key === 'passedTests' ? undefined : value);
  writeFileSync(`reports/${name}.json`, `${JSON.stringify(report, shown, 2)}\n`);
  console.log(`${name}: ${passed} passed, ${failed} failed, ${notRun.length} not run; details in reports/${name}.json`);
  return failed > 0 || results.length === 0 || (run.tier === 'release' && notRun.length > 0) ? 1 : 0;
}

function print({ id, passed, failed, notRun, seconds, capSeconds, problems, command }: StageResult): void {
  const counts = `${passed} passed, ${failed} failed${notRun.length > 0 ? `, ${notRun.length} not run` : ''}`;
  console.log(
    `${failed === 0 ? 'ok  ' : 'FAIL'} ${id.padEnd(13)} ${seconds.toFixed(1).padStart(6)} s of ${capSeconds} s  ${counts}`,
  );
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, '       '));
  if (failed > 0) console.log(`       again: ${command}`);
}

const run = parse(process.argv.slice(2));
if (run === undefined) {
  console.error('Usage: node scripts/run-tier.ts push|nightly|release [--part k/n], with 1 <= k <= n <= 96');
  process.exitCode = 2;
} else {
  process.exitCode = await runTier(run);
}
