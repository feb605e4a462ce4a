import { createHash } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { baselineKey } from '../analysers/baseline.ts';
import { readData } from '../analysers/data-files.ts';
import { probeRepository } from '../analysers/probe.ts';
import { SystemRandom } from '../adapters/system/system-random.ts';
import type { CheckReport, RunTimeline } from '../core/findings/check-report.ts';
import type { CheckFacts } from '../core/findings/check-facts.ts';
import { nameOf, type RunId } from '../core/ids.ts';
import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { RunArchive, RunRecord } from '../ports/run-archive.ts';
import { withFailures } from '../reports/check-run-view.ts';
import { renderReports } from '../reports/render-reports.ts';
import { Unavailable, userError } from '../util/user-error.ts';
import { planCheck } from '../workflows/check.ts';
import type { CheckOptions, CheckRun } from './check-run.ts';
import type { Coordinator } from './coordinator.ts';
import type { Store } from './store.ts';
import { newRunId } from './submission.ts';
import { ownVersion } from './version.ts';

/** What runs of this job are known by. */
const SOURCE = 'built-in:check';

export type CheckParts = Readonly<{
  root: string;
  dataDir: string;
  /** `PATH`, where git is looked for. */
  searchPath: string | undefined;
  store: Store;
  coordinator: Coordinator;
}>;

/** Plans a check from what the repository has, runs it, and writes the reports once it has ended. */
export async function checkProject(parts: CheckParts, options: CheckOptions): Promise<CheckRun> {
  const { root, dataDir, searchPath, store, coordinator } = parts;
  const path = searchPath === undefined ? {} : { searchPath };
  const facts = await probeRepository(root, path);
  if (options.isBaselineReset === true) await forgetBaseline(facts, store);
  await dropInterrupted(parts);
  const runId = newRunId('check', new SystemRandom());
  const folder = join(dataDir, 'check', runId);
  const data = join(folder, 'data');
  const plan = planCheck(facts, {
    data,
    run: runId,
    checkedAtMs: Date.now(),
    cores: availableParallelism(),
    ...path,
    ...(options.agents === undefined ? {} : { agents: options.agents }),
  });
  const run = { name: 'check', inputs: {}, budget: {}, source: SOURCE };
  const answer = await coordinator.submit({ runId, run, tasks: plan.tasks, agents: plan.agents });
  if (!answer.ok) throw notStarted(answer.refusal.reason);
  options.onSubmitted?.(runId);
  const record = await coordinator.finished(runId);
  const archive = store.archive();
  if (archive === undefined) throw new Error('Internal error: a run has ended in no store');
  const report = reportOf(data, archive, runId);
  const reports = await writeReports(report, timelineOf(archive, record), options.out ?? folder);
  await rm(data, { recursive: true, force: true });
  if (options.out === undefined) await pointLatest(dataDir, runId);
  const { findings } = report;
  return {
    runId,
    record,
    reports,
    counts: countsOf(report),
    findings,
    changes: changesSince(report),
    plan: report.plan,
    skipped: skippedIn(report),
  };
}

/** A check that was cut off is worth less than the one that starts now: it looks at the files as they were. */
async function dropInterrupted({ store, coordinator }: CheckParts): Promise<void> {
  for (const interrupted of coordinator.resumed) {
    if (store.archive()?.run(interrupted)?.run.source !== SOURCE) continue;
    await coordinator.command({ type: 'run.cancel', runId: interrupted, reason: 'a new check has started' });
  }
}

/** Of every repository that looks like this one: the check before is forgotten. */
async function forgetBaseline({ rootCommit, root }: CheckFacts, store: Store): Promise<void> {
  if (store.archive() === undefined) return;
  const { journal, memory } = await store.open();
  try {
    await memory.delete(baselineKey(rootCommit ?? createHash('sha256').update(root).digest('hex').slice(0, 40)));
  } finally {
    await Promise.all([memory.close(), journal.close()]);
  }
}

function reportOf(data: string, archive: RunArchive, runId: RunId): CheckReport {
  const failed = archive.tasks(runId).filter(({ failure }) => failure !== undefined);
  const failures = Object.fromEntries(
    failed.map(({ spec, failure }) => [spec.name, failure === undefined ? '' : describe(failure)]),
  );
  const report = readData(data, 'report');
  if (report !== undefined) return withFailures(report, failures);
  const why = Object.entries(failures).map(([name, note]) => `${name}: ${note}`);
  const message = `The check came to no report. ${why.slice(0, 3).join(' ')}`;
  throw new Unavailable({ port: 'check', message, fix: `Look at it with: waggle runs show ${runId}` });
}

function describe(failure: TaskFailure): string {
  if ('message' in failure) return failure.message;
  return failure.reason === 'timed-out' ? `It took longer than ${failure.afterMs} ms.` : failure.reason;
}

function timelineOf(archive: RunArchive, { runId, createdAtMs, finishedAtMs = Date.now() }: RunRecord): RunTimeline {
  const needs = new Map(archive.tasks(runId).map(({ spec }) => [spec.name, spec.needs]));
  const roles = new Map(archive.agents().map(({ agent }) => [String(agent.id), agent.role]));
  const attempts = archive.runAttempts(runId).map((one) => ({
    task: nameOf(one.taskId),
    attempt: one.attempt,
    agent: one.agentId.slice(one.agentId.indexOf('/') + 1),
    role: roles.get(one.agentId) ?? '',
    needs: needs.get(nameOf(one.taskId)) ?? [],
    startedAtMs: one.startedAtMs,
    endedAtMs: one.endedAtMs ?? finishedAtMs,
    outcome: one.outcome === 'verifying' ? ('running' as const) : one.outcome,
  }));
  return { startedAtMs: createdAtMs, endedAtMs: finishedAtMs, attempts };
}

async function writeReports(report: CheckReport, timeline: RunTimeline, folder: string): Promise<CheckRun['reports']> {
  const rendered = renderReports({ report, timeline }, { all: false, version: ownVersion() });
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(rendered)) await writeFile(join(folder, name), text);
  } catch (error) {
    const message = `The reports cannot be written to "${folder}": ${error instanceof Error ? error.message : String(error)}.`;
    throw userError({ code: 'REPORT_NOT_WRITTEN', at: folder, message, fix: 'Name another folder with --out.' });
  }
  return {
    html: join(folder, 'report.html'),
    markdown: join(folder, 'report.md'),
    json: join(folder, 'report.json'),
    sarif: join(folder, 'report.sarif'),
  };
}

/** `check/latest` leads to the newest one. A file system without links goes without. */
async function pointLatest(dataDir: string, runId: RunId): Promise<void> {
  const link = join(dataDir, 'check', 'latest');
  const draft = `${link}.${process.pid}`;
  await symlink(runId, draft)
    .then(() => rename(draft, link))
    .catch(() => rm(draft, { force: true }));
}

function countsOf({ findings }: CheckReport): CheckRun['counts'] {
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    critical: count('critical'),
    high: count('high'),
    medium: count('medium'),
    low: count('low'),
    new: findings.filter(({ baseline }) => baseline === 'new').length,
  };
}

function changesSince({ before, findings, past }: CheckReport): CheckRun['changes'] {
  if (before === null) return null;
  const all = [...findings, ...past];
  const count = (baseline: string): number => all.filter((one) => one.baseline === baseline).length;
  const counts = { new: count('new'), known: count('known'), gone: count('gone'), notChecked: count('not-checked') };
  return { sinceMs: before.checkedAtMs, ...counts };
}

function skippedIn({ notChecked }: CheckReport): CheckRun['skipped'] {
  return notChecked.map(({ what, reason, fix }) => ({ what, reason, fix }));
}

function notStarted(reason: string): Unavailable {
  return new Unavailable({ port: 'leader', message: `The check was refused: ${reason}.`, fix: 'Try again later.' });
}
