import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { baselineOf } from '../analysers/baseline.ts';
import { memoryKeyOf } from '../analysers/collect.ts';
import { readData, writeData } from '../analysers/data-files.ts';
import { probeRepository } from '../analysers/probe.ts';
import { SystemRandom } from '../adapters/system/system-random.ts';
import type { CheckReport, RunTimeline } from '../core/findings/check-report.ts';
import { notWritten, prepareReportFolder } from './check-input.ts';
import { dropData, dropLeftOvers, makeData } from './check-left-overs.ts';
import { outcomeOf } from './check-outcome.ts';
import type { CheckFacts } from '../core/findings/check-facts.ts';
import { nameOf, type RunId } from '../core/ids.ts';
import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { RunArchive, RunRecord } from '../ports/run-archive.ts';
import { withFailures, type CheckView } from '../reports/check-run-view.ts';
import { renderReports } from '../reports/render-reports.ts';
import { Unavailable } from '../util/user-error.ts';
import { planCheck } from '../workflows/check.ts';
import { CHECK_SOURCE, type CheckOptions, type CheckRun } from './check-run.ts';
import type { Coordinator } from './coordinator.ts';
import type { Store } from './store.ts';
import { newRunId } from './submission.ts';
import { ownVersion } from './version.ts';

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
  if (options.out !== undefined) await prepareReportFolder(options.out);
  if (options.isBaselineReset === true) await forgetBaseline(facts, store);
  await dropLeftOvers(parts);
  const runId = newRunId('check', new SystemRandom());
  const { data } = foldersOf(dataDir, runId);
  await makeData(data);
  if (options.baseline !== undefined) writeData(data, 'baseline', baselineOf(options.baseline));
  const plan = planCheck(facts, {
    data,
    run: runId,
    checkedAtMs: Date.now(),
    cores: availableParallelism(),
    ...path,
    ...(options.agents === undefined ? {} : { agents: options.agents }),
    isOnline: options.isOnline === true,
  });
  const run = { name: 'check', inputs: {}, budget: {}, source: CHECK_SOURCE };
  const answer = await coordinator.submit({ runId, run, tasks: plan.tasks, agents: plan.agents });
  if (!answer.ok) throw notStarted(answer.refusal.reason);
  options.onSubmitted?.(runId);
  const checked = await reportCheck(parts, runId, options);
  return { ...checked, notes: [...checked.notes, ...notesOn(facts, options)] };
}

/** Goes on with a check that was interrupted, and writes its reports once it has ended. */
export async function resumeCheck(parts: CheckParts, runId: RunId): Promise<CheckRun> {
  // From now on it is this process that will make the reports.
  await makeData(foldersOf(parts.dataDir, runId).data);
  if (parts.store.archive()?.run(runId)?.state === 'paused') {
    const answer = await parts.coordinator.command({ type: 'run.resume', runId });
    if (!answer.ok) throw notStarted(answer.refusal.reason);
  }
  return reportCheck(parts, runId, {});
}

/** Waits for the end of the run. */
async function reportCheck(
  { dataDir, store, coordinator }: CheckParts,
  runId: RunId,
  { out, isAll = false }: Pick<CheckOptions, 'isAll' | 'out'>,
): Promise<CheckRun> {
  const { folder, data } = foldersOf(dataDir, runId);
  const record = await coordinator.finished(runId);
  try {
    const archive = store.archive();
    if (archive === undefined) throw new Error('Internal error: a run has ended in no store');
    const report = reportOf(data, archive, runId);
    const reports = await writeReports({ report, timeline: timelineOf(archive, record) }, out ?? folder, isAll);
    if (out === undefined) await pointLatest(dataDir, runId);
    return { runId, record, reports, ...outcomeOf(report) };
  } finally {
    await dropData(folder);
  }
}

/** `data`: what its tasks leave to each other. */
function foldersOf(dataDir: string, runId: RunId): Readonly<{ folder: string; data: string }> {
  const folder = join(dataDir, 'check', runId);
  return { folder, data: join(folder, 'data') };
}

/** Of every repository that looks like this one: the check before is forgotten. */
async function forgetBaseline(facts: CheckFacts, store: Store): Promise<void> {
  if (store.archive() === undefined) return;
  const { journal, memory } = await store.open();
  try {
    await memory.delete(memoryKeyOf(facts));
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

async function writeReports(view: CheckView, folder: string, all: boolean): Promise<CheckRun['reports']> {
  const rendered = renderReports(view, { all, version: ownVersion() });
  // First all of it, then the names: a full disk leaves no half of a report, and an older one as it was.
  const drafts = Object.entries(rendered).map(([name, text]) => {
    return { path: join(folder, name), draft: join(folder, `.${name}.${process.pid}`), text };
  });
  try {
    for (const { draft, text } of drafts) await writeFile(draft, text);
    for (const { draft, path } of drafts) await rename(draft, path);
  } catch (error) {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })));
    throw notWritten(folder, error);
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

function notesOn({ rootCommit }: CheckFacts, { baseline }: CheckOptions): readonly string[] {
  const other = baseline?.repository;
  if (other?.rootCommit == null || rootCommit === null || other.rootCommit === rootCommit) return [];
  return [
    `The baseline is a report of another repository, "${other.name}": new, known and gone mean little. Name a report of this one with --baseline.`,
  ];
}

function notStarted(reason: string): Unavailable {
  return new Unavailable({ port: 'leader', message: `The check was refused: ${reason}.`, fix: 'Try again later.' });
}
