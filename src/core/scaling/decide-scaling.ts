import { blockAgent } from '../agents/availability.ts';
import type { Agent } from '../agents/agent-class.ts';
import type { SwarmEvent } from '../events.ts';
import type { AgentId } from '../ids.ts';
import type { Context } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { isAble, nextIds, numberOf, scaledAgents, stayingOf, waitingFor } from './groups.ts';
import { allowedOf, askToGrow } from './growth-votes.ts';
import { planScale, type ScaleFacts } from './plan-scale.ts';
import type { ScaleState } from './scale-group.ts';
import type { GroupLook, ScalingEvent, ScalingInput } from './scaling-events.ts';

/** Pure: what follows from how loaded the groups of a run are, or from what came of making agents. */
export function decideScaling(swarm: Swarm, input: ScalingInput, { nowMs }: Context): Ruling {
  const run = swarm.runs.get(input.runId);
  if (run === undefined) return refuse({ reason: 'run-unknown' });
  if (input.type === 'scaling.provisioned') return endProvision(swarm, run, input);
  const events: SwarmEvent[] = [];
  // What the groups before it are given is not there for the next one.
  let room = swarm.rules.scaling.maxAgents - scaledAgents(swarm);
  for (const look of input.groups) {
    const event = decideGroup(swarm, run, look, { nowMs, room });
    if (event === undefined) continue;
    events.push(event);
    if (event.type === 'scaling.decided') room -= event.to - event.from;
  }
  return accept(...events);
}

/**
 * One more agent, because somebody asks for it: for the group of that role, else for the one for which most work waits.
 * Bounds, room and the pause between two decisions hold as for any other decision. Gives what is decided, or why not.
 */
export function askForMore(
  swarm: Swarm,
  { by, nowMs, agent }: Readonly<{ by: string; nowMs: number; agent: Agent | undefined }>,
): Decided | Readonly<{ refused: string }> {
  const groups = [...swarm.runs.values()].flatMap((run) =>
    run.ending === undefined && run.pausedBecause === undefined
      ? [...run.scale.values()].map((state) => ({ run, state }))
      : [],
  );
  const { runId, role } = agent?.spec ?? {};
  const meant =
    agent === undefined ? groups : groups.filter((one) => one.run.id === runId && one.state.group.role === role);
  if (meant.length === 0) return { refused: 'no group that may grow is meant' };
  const room = swarm.rules.scaling.maxAgents - scaledAgents(swarm);
  if (room <= 0) return { refused: 'there are as many agents as coordination.maxScaledAgents allows' };
  const able = meant.filter(({ run, state }) => mayGrow(swarm, run, state, nowMs));
  const ranked = able.map((one) => ({ ...one, waiting: waitingFor(swarm, one.run, one.state.group, Infinity) }));
  const [first] = ranked.toSorted((one, other) => other.waiting - one.waiting);
  if (first === undefined)
    return { refused: 'every group is at its most, may only grow after a vote, or was changed a moment ago' };
  const { run, state } = first;
  const from = stayingOf(swarm, run, state).length;
  const [joining, leaving] = [nextIds(run, state, 1), []];
  const because = { reason: 'asked', by } as const;
  return {
    type: 'scaling.decided',
    runId: run.id,
    role: state.group.role,
    from,
    to: from + 1,
    because,
    joining,
    leaving,
  };
}

function mayGrow(swarm: Swarm, run: Run, state: ScaleState, nowMs: number): boolean {
  const isResting = nowMs - (state.decidedMs ?? -Infinity) < swarm.rules.scaling.windowMs;
  const most = Math.min(state.group.max, allowedOf(state));
  return !isResting && state.joining.size === 0 && stayingOf(swarm, run, state).length < most;
}

type Decided = Extract<ScalingEvent, { type: 'scaling.decided' }>;

function decideGroup(
  swarm: Swarm,
  run: Run,
  look: GroupLook,
  { nowMs, room }: Readonly<{ nowMs: number; room: number }>,
): SwarmEvent | undefined {
  const state = run.scale.get(look.role);
  if (state === undefined || state.joining.size > 0 || run.ending !== undefined) return undefined;
  const staying = stayingOf(swarm, run, state);
  const facts: ScaleFacts = {
    group: state.group,
    size: staying.length,
    able: staying.filter(isAble).length,
    used: staying.reduce((sum, agent) => sum + heldBy(swarm, agent), 0),
    waiting: waitingFor(swarm, run, state.group, state.group.max * state.group.slots),
    room,
    load: look.load,
    lowForMs: look.lowForMs,
    sinceMs: nowMs - (state.decidedMs ?? -Infinity),
  };
  const plan = planScale(facts, swarm.rules.scaling);
  if (plan === undefined) return undefined;
  const from = staying.length;
  const { because } = plan;
  const to = Math.min(plan.to, Math.max(from, allowedOf(state)));
  if (to === from) return askToGrow(swarm, run, state, { to: plan.to, nowMs });
  const joining = nextIds(run, state, Math.max(0, to - from));
  const leaving = leavers(swarm, staying).slice(0, Math.max(0, from - to));
  return { type: 'scaling.decided', runId: run.id, role: look.role, from, to, because, joining, leaving };
}

/** Who has least to do goes first; of these the one that came last. */
function leavers(swarm: Swarm, staying: readonly Agent[]): readonly AgentId[] {
  return staying
    .map((agent) => ({ id: agent.spec.id, held: heldBy(swarm, agent), number: numberOf(agent.spec.id) }))
    .sort((one, other) => one.held - other.held || other.number - one.number)
    .map(({ id }) => id);
}

/** Attempts that live on the agent, those that wait for their sub-tasks included. */
function heldBy({ leads }: Swarm, { spec, used }: Agent): number {
  return leads.size === 0 ? used : used + leads.on(spec.id).length;
}

/** Said again, or too late, it changes nothing. */
function endProvision(
  swarm: Swarm,
  run: Run,
  { role, outcome }: Extract<ScalingInput, { type: 'scaling.provisioned' }>,
): Ruling {
  const state = run.scale.get(role);
  if (state === undefined || state.joining.size === 0) return accept();
  const settled = { type: 'scaling.settled', runId: run.id, role } as const;
  const before = stayingOf(swarm, run, state).length;
  if (!outcome.ok) {
    return accept({ ...settled, size: before, cause: 'failed', detail: outcome.detail.slice(0, 2_000) });
  }
  // Those of hosts were registered when their hosts joined.
  const made = outcome.agents.filter(({ id }) => state.joining.has(id));
  const added = made.filter(({ id, driver }) => driver !== 'remote' && !swarm.registry.agents.has(id));
  if (made.length === 0) return accept({ ...settled, size: before, cause: 'failed', detail: 'no agent was made' });
  const joined = { ...settled, size: before + added.length, cause: 'joined' } as const;
  return added.length === 0 ? accept(joined) : accept({ type: 'agents.registered', agents: added }, joined);
}

export function applyScaling(swarm: Swarm, event: ScalingEvent, atMs: number): void {
  const state = swarm.runs.get(event.runId)?.scale.get(event.role);
  if (state === undefined) return;
  if (event.type === 'scaling.settled') {
    if (event.cause !== 'left') state.joining.clear();
    return;
  }
  state.decidedMs = atMs;
  for (const id of event.joining) {
    state.joining.add(id);
    state.lastNumber = Math.max(state.lastNumber, numberOf(id));
  }
  for (const id of event.leaving) {
    state.leaving.add(id);
    swarm.leaving.set(id, event.runId);
    blockAgent(swarm, id, 'draining');
  }
}

/** Agents of a scalable group come and go: their numbers are never given again. */
export function noteAgent(swarm: Swarm, { id, runId, role }: Agent['spec']): void {
  const state = runId === undefined ? undefined : swarm.runs.get(runId)?.scale.get(role);
  if (state !== undefined) state.lastNumber = Math.max(state.lastNumber, numberOf(id));
}

export function forgetLeaver(swarm: Swarm, id: AgentId): void {
  const runId = swarm.leaving.get(id);
  swarm.leaving.delete(id);
  if (runId === undefined) return;
  for (const state of swarm.runs.get(runId)?.scale.values() ?? []) state.leaving.delete(id);
}

/** An agent that was to leave has ended what it had. */
export function nextLeave(swarm: Swarm): readonly SwarmEvent[] | undefined {
  for (const [agentId, runId] of swarm.leaving) {
    const agent = swarm.registry.agents.get(agentId);
    const run = swarm.runs.get(runId);
    if (agent === undefined || run === undefined || heldBy(swarm, agent) > 0) continue;
    const { role } = agent.spec;
    const state = run.scale.get(role);
    const size = state === undefined ? 0 : stayingOf(swarm, run, state).length;
    return [
      { type: 'agent.removed', agentId },
      { type: 'scaling.settled', runId, role, size, cause: 'left' },
    ];
  }
  return undefined;
}
