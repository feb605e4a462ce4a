import type { SwarmEvent } from '../../../src/core/events.ts';
import type { ScaleGroup, ScalingRules } from '../../../src/core/scaling/scale-group.ts';
import { type Books, isActive } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;
type EventOf<Type extends SwarmEvent['type']> = Extract<SwarmEvent, { type: Type }>;
type Decided = EventOf<'scaling.decided'>;
type GroupLine = {
  readonly group: ScaleGroup;
  readonly runId: string;
  decidedMs: number;
  readonly joining: Set<string>;
  readonly leaving: Set<string>;
};
type Scene = Readonly<{ must: Must; books: Books; groups: Map<string, GroupLine> }> & { rules: ScalingRules };

/** Groups stay within their bounds, change once in a window, shrink only when idle, and nobody goes who has work. */
export function scalingChecker(tell: Tell, books: Books, rules: ScalingRules): Checker {
  const must = checkerOf(tell);
  let newest = 0;
  const scene: Scene = { must, books, rules, groups: new Map() };
  return {
    before: ({ event, atMs }) => {
      if (event.type === 'scaling.decided') return noteDecided(scene, event, atMs);
      if (event.type === 'scaling.settled') return noteSettled(scene, event);
      if (event.type === 'config.changed' && event.name === 'coordination.coolDownMs') {
        scene.rules = { ...scene.rules, coolDownMs: Number(event.value) };
      }
      if (event.type === 'agents.registered') for (const agent of event.agents) checkJoined(scene, agent);
      if (event.type === 'agent.removed') return checkGone(scene, event.agentId);
      if (event.type !== 'attempt.assigned') return;
      const isLeaving = [...scene.groups.values()].some(({ leaving }) => leaving.has(event.agentId));
      must(!isLeaving, 'leaver-works', `${event.taskId} starts on ${event.agentId}, which leaves`);
    },
    after: ({ event }) => {
      if (event.type === 'run.finished') {
        for (const [key, { runId }] of scene.groups) if (runId === event.runId) scene.groups.delete(key);
      }
      if (event.type !== 'run.created') return;
      for (const group of event.run.scale ?? []) {
        const line = { group, runId: event.runId, decidedMs: -Infinity, joining: new Set<string>() };
        scene.groups.set(keyOf(event.runId, group.role), { ...line, leaving: new Set() });
      }
    },
    provisioned: ({ epoch, runId, role, agentIds, isLeading }) => {
      must(epoch >= newest, 'old-lead-scales', `${role} of ${runId} is as epoch ${epoch} wants it, after ${newest}`);
      newest = Math.max(newest, epoch);
      if (!isLeading) return;
      const wanted = new Set(agentIds);
      for (const id of groupAgents(books, runId, role)) {
        must(wanted.has(id) || heldBy(books, id) === 0, 'drained-before-gone', `${id} is let go while it works`);
      }
    },
  };
}

function keyOf(runId: string, role: string): string {
  return `${runId}/${role}`;
}

function groupAgents({ agents }: Books, runId: string, role: string): readonly string[] {
  return [...agents.values()].filter((agent) => agent.runId === runId && agent.role === role).map(({ id }) => id);
}

function stayingIn(books: Books, { runId, group, leaving }: GroupLine): readonly string[] {
  return groupAgents(books, runId, group.role).filter((id) => !leaving.has(id));
}

/** Attempts on an agent, those that wait for sub-tasks included; not those that are cancelled after they gave their slot back. */
function heldBy({ runs, busy }: Books, agentId: string): number {
  let count = 0;
  for (const { tasks } of runs.values()) {
    for (const task of tasks.values()) {
      if (!isActive(task) || task.agentId !== agentId) continue;
      if (task.status !== 'cancelling' || busy.get(agentId)?.has(task) === true) count++;
    }
  }
  return count;
}

function noteDecided(scene: Scene, event: Decided, atMs: number): void {
  const { must, books, rules, groups } = scene;
  const { role, runId, from, to, joining, leaving } = event;
  const line = groups.get(keyOf(runId, role));
  if (line === undefined) return must(false, 'scale-known', `${role} of ${runId} is no group`);
  const name = keyOf(runId, role);
  const staying = stayingIn(books, line);
  must(from === staying.length, 'scale-count', `${name} has ${staying.length} agents, not ${from}`);
  must(to === from + joining.length - leaving.length, 'scale-count', `${name} goes to ${to} with ${joining.length}`);
  must(joining.length === 0 || leaving.length === 0, 'scale-flaps', `${name} grows and shrinks at once`);
  must(line.joining.size === 0, 'scale-flaps', `${name} is changed while agents are being made`);
  must(to <= line.group.max, 'scale-bounds', `${name} gets ${to} agents, of ${line.group.max}`);
  const allowed = Math.max(line.group.voteAbove ?? Infinity, ...votedSizes(books, line));
  must(to <= Math.max(from, allowed), 'scale-voted', `${name} grows to ${to}, and ${allowed} are allowed`);
  must(to >= from || to >= line.group.min, 'scale-bounds', `${name} shrinks to ${to}, below ${line.group.min}`);
  must(atMs - line.decidedMs >= rules.windowMs, 'scale-window', `${name} changes ${atMs - line.decidedMs} ms later`);
  checkReason(scene, line, event);
  for (const id of joining) must(!books.everKnown.has(id), 'scale-ids', `${id} is there for the second time`);
  const stays = staying.filter((id) => !leaving.some((one) => one === id));
  const least = Math.min(...stays.map((id) => heldBy(books, id)));
  for (const id of leaving) {
    must(staying.includes(id), 'scale-known', `${id} is to leave and is not there`);
    must(heldBy(books, id) <= least, 'idle-leave-first', `${id} leaves, and others have less to do`);
    line.leaving.add(id);
  }
  for (const id of joining) line.joining.add(id);
  line.decidedMs = atMs;
  if (joining.length === 0) return;
  let all = 0;
  for (const other of groups.values()) all += stayingIn(books, other).length + other.joining.size;
  must(all <= rules.maxAgents, 'scale-bounds', `${all} agents in all groups, of ${rules.maxAgents}`);
}

/** How many agents the votes of the group have allowed, by their recount. */
function votedSizes({ votes }: Books, { runId, group }: GroupLine): readonly number[] {
  return votes.ofRun(runId).flatMap(({ id, opened, closed }) => {
    const isTheirs = id.startsWith(`${runId}/scaling@`) && opened.spec.subject === group.role;
    return isTheirs && closed?.outcome === 'approved' ? [Number(opened.spec.action?.['to'])] : [];
  });
}

function checkReason({ must, books, rules }: Scene, { runId, group }: GroupLine, event: Decided): void {
  const { because, from, to } = event;
  const name = keyOf(runId, group.role);
  const isLess = because.reason === 'idle';
  must(isLess === to < from, 'scale-flaps', `${name} goes from ${from} to ${to}: ${because.reason}`);
  if (because.reason === 'below-min') must(from < group.min, 'scale-reason', `${name} has its ${group.min} agents`);
  if (because.reason === 'load') {
    const isHigh = because.averagePermille > rules.upPermille && from > 0;
    must(isHigh, 'scale-reason', `${name} grows at a load of ${because.averagePermille}`);
  }
  const run = books.runs.get(runId);
  const waits = (): boolean => [...(run?.tasks.values() ?? [])].some(({ status }) => status === 'ready');
  if (because.reason === 'no-agent') must(waits(), 'scale-reason', `${name} grows, and nothing is ready`);
  if (because.reason !== 'idle') return;
  must(because.averagePermille < rules.downPermille, 'scale-reason', `${name} shrinks at ${because.averagePermille}`);
  must(because.forMs >= rules.coolDownMs, 'cool-down', `${name} shrinks after ${because.forMs} ms`);
}

function noteSettled({ must, books, groups }: Scene, event: EventOf<'scaling.settled'>): void {
  const line = groups.get(keyOf(event.runId, event.role));
  if (line === undefined) return must(false, 'scale-known', `${event.role} of ${event.runId} is no group`);
  const size = stayingIn(books, line).length;
  must(event.size === size, 'scale-count', `${event.role} of ${event.runId} has ${size} agents, not ${event.size}`);
  if (event.cause !== 'left') line.joining.clear();
}

function checkJoined({ must, groups }: Scene, { id, runId, role }: { id: string; runId?: string; role: string }): void {
  const line = runId === undefined ? undefined : groups.get(keyOf(runId, role));
  must(line === undefined || line.joining.has(id), 'scale-known', `${id} joins, and nobody has decided so`);
}

function checkGone({ must, books, groups }: Scene, id: string): void {
  must(heldBy(books, id) === 0, 'drained-before-gone', `${id} is removed while it works`);
  for (const { leaving } of groups.values()) leaving.delete(id);
}
