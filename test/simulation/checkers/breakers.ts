import type { AgentSpec } from '../../../src/core/agents/agent-spec.ts';
import type { SwarmEvent, TaskEvent } from '../../../src/core/events.ts';
import type { SwarmRules } from '../../../src/core/swarm-state.ts';
import type { JournalRecord } from '../../../src/ports/journal.ts';
import { type Books, isActive, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;
type EventOf<Type extends SwarmEvent['type']> = Extract<SwarmEvent, { type: Type }>;

/** A breaker as a recount of the journal has it. */
type Line = {
  status: 'closed' | 'open' | 'half-open';
  untilMs: number;
  /** Only attempts that were started then or later count. */
  fromMs: number;
  /** Half-opened by this record. */
  sinceSeq: number;
  /** In a row, since it counts. */
  failures: number;
  successes: number;
};

/** Whether nothing is held against an agent, neither of its own nor of its provider. */
export type MayWork = (agentId: string) => boolean;

/** Both of the following, and who may work by what they know. */
export function careCheckers(tell: Tell, books: Books, rules: SwarmRules): readonly [readonly Checker[], MayWork] {
  const lines = new Map<string, Line>();
  const unfit = new Map<string, Set<string>>();
  const mayWork = (agentId: string): boolean =>
    (unfit.get(agentId)?.size ?? 0) === 0 &&
    keysOf(books.agents.get(agentId)).every((key) => (lines.get(key)?.status ?? 'closed') === 'closed');
  return [[breakerChecker(lines, tell, books, rules), healthChecker(unfit, tell)], mayWork];
}

/** Who is not to be used gets nothing, one attempt at a time tries how things are, and only what is new counts. */
function breakerChecker(lines: Map<string, Line>, tell: Tell, books: Books, { breaker: rules }: SwarmRules): Checker {
  const must = checkerOf(tell);
  const lineOf = (key: string): Line => lines.get(key) ?? newLine();
  return {
    before: ({ event, atMs }) => {
      if ('taskId' in event) noteEnd(lines, books, event);
      if (event.type === 'agent.removed') lines.delete(`agent:${event.agentId}`);
      if (event.type === 'breaker.opened') {
        const line = lineOf(event.key);
        checkOpened(must, line, event, rules.threshold);
        lines.set(event.key, { ...newLine(), status: 'open', untilMs: event.untilMs });
      } else if (event.type === 'breaker.half-opened') {
        const { status, untilMs } = lineOf(event.key);
        must(
          status === 'open' && atMs >= untilMs,
          'breaker-time',
          `${event.key} is tried at ${atMs}, before ${untilMs}`,
        );
        lines.set(event.key, { ...newLine(), status: 'half-open', fromMs: atMs, sinceSeq: books.seq });
      } else if (event.type === 'breaker.closed') {
        const line = lineOf(event.key);
        const isEarned = line.status === 'half-open' && line.successes >= rules.successes;
        must(isEarned, 'late-success', `${event.key} closes after ${line.successes} of ${rules.successes} successes`);
        lines.set(event.key, { ...newLine(), fromMs: line.fromMs });
      }
    },
    after: (record) => {
      if (record.event.type === 'attempt.assigned')
        checkAssigned({ must, books, lineOf }, record.event, rules.threshold);
    },
  };
}

function newLine(): Line {
  return { status: 'closed', untilMs: 0, fromMs: 0, sinceSeq: 0, failures: 0, successes: 0 };
}

function checkOpened(must: Must, line: Line, { key, failures }: EventOf<'breaker.opened'>, threshold: number): void {
  // An alert asked for it.
  if (failures === 0) return;
  const isDue =
    line.status === 'half-open' ? line.failures > 0 : line.status === 'closed' && line.failures >= threshold;
  must(isDue, 'breaker-opens', `${key} opens while it is ${line.status}, after ${line.failures} failures`);
}

type Scene = Readonly<{ must: Must; books: Books; lineOf: (key: string) => Line }>;

function checkAssigned(scene: Scene, { taskId, agentId }: EventOf<'attempt.assigned'>, threshold: number): void {
  const { must, books, lineOf } = scene;
  for (const key of keysOf(books.agents.get(agentId))) {
    const line = lineOf(key);
    must(line.status !== 'open', 'breaker-blocks', `${taskId} is given to ${agentId} while ${key} is open`);
    if (line.status === 'closed')
      must(line.failures < threshold, 'breaker-opens', `${key} is still closed after ${line.failures} failures`);
    if (line.status !== 'half-open') continue;
    const tries = triesOf(books, key, line);
    must(tries.length <= 1, 'one-probe', `${key} is tried by ${tries.map(({ id }) => id).join(' and ')}`);
  }
}

/** Attempts that were begun since, and hold a slot. */
function triesOf(books: Books, key: string, { sinceSeq }: Line): readonly TaskLine[] {
  const agents = [...books.busy.keys()].filter((id) => keysOf(books.agents.get(id)).includes(key));
  return agents.flatMap((id) => [...(books.busy.get(id) ?? [])]).filter(({ assignedSeq }) => assignedSeq > sinceSeq);
}

/** What the end of an attempt says about its agent; nothing when it was nobody's doing, or when it held no slot. */
function noteEnd(lines: Map<string, Line>, books: Books, event: TaskEvent): void {
  const task = books.task(event.taskId);
  if (task === undefined || !holdsSlot(books, task)) return;
  const hasFailed = event.type === 'task.failed' || (event.type === 'attempt.failed' && event.charge !== 'none');
  if (!hasFailed && event.type !== 'task.succeeded') return;
  for (const key of keysOf(books.agents.get(task.agentId))) {
    const line = lines.get(key) ?? newLine();
    lines.set(key, line);
    if (line.status !== 'open' && task.assignedMs >= line.fromMs) count(line, hasFailed);
  }
}

function holdsSlot({ busy }: Books, task: TaskLine): boolean {
  return isActive(task) && busy.get(task.agentId)?.has(task) === true;
}

/** One that has failed while it is tried has failed; else a success makes good what was before. */
function count(line: Line, hasFailed: boolean): void {
  if (hasFailed) line.failures++;
  else {
    line.successes++;
    if (line.status === 'closed') line.failures = 0;
  }
}

function keysOf(agent: AgentSpec | undefined): readonly string[] {
  if (agent === undefined) return [];
  const { id, provider, driver, supervised = driver !== 'command' && driver !== 'function' } = agent;
  if (!supervised) return [];
  return provider === undefined ? [`agent:${id}`] : [`agent:${id}`, `provider:${provider}`];
}

type Unfitness = Readonly<{ why: string; holds: boolean }>;

/** Who is not well, or is being started anew, or was told to stop, gets nothing. */
function healthChecker(unfit: Map<string, Set<string>>, tell: Tell): Checker {
  const must = checkerOf(tell);
  return {
    before: ({ event }: JournalRecord) => {
      if (event.type === 'attempt.assigned') {
        const causes = [...(unfit.get(event.agentId) ?? [])];
        must(causes.length === 0, 'unfit-agent', `${event.taskId} is given to ${event.agentId}: ${causes.join()}`);
      }
      if (!('agentId' in event)) return;
      if (event.type === 'agent.revived' || event.type === 'agent.removed') unfit.delete(event.agentId);
      for (const { why, holds } of unfitnessOf(event)) {
        const known = unfit.get(event.agentId) ?? new Set<string>();
        unfit.set(event.agentId, known);
        if (holds) known.add(why);
        else known.delete(why);
      }
    },
  };
}

function unfitnessOf(event: SwarmEvent): readonly Unfitness[] {
  if (event.type === 'agent.health-changed')
    return [{ why: event.type, holds: event.status === 'unhealthy' || event.status === 'lost' }];
  if (event.type === 'agent.restart-planned' || event.type === 'agent.stopped' || event.type === 'agent.draining')
    return [{ why: event.type, holds: true }];
  if (event.type === 'agent.overloaded') return [{ why: event.type, holds: true }];
  if (event.type === 'agent.relieved') return [{ why: 'agent.overloaded', holds: false }];
  if (event.type !== 'agent.restarted') return [];
  return ['agent.restart-planned', 'agent.health-changed'].map((why) => ({ why, holds: false }));
}
