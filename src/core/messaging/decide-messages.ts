import { unreachable } from '../../util/assert.ts';
import type { MessageEvent } from '../events.ts';
import { nameOf, runOf } from '../ids.ts';
import type { AttemptMessageInput, Context, MessageInput } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { isWorking } from '../tasks/task.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import type { DeathCause } from './message.ts';
import { agentBehind, isUserAddress } from './recipients.ts';
import { sendMessage } from './send-message.ts';
import { isTopicPattern } from './topics.ts';

/** Subscriptions of one address, and addresses of one run that have any. */
const MAX_PATTERNS = 100;
const MAX_SUBSCRIBERS = 1_000;
/** Messages that one acknowledgement or one event of their end names. */
const MAX_AT_ONCE = 1_000;

/** Pure: what comes from people and programs outside of all attempts, and waits that are due. */
export function decideMessages(swarm: Swarm, input: MessageInput, { nowMs }: Context): Ruling {
  const run = swarm.runs.get(input.runId);
  if (run === undefined) {
    const isEnded = swarm.ended.has(input.runId);
    return refuse(isEnded ? { reason: 'status-wrong', status: 'ended' } : { reason: 'run-unknown' });
  }
  switch (input.type) {
    case 'message.send':
      if (!isUserAddress(input.from)) return refuse({ reason: 'recipient-unknown', address: input.from });
      if (run.ending !== undefined) return refuse({ reason: 'status-wrong', status: 'ending' });
      return sendMessage(swarm, run, input.from, { spec: input.message, nowMs });
    case 'message.acknowledge': {
      if (!isUserAddress(input.address)) return refuse({ reason: 'recipient-unknown', address: input.address });
      const received = input.ids.map((id): Received => [id, nowMs]);
      return acknowledge(run, [input.address], received);
    }
    case 'mail.due':
      return accept(...expiredEvents(run, nowMs));
    default:
      return unreachable(input);
  }
}

/** Pure: what a running attempt asks for. It acts as its own task, and an older attempt not at all. */
export function decideAttemptMessage(swarm: Swarm, input: AttemptMessageInput, { nowMs }: Context): Ruling {
  const task = swarm.tasks.get(input.taskId);
  if (task === undefined) return refuse({ reason: 'task-unknown' });
  if (task.attempt !== input.attempt) return refuse({ reason: 'attempt-stale', currentAttempt: task.attempt });
  if (!isWorking(task)) return refuse({ reason: 'status-wrong', status: task.status });
  const run = swarm.runs.get(runOf(input.taskId));
  if (run === undefined) return refuse({ reason: 'run-unknown' });
  const address = `task:${nameOf(input.taskId)}`;
  switch (input.type) {
    case 'attempt.send':
      return sendMessage(swarm, run, address, { spec: input.message, nowMs });
    case 'attempt.acknowledge': {
      const agent = agentBehind(swarm, run, address);
      return acknowledge(run, agent === undefined ? [address] : [address, agent], input.received);
    }
    case 'attempt.subscribe':
      return subscribe(run, address, input.pattern);
    case 'attempt.unsubscribe': {
      const { pattern } = input;
      if (run.mail?.topics.patternsOf(address).has(pattern) !== true) return accept();
      return accept({ type: 'topic.unsubscribed', runId: run.id, address, pattern });
    }
    default:
      return unreachable(input);
  }
}

type Received = readonly [id: string, deliveredAtMs: number];

/** What does not wait any more was acknowledged before, or is dead: both need nothing. */
function acknowledge(run: Run, addresses: readonly string[], received: readonly Received[]): Ruling {
  if (received.length > MAX_AT_ONCE) {
    return refuse({ reason: 'limit-reached', limit: 'messages acknowledged at once', most: MAX_AT_ONCE });
  }
  const events = addresses.flatMap((address) => acknowledgedIn(run, address, new Map(received)) ?? []);
  return accept(...events);
}

function acknowledgedIn(
  { id: runId, mail }: Run,
  address: string,
  received: ReadonlyMap<string, number>,
): MessageEvent | undefined {
  const box = mail?.boxes.get(address);
  if (box === undefined) return undefined;
  const ids: string[] = [];
  const waitedMs: number[] = [];
  for (const [id, deliveredAtMs] of received) {
    const message = box.get(id);
    if (message === undefined) continue;
    ids.push(id);
    waitedMs.push(Math.max(0, deliveredAtMs - message.atMs));
  }
  return ids.length === 0 ? undefined : { type: 'messages.acknowledged', runId, address, ids, waitedMs };
}

function subscribe({ id: runId, mail }: Run, address: string, pattern: string): Ruling {
  if (!isTopicPattern(pattern)) {
    const problem = `"${pattern}" is no pattern: names with "." between them, "*" for one, "**" at the end for the rest`;
    return refuse({ reason: 'message-invalid', problems: [problem] });
  }
  const event: MessageEvent = { type: 'topic.subscribed', runId, address, pattern };
  if (mail === undefined) return accept(event);
  const own = mail.topics.patternsOf(address);
  if (own.has(pattern)) return accept();
  if (own.size >= MAX_PATTERNS) {
    return refuse({ reason: 'limit-reached', limit: 'subscriptions of one task', most: MAX_PATTERNS });
  }
  if (own.size === 0 && mail.topics.size >= MAX_SUBSCRIBERS) {
    return refuse({ reason: 'limit-reached', limit: 'subscribers of one run', most: MAX_SUBSCRIBERS });
  }
  return accept(event);
}

/** What is wrong with the subscriptions that tasks of a run declare. `known`: addresses of the run that have any already. */
export function findSubscriptionProblems(
  tasks: readonly Pick<TaskSpec, 'name' | 'subscribes'>[],
  known: number = 0,
): readonly string[] {
  const declaring = tasks.filter(({ subscribes = [] }) => subscribes.length > 0);
  const problems = declaring.flatMap(({ name, subscribes = [] }) => [
    ...(subscribes.length > MAX_PATTERNS ? [`task "${name}" has over ${MAX_PATTERNS} subscriptions`] : []),
    ...subscribes
      .filter((one) => !isTopicPattern(one))
      .map((one) => `task "${name}": "${one}" is no pattern of topics`),
  ]);
  if (known + declaring.length > MAX_SUBSCRIBERS) problems.push(`over ${MAX_SUBSCRIBERS} tasks have subscriptions`);
  return problems;
}

/** Nothing when nothing has expired: the wait is an old one. */
function expiredEvents(run: Run, nowMs: number): readonly MessageEvent[] {
  const expired = run.mail?.expiredBy(nowMs) ?? [];
  return [...expired].flatMap(([address, ids]) => deaths(run, address, ids, 'expired'));
}

/** In events that stay small. */
function deaths({ id: runId }: Run, address: string, ids: readonly string[], why: DeathCause): readonly MessageEvent[] {
  const events: MessageEvent[] = [];
  for (let start = 0; start < ids.length; start += MAX_AT_ONCE) {
    events.push({ type: 'messages.died', runId, address, ids: ids.slice(start, start + MAX_AT_ONCE), why });
  }
  return events;
}

/** What waits for those who are gone: it is said once that nobody will receive it, and nothing piles up. */
export function deadMail(run: Run): readonly MessageEvent[] {
  return [...(run.mail?.orphans ?? [])].flatMap((address) =>
    deaths(run, address, waitingIn(run, address), 'recipient-gone'),
  );
}

/** What is left when everything else of the run has ended. What waits for people stays to be read in the archive. */
export function endMail(run: Run): readonly MessageEvent[] {
  const left = [...(run.mail?.boxes.keys() ?? [])].filter((address) => !isUserAddress(address));
  return left.flatMap((address) => deaths(run, address, waitingIn(run, address), 'run-ended'));
}

function waitingIn({ mail }: Run, address: string): readonly string[] {
  return [...(mail?.boxes.get(address)?.messages() ?? [])].map(({ spec }) => spec.id);
}
