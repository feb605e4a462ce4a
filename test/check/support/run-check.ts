import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advisories } from '../../../src/analysers/advisories.ts';
import type { AnalyserResult, CheckInput, VotingCall } from '../../../src/analysers/analyser.ts';
import type { BaselineMemory } from '../../../src/analysers/collect.ts';
import { ci } from '../../../src/analysers/ci.ts';
import { needData } from '../../../src/analysers/data-files.ts';
import { docs } from '../../../src/analysers/docs.ts';
import { duplication } from '../../../src/analysers/duplication.ts';
import { graph } from '../../../src/analysers/graph.ts';
import { history } from '../../../src/analysers/history.ts';
import { hotspots } from '../../../src/analysers/hotspots.ts';
import { hygiene } from '../../../src/analysers/hygiene.ts';
import { inventory } from '../../../src/analysers/inventory.ts';
import { manifests } from '../../../src/analysers/manifests.ts';
import { parse } from '../../../src/analysers/parse.ts';
import { plan as planning } from '../../../src/analysers/plan.ts';
import { probeRepository } from '../../../src/analysers/probe.ts';
import { propose } from '../../../src/analysers/propose.ts';
import { checkFunctions } from '../../../src/analysers/registry.ts';
import { riskyCode } from '../../../src/analysers/risky-code.ts';
import { secrets } from '../../../src/analysers/secrets.ts';
import { supplyChain } from '../../../src/analysers/supply-chain.ts';
import { testsMap } from '../../../src/analysers/tests-map.ts';
import { voteBlastRadius, voteContext, voteHistory, voteShape, voteTests } from '../../../src/analysers/voting/vote.ts';
import type { CheckReport, RunTimeline } from '../../../src/core/findings/check-report.ts';
import { planCheck, type CheckPlan } from '../../../src/workflows/check.ts';
import { CoreProposals } from './core-proposals.ts';

export type CheckedHere = Readonly<{
  report: CheckReport;
  plan: CheckPlan;
  timeline: RunTimeline;
  failures: readonly string[];
}>;

const ANALYSERS: Readonly<Record<string, (call: VotingCall) => Promise<AnalyserResult> | AnalyserResult>> = {
  'check:inventory': inventory,
  'check:manifests': manifests,
  'check:history': history,
  'check:parse': parse,
  'check:graph': graph,
  'check:hotspots': hotspots,
  'check:duplication': duplication,
  'check:secrets': secrets,
  'check:risky-code': riskyCode,
  'check:docs': docs,
  'check:hygiene': hygiene,
  'check:supply-chain': supplyChain,
  'check:advisories': advisories,
  'check:ci': ci,
  'check:tests-map': testsMap,
  'check:propose': propose,
  'check:vote.shape': voteShape,
  'check:vote.context': voteContext,
  'check:vote.history': voteHistory,
  'check:vote.tests': voteTests,
  'check:vote.blast-radius': voteBlastRadius,
  'check:plan': planning,
};

export type CheckHereOptions = Readonly<{
  memory?: BaselineMemory;
  run?: string;
  /** Tasks that fail, as if their worker had died. */
  broken?: readonly string[];
  keepData?: boolean;
  /** Questions over the network are allowed. */
  isOnline?: boolean;
}>;

/** Runs the tasks of a check one after the other, without the engine. */
export async function checkHere(folder: string, options: CheckHereOptions = {}): Promise<CheckedHere> {
  const data = mkdtempSync(join(tmpdir(), 'waggle-check-data-'));
  try {
    return await checkInto(folder, data, options);
  } finally {
    if (options.keepData !== true) rmSync(data, { recursive: true, force: true });
  }
}

async function checkInto(folder: string, data: string, options: CheckHereOptions): Promise<CheckedHere> {
  const { run = 'run-1', broken = [], memory, isOnline = false } = options;
  const startedAtMs = Date.now();
  const facts = await probeRepository(folder);
  const plan = planCheck(facts, { data, run, checkedAtMs: startedAtMs, cores: 2, isOnline });
  const attempts: RunTimeline['attempts'][number][] = [];
  const failures: string[] = [];
  const votes = new CoreProposals();
  for (const task of plan.tasks) {
    const began = Date.now();
    const result = broken.includes(task.name)
      ? 'broken on purpose'
      : await runOne(task, { memory, votes }).catch((error: unknown) => String(error));
    if (typeof result === 'string') failures.push(`${task.name}: ${result}`);
    attempts.push({
      task: task.name,
      attempt: 1,
      agent: 'test-1',
      role: task.requires.find((one) => one.startsWith('agent:'))?.slice(6) ?? '',
      needs: task.needs,
      startedAtMs: began,
      endedAtMs: Date.now(),
      outcome: typeof result === 'string' ? 'failed' : 'succeeded',
    });
  }
  const timeline = { startedAtMs, endedAtMs: Date.now(), attempts };
  return { report: needData(data, 'report'), plan, timeline, failures };
}

type Task = CheckPlan['tasks'][number];
type Parts = Readonly<{ memory: BaselineMemory | undefined; votes: CoreProposals }>;

async function runOne({ name: task, type: name, work }: Task, { memory, votes }: Parts): Promise<AnalyserResult> {
  const analyser = ANALYSERS[name];
  const input = work.kind === 'function' ? work.input : undefined;
  const { signal } = new AbortController();
  if (analyser !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what planCheck made, as the function driver hands it on
    return analyser({ input: input as unknown as CheckInput, signal, proposals: votes.of(task) });
  }
  const registered = checkFunctions(memory)[name];
  if (registered === undefined || !('run' in registered)) throw new Error(`no function ${name}`);
  return registered.run({ input });
}
