import { reservationOf } from './resources/reservation-of.ts';
import type { AlertKey } from './alerts/alert-events.ts';
import type { Alert } from './alerts/alerts.ts';
import type { AgentSpec, HostSpec } from './agents/agent-spec.ts';
import type { BlockCause } from './agents/block-cause.ts';
import type { StoredDurations } from './agents/durations.ts';
import { ofSwarm } from './consensus/apply-proposals.ts';
import { isOpen, type Proposal } from './consensus/proposal.ts';
import { noteUndone } from './consensus/votes-of-run.ts';
import type { BreakerKey } from './health/breaker.ts';
import { setHost } from './agents/availability.ts';
import { restoreBreakers } from './health/breakers.ts';
import type { KeptBreaker } from './health/kept-breakers.ts';
import type { Health } from './health/health.ts';
import { agentId, nameOf, type ProposalId, type RunId, runId, taskId, type TaskId } from './ids.ts';
import { fund } from './budgets/nested.ts';
import type { StoredMetrics } from './metrics/core-metrics.ts';
import type { Host } from './hosts/host.ts';
import { Mail, type StoredMail } from './messaging/mail.ts';
import { noteGone } from './messaging/mail-of-run.ts';
import type { Invalidation } from './memory/invalidation.ts';
import { enter } from './place-task.ts';
import { packedNeeds, type PackedTasks, unpackTasks } from './packed-tasks.ts';
import type { PausedAccount } from './quota/pause.ts';
import type { RunOutcome, RunSpec } from './runs/run-spec.ts';
import { newRun, openCount, type Run } from './runs/run.ts';
import type { ScaleState } from './scaling/scale-group.ts';
import { noteLearned } from './scheduling/ranks.ts';
import type { Setting } from './settings/setting-events.ts';
import { restoreTuning, type StoredTuning, storeTuning } from './tuning/tuner.ts';
import { restoreSettings } from './settings/settings.ts';
import type { Swarm } from './swarm-state.ts';
import { familyOf, isSettled, parentOf } from './tasks/families.ts';
import { addChildren } from './tasks/place-children.ts';
import { type EndedTask, holdsSlot, isActive, isEnded, type Task, type TaskIdentity } from './tasks/task.ts';
import type { ResourceAmounts } from './tasks/task-spec.ts';

/** Changes whenever the shape below does; another one is not read, and the journal is replayed instead. */
const SNAPSHOT_VERSION = 18;

type StoredAgent = Readonly<{
  spec: AgentSpec;
  record: readonly [succeeded: number, ended: number, speed: number, turn: number];
  blocked?: readonly BlockCause[];
  limit?: number;
}>;
/** What the attempt of the task at `index` was seen to need: when it should end, as it was seen when it was assigned. */
type StoredHold = Readonly<{ index: number; expectedEndMs?: number; reserved?: ResourceAmounts }>;
/** `adopted`: by the parent's own name of each sub-task. The rest follows from the sub-tasks themselves. */
type StoredFamily = Readonly<{
  id: TaskId;
  adopted: readonly (readonly [name: string, attempt: number])[];
  spentTokens: number;
  spentMicros: number;
  isFunded: boolean;
}>;
type StoredRun = Readonly<{
  id: string;
  spec: RunSpec;
  createdMs: number;
  resumedMs: number;
  pausedBecause?: string;
  ending?: RunOutcome;
  failed: readonly string[];
  attempts: number;
  spentTokens: number;
  spentMicros: number;
  pass: number;
  tasks: PackedTasks;
  holds: readonly StoredHold[];
  proposals: readonly Proposal[];
  mail?: StoredMail;
  families: readonly StoredFamily[];
  scale?: readonly StoredScale[];
}>;
type StoredScale = Readonly<{
  role: string;
  lastNumber: number;
  decidedMs?: number;
  joining: readonly string[];
  leaving: readonly string[];
  votes: number;
  vote?: ProposalId;
  approvedTo: number;
  refusedMs?: number;
}>;
type Stored = Readonly<{
  version: number;
  nowMs: number;
  hosts: readonly HostSpec[];
  /** Processes that run agents, by name. */
  outside: readonly (readonly [string, Host])[];
  agents: readonly StoredAgent[];
  /** Assignments so far; agents that are gone had some of them. */
  turn: number;
  runs: readonly StoredRun[];
  /** Those of the swarm itself. */
  proposals: readonly Proposal[];
  ended: readonly (readonly [string, string])[];
  durations: StoredDurations;
  invalidations: readonly Invalidation[];
  health: readonly (readonly [string, Health])[];
  breakers: readonly (readonly [BreakerKey, KeptBreaker])[];
  settings: readonly (readonly [string, Setting])[];
  tuning: StoredTuning;
  metrics: StoredMetrics;
  alerts: Readonly<{ active: readonly (readonly [AlertKey, Alert])[]; episodes: number }>;
  accounts: readonly (readonly [string, PausedAccount])[];
}>;

/** The whole state as text. Same state, same text. */
export function snapshotOf(swarm: Swarm, nowMs: number): string {
  const agents = [...swarm.registry.agents.values()].map((agent): StoredAgent => ({
    spec: agent.spec,
    record: [agent.succeeded, agent.ended, agent.speed, agent.lastTurn],
    ...storedBlocks(agent.blocked),
    ...(agent.limit === undefined ? {} : { limit: agent.limit }),
  }));
  const stored: Stored = {
    version: SNAPSHOT_VERSION,
    nowMs,
    hosts: swarm.capacity.hosts,
    outside: [...swarm.hosts],
    agents,
    turn: swarm.registry.turn,
    runs: [...swarm.runs.values()].map((run) => storeRun(swarm, run)),
    proposals: ofSwarm(swarm),
    ended: [...swarm.ended],
    durations: swarm.durations.dump(),
    invalidations: [...swarm.invalidations.values()],
    health: [...swarm.health],
    breakers: [...swarm.breakers.kept],
    settings: [...swarm.settings],
    tuning: storeTuning(swarm.tuning),
    metrics: swarm.metrics.dump(nowMs),
    alerts: { active: [...swarm.alerts.active], episodes: swarm.alerts.episodes },
    accounts: [...swarm.accounts],
  };
  return JSON.stringify(stored);
}

/** Fills an empty swarm from the text of `snapshotOf`; gives its led time. Undefined, and nothing done, for another version. */
export function restoreSwarm(swarm: Swarm, text: string): number | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `snapshotOf` makes it, and the journal checks its hash
  const stored = JSON.parse(text) as Stored;
  if (stored.version !== SNAPSHOT_VERSION) return undefined;
  restoreHosts(swarm, stored);
  swarm.durations.load(stored.durations);
  for (const run of stored.runs) restoreRun(swarm, run, stored.nowMs);
  enterReady(swarm, stored.nowMs);
  // Last: putting running tasks back has counted them as new assignments.
  for (const { spec, record, blocked = [], limit } of stored.agents) {
    swarm.registry.restore(spec.id, record);
    for (const cause of blocked) swarm.registry.block(spec.id, cause);
    if (limit !== undefined) swarm.registry.limit(spec.id, limit);
  }
  swarm.registry.restoreTurn(stored.turn);
  for (const [id, health] of stored.health) swarm.health.set(agentId(id), health);
  restoreBreakers(swarm, stored.breakers);
  restoreSettings(swarm, stored.settings);
  restoreTuning(swarm.tuning, stored.tuning);
  swarm.metrics.load(stored.metrics);
  for (const [key, alert] of stored.alerts.active) swarm.alerts.active.set(key, alert);
  swarm.alerts.episodes = stored.alerts.episodes;
  for (const { id, pass } of stored.runs) swarm.queue.setPass(runId(id), pass);
  for (const proposal of stored.proposals) restoreProposal(swarm, undefined, proposal);
  restoreRest(swarm, stored);
  swarm.queue.reopen();
  return stored.nowMs;
}

/** What belongs to no run that is open. */
function restoreRest({ ended, invalidations, accounts }: Swarm, stored: Stored): void {
  for (const [account, paused] of stored.accounts) accounts.set(account, paused);
  for (const [id, fingerprint] of stored.ended) ended.set(runId(id), fingerprint);
  for (const one of stored.invalidations) invalidations.set(one.id, one);
}

function restoreHosts(swarm: Swarm, { hosts, outside, agents }: Stored): void {
  for (const host of hosts) setHost(swarm, host);
  for (const [name, host] of outside) swarm.hosts.set(name, host);
  for (const { spec } of agents) swarm.registry.add(spec);
}

function storedBlocks(blocked: ReadonlySet<BlockCause>): Pick<StoredAgent, 'blocked'> {
  const stored = [...blocked].filter((cause) => cause !== 'away');
  return stored.length === 0 ? {} : { blocked: stored };
}

function storeRun(swarm: Swarm, run: Run): StoredRun {
  const holds: StoredHold[] = [];
  for (const { identity, task } of run.cells) {
    if (!isActive(task)) continue;
    const { id, index, spec } = identity;
    const expected = holdsSlot(task) ? { expectedEndMs: swarm.registry.slotOf(id).expectedEndMs } : {};
    const reserved = swarm.capacity.heldBy(id)?.amounts;
    const shrunk = reserved === undefined || reserved === reservationOf(spec) ? {} : { reserved };
    holds.push({ index, ...expected, ...shrunk });
  }
  return {
    id: run.id,
    spec: run.spec,
    createdMs: run.createdMs,
    resumedMs: run.resumedMs,
    ...(run.pausedBecause === undefined ? {} : { pausedBecause: run.pausedBecause }),
    ...(run.ending === undefined ? {} : { ending: run.ending }),
    failed: run.failed,
    attempts: run.account.attempts,
    spentTokens: run.account.figures.spentTokens,
    spentMicros: run.account.figures.spentMicros,
    pass: swarm.queue.passOf(run.id),
    tasks: run.packer.pack(run.graph, run.cells),
    holds,
    proposals: [...run.proposals].flatMap((id) => swarm.proposals.get(id) ?? []),
    ...(run.scale.size === 0 ? {} : { scale: [...run.scale.values()].map(storeScale) }),
    ...(run.mail === undefined ? {} : { mail: run.mail.dump() }),
    families: storeFamilies(run),
  };
}

/** In the order of their tasks, whichever was first asked for. */
function storeFamilies(run: Run): readonly StoredFamily[] {
  const families = [...run.families].map(([id, { children, account, isFunded }]) => {
    const { spentTokens, spentMicros } = account.figures;
    const adopted = [...children].map(([name, { adoptedBy }]) => [name, adoptedBy] as const);
    return { id, adopted, spentTokens, spentMicros, isFunded };
  });
  const placeOf = ({ id }: StoredFamily): number => run.graph.placeOf(nameOf(id)) ?? 0;
  return families.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function restoreRun(swarm: Swarm, stored: StoredRun, nowMs: number): void {
  const id: RunId = runId(stored.id);
  const run = newRun(id, stored.spec, stored.tasks.names.length, stored.createdMs);
  run.resumedMs = stored.resumedMs;
  run.pausedBecause = stored.pausedBecause;
  run.ending = stored.ending;
  swarm.runs.set(id, run);
  swarm.queue.addRun(id, stored.spec.weight ?? 1);
  if (run.pausedBecause === undefined) swarm.queue.resume(id, stored.resumedMs);
  else swarm.queue.suspend(id);
  const tasks = unpackTasks(id, stored.tasks);
  restoreGraph(run, tasks, stored.tasks);
  for (const family of stored.families) restoreFamily(run, family);
  for (const task of tasks) {
    run.counts[task.status]++;
    run.cells.push(swarm.tasks.add(task));
  }
  run.mail = stored.mail === undefined ? undefined : Mail.restore(stored.mail);
  for (const task of tasks) restoreTask(swarm, run, task, nowMs);
  for (const hold of stored.holds) restoreHold(swarm, run.graph.identity(hold.index).id, hold);
  run.failed.push(...stored.failed);
  run.account.restore(stored.attempts, stored.spentTokens, stored.spentMicros);
  for (const task of tasks) noteUndecided(swarm, run, task);
  for (const proposal of stored.proposals) restoreProposal(swarm, run, proposal);
  restoreScales(swarm, run, stored.scale);
  noteGoneOwners(swarm, run);
  if (openCount(run) === 0) swarm.closing.add(id);
}

/** What an attempt under way was seen to need when it was assigned, and later. */
function restoreHold({ registry, capacity }: Swarm, id: TaskId, { expectedEndMs, reserved }: StoredHold): void {
  if (expectedEndMs !== undefined) registry.expectEnd(id, expectedEndMs);
  if (reserved !== undefined) capacity.shrink(id, reserved);
}

/** A snapshot may come between the end of a task and what follows from it for its mailbox. */
function noteGoneOwners(swarm: Swarm, run: Run): void {
  for (const address of run.mail?.boxes.keys() ?? []) {
    const task = address.startsWith('task:')
      ? swarm.tasks.get(taskId(run.id, address.slice('task:'.length)))
      : undefined;
    const isAgentGone =
      address.startsWith('agent:') && !swarm.registry.agents.has(agentId(address.slice('agent:'.length)));
    if (isAgentGone || (task !== undefined && isEnded(task))) noteGone(swarm, run, address);
  }
}

/** Tasks of the definition are linked at once, sub-tasks patch by patch, as they came. */
function restoreGraph(run: Run, tasks: readonly Task[], packed: PackedTasks): void {
  const late: TaskIdentity[] = [];
  for (const { identity } of tasks) {
    if (identity.spec.child === undefined) run.graph.add(identity);
    else late.push(identity);
  }
  run.graph.link(packedNeeds(packed, run.graph.size));
  if (late.length === 0) return;
  const patchOf = ({ spec: { child } }: TaskIdentity): string => `${child?.revision} ${child?.parent}`;
  for (const patch of Map.groupBy(late, patchOf).values()) addChildren(run, patch);
  for (const task of tasks.toReversed()) {
    const parent = parentOf(run, task.identity.spec);
    const family = parent === undefined ? undefined : run.families.get(parent);
    if (family !== undefined && isSettled(run, task)) family.unsettled--;
  }
}

function restoreFamily(run: Run, { id, adopted, spentTokens, spentMicros, isFunded }: StoredFamily): void {
  const place = run.graph.placeOf(nameOf(id));
  if (place === undefined) throw new Error(`Internal error: ${id} has sub-tasks, and is unknown`);
  const identity = run.graph.identity(place);
  const family = familyOf(run, identity);
  family.account.restore(0, spentTokens, spentMicros);
  for (const [name, adoptedBy] of adopted) {
    const child = family.children.get(name);
    if (child !== undefined) family.children.set(name, { ...child, adoptedBy });
  }
  if (isFunded) fund(run, identity);
}

function storeScale({ group, joining, leaving, lastNumber, votes, approvedTo, ...known }: ScaleState): StoredScale {
  const { decidedMs, vote, refusedMs } = known;
  return {
    role: group.role,
    lastNumber,
    ...(decidedMs === undefined ? {} : { decidedMs }),
    joining: [...joining],
    leaving: [...leaving],
    votes,
    ...(vote === undefined ? {} : { vote }),
    approvedTo,
    ...(refusedMs === undefined ? {} : { refusedMs }),
  };
}

function restoreScales(swarm: Swarm, run: Run, scales: readonly StoredScale[] = []): void {
  for (const scale of scales) restoreScale(swarm, run, scale);
}

function restoreScale(swarm: Swarm, run: Run, { role, joining, leaving, ...rest }: StoredScale): void {
  const state = run.scale.get(role);
  if (state === undefined) return;
  Object.assign(state, rest);
  for (const id of joining) state.joining.add(agentId(id));
  for (const id of leaving) {
    state.leaving.add(agentId(id));
    swarm.leaving.set(agentId(id), run.id);
  }
}

function restoreProposal({ proposals, openProposals }: Swarm, run: Run | undefined, proposal: Proposal): void {
  proposals.set(proposal.id, proposal);
  if (isOpen(proposal)) openProposals.add(proposal.id);
  if (run === undefined) return;
  run.proposals.add(proposal.id);
  noteUndone(run, proposal);
}

/** Ends first only tell the graph, and what was learned of them: what they set free is in the snapshot already. */
function restoreTask(swarm: Swarm, run: Run, task: Task, nowMs: number): void {
  if (isEnded(task)) restoreEnd(swarm, run, task);
  else if (task.status !== 'blocked' && task.status !== 'ready') enter(swarm, run, task, nowMs);
}

/** In the order in which they became ready, as the queue has seen them come. */
function enterReady(swarm: Swarm, nowMs: number): void {
  const ready = [...swarm.tasks.values()].filter((task) => task.status === 'ready');
  for (const task of ready.sort((one, other) => one.sinceMs - other.sinceMs)) {
    const run = swarm.runs.get(task.identity.runId);
    if (run !== undefined) enter(swarm, run, task, nowMs);
  }
}

function restoreEnd(swarm: Swarm, run: Run, task: EndedTask): void {
  run.graph.end(task.identity.index, task.status === 'succeeded');
  if (task.status === 'succeeded') noteLearned(swarm, run, task.identity.spec);
  if (task.status === 'cancelled' && task.identity.spec.child === undefined) run.hasCancelled = true;
}

function noteUndecided(swarm: Swarm, run: Run, task: Task): void {
  if (task.status !== 'blocked' || run.graph.needsState(task.identity.index) === 'open') return;
  swarm.undecided.add(task.identity.id);
}
