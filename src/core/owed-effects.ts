import { unreachable } from '../util/assert.ts';
import type { AlertKey } from './alerts/alert-events.ts';
import { type Alert, isUnavailable } from './alerts/alerts.ts';
import { ofSwarm } from './consensus/apply-proposals.ts';
import { isOwn } from './consensus/own-proposals.ts';
import { isOpen, nextDueMs, openVetoes, owesAction, type Proposal } from './consensus/proposal.ts';
import type { Effect } from './effects.ts';
import type { BreakerKey } from './health/breaker.ts';
import { openBreakers } from './health/breakers.ts';
import { owedRestarts } from './health/decide-health.ts';
import { noticeOf } from './health/notice.ts';
import type { MessageEvent, ProposalEvent, SwarmEvent } from './events.ts';
import { isOnHost } from './hosts/decide-host.ts';
import type { ProposalId, RunId, TaskId } from './ids.ts';
import type { Run } from './runs/run.ts';
import { SHELL_OPTIONS } from './settings/live-options.ts';
import type { SettingValue } from './settings/setting-events.ts';
import type { Swarm } from './swarm-state.ts';
import type { TaskFailure } from './tasks/attempt.ts';
import { type ActiveTask, isActive, type Task } from './tasks/task.ts';

const NOTHING: readonly Effect[] = [];

type EffectFinders = {
  readonly [Type in SwarmEvent['type']]: (
    swarm: Swarm,
    event: Extract<SwarmEvent, { type: Type }>,
    atMs: number,
  ) => readonly Effect[];
};

/** What each event asks for. The compiler misses none. */
const FINDERS: EffectFinders = {
  'agent.draining': nothing,
  'account.paused': (_swarm, event, atMs) => [
    accountDue(event.account, event.untilMs),
    { type: 'notify', notice: noticeOf(event, atMs) },
  ],
  'account.resumed': nothing,
  'agent.health-changed': effectsOfHealth,
  'agent.overloaded': (swarm, { agentId }) =>
    isOnHost(swarm, agentId) ? [{ type: 'withdraw-offers', agentId }] : NOTHING,
  'agent.relieved': nothing,
  'agent.removed': nothing,
  'agent.restart-planned': (_swarm, { agentId, atMs }) => [{ type: 'restart-agent', agentId, dueMs: atMs }],
  'agent.restarted': nothing,
  'agent.revived': nothing,
  'agent.stopped': effectsOfHealth,
  'agents.registered': nothing,
  'alert.acted': (swarm, { key }) => nextAct(key, swarm.alerts.active.get(key)),
  'alert.cleared': nothing,
  'alert.fired': (swarm, event, atMs) => [
    { type: 'notify', notice: noticeOf(event, atMs) },
    ...nextAct(event.key, swarm.alerts.active.get(event.key)),
  ],
  'alert.pending': nothing,
  'alert.resolved': (_swarm, event, atMs) => [{ type: 'notify', notice: noticeOf(event, atMs) }],
  'attempt.assigned': (_swarm, { taskId, attempt, agentId }) => [{ type: 'run-attempt', taskId, attempt, agentId }],
  'attempt.awaiting': nothing,
  'attempt.claimed': (_swarm, { taskId, attempt }) => [{ type: 'verify-attempt', taskId, attempt }],
  'attempt.failed': (swarm, { taskId, attempt, retryAtMs, failure }) => [
    ...(goesElsewhere(failure) ? [leaveBehind(taskId, attempt)] : NOTHING),
    ...(isToBeTried(swarm.tasks.get(taskId)) ? [retryAt(taskId, attempt, retryAtMs)] : NOTHING),
  ],
  'attempt.reported': nothing,
  'attempt.resumed': (_swarm, { taskId, attempt }) => [{ type: 'go-on', taskId, attempt }],
  'breaker.closed': nothing,
  'breaker.half-opened': nothing,
  'config.changed': (_swarm, { name, value }) => settingEffect(name, value),
  'breaker.opened': (_swarm, event, atMs) => [breakerDue(event), { type: 'notify', notice: noticeOf(event, atMs) }],
  'host.draining': (_swarm, { host }) => [{ type: 'drain-host', host }],
  'host.joined': nothing,
  'host.left': nothing,
  'host.lost': nothing,
  'host.registered': nothing,
  'message.sent': effectsOfMessage,
  'messages.acknowledged': (swarm, { runId }) => mailWake(swarm.runs.get(runId)),
  'messages.died': (swarm, { runId }) => mailWake(swarm.runs.get(runId)),
  'memory.cleared': (_swarm, { id, removed }) => [{ type: 'tell-cleared', id, removed }],
  'memory.invalidated': (_swarm, { id, pattern }) => [{ type: 'invalidate-memory', id, pattern }],
  'metrics.sampled': nothing,
  'proposal.acted': effectsOfProposal,
  'proposal.closed': effectsOfProposal,
  'proposal.opened': effectsOfProposal,
  'proposal.veto-judged': effectsOfProposal,
  'proposal.voted': effectsOfProposal,
  'proposal.voting-ended': effectsOfProposal,
  'reservation.reviewed': nothing,
  'reservation.shrunk': nothing,
  'run.created': (swarm, { runId }) => [...wallDeadline(swarm.runs.get(runId)), ...watchOf(swarm.runs.get(runId))],
  // What nobody here can do is given up with a run that is cancelled.
  'run.ending': (swarm, { runId }) => owedActions(swarm, runId),
  'run.finished': (_swarm, { runId }) => [
    { type: 'forget-wake', key: deadlineKey(runId) },
    { type: 'forget-wake', key: mailKey(runId) },
    { type: 'clean-up-run', runId },
  ],
  'run.paused': (swarm, { runId }) => stopActive(swarm, runId),
  'run.resumed': nothing,
  'scaling.decided': (_swarm, { runId, role, joining }) =>
    joining.length === 0 ? NOTHING : [{ type: 'provision', runId, role }],
  'scaling.settled': (_swarm, { runId, role, cause }) =>
    cause === 'left' ? [{ type: 'provision', runId, role }] : NOTHING,
  'task.became-ready': nothing,
  'task.cancelled': tellParent,
  'task.cancelling': stopCancelled,
  'task.failed': (swarm, event) => [...stopLost(swarm, event), ...tellParent(swarm, event)],
  'task.outcome-unknown': stopLost,
  'task.skipped': tellParent,
  'task.succeeded': tellParent,
  'tasks.added': nothing,
  'tasks.delegated': nothing,
  'topic.subscribed': nothing,
  'topic.unsubscribed': nothing,
  'tuning.decided': nothing,
  'tuning.ended': nothing,
};

/**
 * What `event` asks for. Derived from stored facts alone, so nothing can be asked for that is not stored. `swarm` may
 * be ahead of the event by the rest of its batch: an attempt that has ended meanwhile is not started. `atMs`: its led time.
 */
export function effectsOf(swarm: Swarm, event: SwarmEvent, atMs: number): readonly Effect[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has the finder of just this type
  const find = FINDERS[event.type] as (swarm: Swarm, event: SwarmEvent, atMs: number) => readonly Effect[];
  return find(swarm, event, atMs);
}

function nothing(): readonly Effect[] {
  return NOTHING;
}

function goesElsewhere(failure: TaskFailure): boolean {
  return failure.reason === 'agent-lost' || (failure.reason === 'stopped' && failure.why === 'rebalanced');
}

/** The agent was given up, not its work: whatever is left of that here is ended. */
function leaveBehind(taskId: TaskId, attempt: number): Effect {
  return { type: 'stop-attempt', taskId, attempt, why: 'agent-lost' };
}

function stopLost(
  _swarm: Swarm,
  { taskId, attempt, failure }: Extract<SwarmEvent, { type: 'task.failed' | 'task.outcome-unknown' }>,
): readonly Effect[] {
  return failure.reason === 'agent-lost' ? [leaveBehind(taskId, attempt)] : NOTHING;
}

/** Of tasks of a definition nobody waits for the end in this way. */
function tellParent({ tasks }: Swarm, { taskId }: Readonly<{ taskId: TaskId }>): readonly Effect[] {
  const isChild = tasks.get(taskId)?.identity.spec.child !== undefined;
  return isChild ? [{ type: 'tell-child-ended', taskId }] : NOTHING;
}

function stopCancelled(swarm: Swarm, { taskId }: Extract<SwarmEvent, { type: 'task.cancelling' }>): readonly Effect[] {
  const attempt = swarm.tasks.get(taskId)?.attempt;
  return attempt === undefined ? NOTHING : [{ type: 'stop-attempt', taskId, attempt, why: 'cancelled' }];
}

/**
 * What a new leader owes: whatever the old process was doing has ended with that process, and what hosts do goes on. Run
 * by run: in which order things came across runs is in no snapshot.
 */
export function owedEffects(swarm: Swarm): readonly Effect[] {
  const owed: Effect[] = [];
  for (const run of swarm.runs.values()) owed.push(...wallDeadline(run), ...mailWake(run), ...owedToGroups(run));
  for (const proposal of proposalsOf(swarm)) owed.push(...owedToProposal(proposal));
  owed.push(...openBreakers(swarm).map(breakerDue));
  for (const [name, { value }] of swarm.settings) owed.push(...settingEffect(name, value));
  for (const [key, alert] of swarm.alerts.active) owed.push(...owedToAlert(swarm, key, alert));
  for (const [account, { untilMs }] of swarm.accounts) owed.push(accountDue(account, untilMs));
  for (const { agentId, dueMs } of owedRestarts(swarm)) owed.push({ type: 'restart-agent', agentId, dueMs });
  // Before anything runs that could write what must stay.
  for (const { id, pattern } of swarm.invalidations.values()) owed.push({ type: 'invalidate-memory', id, pattern });
  for (const [host, { drainingBecause }] of swarm.hosts) {
    owed.push({ type: 'await-host', host });
    if (drainingBecause !== undefined) owed.push({ type: 'drain-host', host });
  }
  for (const task of tasksOf(swarm)) owed.push(...owedToTask(swarm, task));
  return owed;
}

function proposalsOf(swarm: Swarm): readonly Proposal[] {
  const ofRuns = [...swarm.runs.values()].flatMap(({ proposals }) => [...proposals]);
  return [...ofRuns.flatMap((id) => swarm.proposals.get(id) ?? []), ...ofSwarm(swarm)];
}

function tasksOf({ runs }: Swarm): readonly Task[] {
  return [...runs.values()].flatMap(({ cells }) => cells.map(({ task }) => task));
}

/** The core reads its own. */
function settingEffect(name: string, value: SettingValue): readonly Effect[] {
  return SHELL_OPTIONS.includes(name) ? [{ type: 'apply-setting', name, value }] : NOTHING;
}

/** Its notice once more: the last process may have ended before anybody was told. Who was knows it by its key. */
function owedToAlert({ alerts }: Swarm, key: AlertKey, alert: Alert): readonly Effect[] {
  const watched = alerts.watched.find(({ rule }) => rule.name === alert.rule);
  if (alert.status !== 'firing' || watched === undefined) return nextAct(key, alert);
  const { severity, condition, description } = watched.rule;
  const { episode, actions, rule } = alert;
  const told = { key, rule, episode, severity, condition, description, figure: null, actions };
  return [{ type: 'notify', notice: noticeOf({ type: 'alert.fired', ...told }, 0) }, ...nextAct(key, alert)];
}

/** One after the other: what one action changes, the next one sees. */
function nextAct(key: AlertKey, alert: Alert | undefined): readonly Effect[] {
  if (alert?.status !== 'firing' || alert.acted >= alert.actions.length) return NOTHING;
  const input = { type: 'alert.act', key, episode: alert.episode, index: alert.acted } as const;
  return [{ type: 'wake-at', key: `alert:${key}`, dueMs: 0, input }];
}

/** Whoever looks after the swarm is told of what costs it an agent; what gets by with less stands in the journal. */
function effectsOfHealth(
  swarm: Swarm,
  event: Extract<SwarmEvent, { type: 'agent.health-changed' | 'agent.stopped' }>,
  atMs: number,
): readonly Effect[] {
  // The alert says the same.
  if (event.type === 'agent.health-changed' && isUnavailable(swarm.alerts, event.agentId)) return NOTHING;
  const isGrave = event.type === 'agent.stopped' || event.status === 'lost';
  return isGrave ? [{ type: 'notify', notice: noticeOf(event, atMs) }] : NOTHING;
}

function breakerDue({ key, untilMs }: Readonly<{ key: BreakerKey; untilMs: number }>): Effect {
  return { type: 'wake-at', key: `breaker:${key}`, dueMs: untilMs, input: { type: 'breaker.due', key } };
}

function effectsOfMessage(
  swarm: Swarm,
  { runId, recipients, no, expiresAtMs }: Extract<MessageEvent, { type: 'message.sent' }>,
): readonly Effect[] {
  const told: Effect = { type: 'tell-recipients', runId, recipients, no };
  return expiresAtMs === undefined ? [told] : [told, ...mailWake(swarm.runs.get(runId))];
}

/** One wait per run: the first message that expires. */
function mailWake(run: Run | undefined): readonly Effect[] {
  const dueMs = run?.mail?.nextExpiryMs ?? Infinity;
  if (run === undefined || dueMs === Infinity) return NOTHING;
  return [{ type: 'wake-at', key: mailKey(run.id), dueMs, input: { type: 'mail.due', runId: run.id } }];
}

function mailKey(runId: RunId): string {
  return `mail:${runId}`;
}

/** The proposal is gone when its run has ended in the same batch. */
function effectsOfProposal(swarm: Swarm, event: ProposalEvent): readonly Effect[] {
  const { proposalId } = event;
  const proposal = swarm.proposals.get(proposalId);
  switch (event.type) {
    case 'proposal.opened':
    case 'proposal.veto-judged':
    case 'proposal.voting-ended':
      return proposalWake(proposal);
    case 'proposal.voted': {
      const { memberId, revision, veto } = event.vote;
      // A first vote that is no veto changes no wait.
      const wake = veto === undefined && revision === 1 ? NOTHING : proposalWake(proposal);
      return veto === undefined ? wake : [...wake, { type: 'confirm-veto', proposalId, memberId, revision }];
    }
    case 'proposal.closed': {
      const end: readonly Effect[] = [
        { type: 'forget-wake', key: proposalKey(proposalId) },
        { type: 'stop-veto-checks', proposalId },
        { type: 'tell-outcome', proposalId },
      ];
      const isOwed = proposal !== undefined && owesAction(proposal) && !isOwn(proposalId);
      return isOwed ? [...end, { type: 'perform-approved', proposalId }] : end;
    }
    case 'proposal.acted':
      return NOTHING;
    default:
      return unreachable(event);
  }
}

function owedActions({ runs, proposals }: Swarm, runId: RunId): readonly Effect[] {
  const undone = [...(runs.get(runId)?.undone ?? [])].flatMap((id) => proposals.get(id) ?? []);
  return undone.filter(owesAction).flatMap(owedToProposal);
}

function owedToProposal(proposal: Proposal): readonly Effect[] {
  const { id: proposalId } = proposal;
  // The core does its own by itself.
  if (owesAction(proposal)) return isOwn(proposalId) ? NOTHING : [{ type: 'perform-approved', proposalId }];
  if (!isOpen(proposal)) return NOTHING;
  const checks = openVetoes(proposal).map(({ memberId, revision }): Effect => ({
    type: 'confirm-veto',
    proposalId,
    memberId,
    revision,
  }));
  return [...proposalWake(proposal), ...checks];
}

/** One wait per proposal: the first of its own time and those of the vetoes that are being checked. */
function proposalWake(proposal: Proposal | undefined): readonly Effect[] {
  if (proposal === undefined || !isOpen(proposal)) return NOTHING;
  const { id: proposalId } = proposal;
  const dueMs = nextDueMs(proposal);
  return [{ type: 'wake-at', key: proposalKey(proposalId), dueMs, input: { type: 'proposal.due', proposalId } }];
}

function proposalKey(proposalId: ProposalId): string {
  return `proposal:${proposalId}`;
}

function owedToTask(swarm: Swarm, task: Task): readonly Effect[] {
  const { attempt } = task;
  const taskId = task.identity.id;
  if (isToBeTried(task)) return [retryAt(taskId, attempt, task.retryAtMs)];
  if (task.status === 'verifying') return [{ type: 'verify-attempt', taskId, attempt }];
  if (!isActive(task)) return NOTHING;
  if (isOnHost(swarm, task.agentId)) return goOnOnHost(swarm, task);
  const result = { ok: false, failure: { reason: 'coordinator-lost' } } as const;
  return [
    { type: 'wake-at', key: `lost:${taskId}`, dueMs: 0, input: { type: 'attempt.end', taskId, attempt, result } },
  ];
}

/** A stop that the old leader owed is owed by the new one. */
function goOnOnHost({ runs }: Swarm, task: ActiveTask): readonly Effect[] {
  const { agentId, attempt, identity } = task;
  const { id: taskId, runId, spec } = identity;
  const adopt: Effect = { type: 'adopt-attempt', taskId, attempt, agentId };
  if (task.status === 'cancelling') return [adopt, { type: 'stop-attempt', taskId, attempt, why: 'cancelled' }];
  const isPaused = runs.get(runId)?.pausedBecause !== undefined && spec.effect !== 'D';
  return isPaused ? [adopt, { type: 'stop-attempt', taskId, attempt, why: 'paused' }] : [adopt];
}

/**
 * Irreversible work is let to its end: stopping it half-way would leave its outcome unknown. A pause that was taken
 * back in the same batch stops nothing.
 */
function stopActive(swarm: Swarm, runId: RunId): readonly Effect[] {
  const run = swarm.runs.get(runId);
  if (run?.pausedBecause === undefined) return NOTHING;
  // A snapshot does not say which of them began first.
  return [...run.active]
    .flatMap((id) => swarm.tasks.get(id) ?? [])
    .sort((one, other) => one.identity.index - other.identity.index)
    .flatMap(({ identity, attempt }) =>
      identity.spec.effect === 'D' ? [] : [{ type: 'stop-attempt', taskId: identity.id, attempt, why: 'paused' }],
    );
}

function wallDeadline(run: Run | undefined): readonly Effect[] {
  const wallMs = run?.spec.budget.wallMs;
  if (run === undefined || wallMs === undefined || run.ending !== undefined) return NOTHING;
  const dueMs = run.createdMs + wallMs;
  return [{ type: 'wake-at', key: deadlineKey(run.id), dueMs, input: { type: 'run.deadline', runId: run.id } }];
}

function watchOf(run: Run | undefined): readonly Effect[] {
  return run === undefined || run.scale.size === 0 ? NOTHING : [{ type: 'watch-load', runId: run.id }];
}

/** Agents that were being made, and those that were made by the old process. */
function owedToGroups(run: Run): readonly Effect[] {
  const provisions = [...run.scale.keys()].map((role): Effect => ({ type: 'provision', runId: run.id, role }));
  return [...watchOf(run), ...provisions];
}

function deadlineKey(runId: RunId): string {
  return `deadline:${runId}`;
}

function isToBeTried(task: Task | undefined): task is Extract<Task, Readonly<{ retryAtMs: number }>> {
  return task?.status === 'backing-off' || task?.status === 'awaiting-quota';
}

function accountDue(account: string, dueMs: number): Effect {
  return { type: 'wake-at', key: `account:${account}`, dueMs, input: { type: 'account.due', account } };
}

function retryAt(taskId: TaskId, attempt: number, dueMs: number): Effect {
  return { type: 'wake-at', key: `retry:${taskId}`, dueMs, input: { type: 'task.retry', taskId, attempt } };
}
