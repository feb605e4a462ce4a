import type { MessageEvent } from '../../../src/core/events.ts';
import type { ReceivedMessage } from '../../../src/ports/run-messages.ts';
import type { AttemptSign } from '../../../src/simulation/watcher.ts';
import { type Books, hasEnded } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;
type Sent = Extract<MessageEvent, { type: 'message.sent' }>;
type RunMail = {
  readonly sent: Map<string, Sent>;
  /** Ids that wait, by address. */
  readonly boxes: Map<string, Set<string>>;
  newest: number;
};

const MAX_HOPS = 8;
const RANKS = ['critical', 'high', 'normal', 'low'];

/** Each message once, in order, to those it was sent to, no longer than it lives, and no chain without end. */
export function mailChecker(tell: Tell, books: Books, mostInBox: number): Checker {
  const must = checkerOf(tell);
  const runs = new Map<string, RunMail>();
  const mailOf = (runId: string): RunMail => {
    const known = runs.get(runId) ?? { sent: new Map(), boxes: new Map(), newest: 0 };
    runs.set(runId, known);
    return known;
  };
  const had = new Map<string, Set<string>>();
  return {
    before: ({ event }) => {
      if (event.type === 'message.sent') {
        noteSent(must, books, mailOf(event.runId), event);
        for (const address of event.recipients) {
          const waiting = mailOf(event.runId).boxes.get(address)?.size ?? 0;
          must(waiting <= mostInBox, 'mailbox-bound', `${waiting} messages wait for ${address}`);
        }
      }
      if (event.type === 'messages.acknowledged' || event.type === 'messages.died') {
        noteGone(must, mailOf(event.runId), event);
      }
      if (event.type === 'run.finished') checkNothingLeft(must, mailOf(event.runId), event.runId);
    },
    received: (sign, messages) => {
      const mine = had.get(keyOf(sign)) ?? new Set<string>();
      had.set(keyOf(sign), mine);
      checkReceived(must, { books, mail: mailOf(sign.taskId.split('/')[0] ?? ''), mine }, sign, messages);
    },
  };
}

function keyOf({ taskId, attempt, node }: AttemptSign): string {
  return `${node} ${taskId} ${attempt}`;
}

function noteSent(must: Must, books: Books, mail: RunMail, event: Sent): void {
  const { message, no, hops, recipients, from, dead = [] } = event;
  must(!mail.sent.has(message.id), 'message-once', `message ${message.id} is sent twice`);
  must(no === mail.newest + 1, 'message-number', `message ${message.id} is number ${no} after ${mail.newest}`);
  const causes = [message.replyTo, message.cause].flatMap((id) =>
    id === undefined ? [] : (mail.sent.get(id)?.hops ?? -9),
  );
  must(hops === 1 + Math.max(0, ...causes), 'hop-cap', `message ${message.id} has ${hops} hops after ${causes.join()}`);
  must(hops <= MAX_HOPS, 'hop-cap', `message ${message.id} is number ${hops} of its chain`);
  must(new Set(recipients).size === recipients.length, 'recipients', `message ${message.id} has a recipient twice`);
  if (message.to === 'all' || message.topic !== undefined) {
    must(!recipients.includes(from), 'recipients', `${from} gets its own message ${message.id}`);
  } else if (message.to?.startsWith('role:') !== true) {
    const only = [...recipients, ...dead.map(({ address }) => address)];
    must(
      only.length === 1 && only[0] === message.to,
      'recipients',
      `message ${message.id} to ${message.to} goes to ${only.join()}`,
    );
  }
  mail.sent.set(message.id, event);
  mail.newest = no;
  for (const address of recipients) {
    const task = address.startsWith('task:') ? books.task(`${event.runId}/${address.slice(5)}`) : undefined;
    must(
      task === undefined || !hasEnded(task),
      'recipients',
      `message ${message.id} goes to ${address}, which has ended`,
    );
    const box = mail.boxes.get(address) ?? new Set<string>();
    mail.boxes.set(address, box);
    box.add(message.id);
  }
}

function noteGone(
  must: Must,
  mail: RunMail,
  { type, address, ids }: Extract<MessageEvent, { type: 'messages.acknowledged' | 'messages.died' }>,
): void {
  for (const id of ids) {
    const wasThere = mail.boxes.get(address)?.delete(id) === true;
    must(wasThere, 'message-waits', `${type} of ${id}, which does not wait for ${address}`);
  }
}

function checkNothingLeft(must: Must, { boxes }: RunMail, runId: string): void {
  for (const [address, ids] of boxes) {
    if (address.startsWith('user:')) continue;
    must(ids.size === 0, 'mail-ends', `${ids.size} messages wait for ${address} after the end of ${runId}`);
  }
}

type Scene = Readonly<{ books: Books; mail: RunMail; mine: Set<string> }>;

function checkReceived(
  must: Must,
  { books, mail, mine }: Scene,
  { taskId, attempt, node }: AttemptSign,
  messages: readonly ReceivedMessage[],
): void {
  const task = books.task(taskId);
  // On a host it goes on under the next leader, who hands out again what waits; and what it gets took a while to come.
  const isRemote = books.hosts.has(node);
  // A coordinator that does not know yet that it has lost the lead hands out what it knows.
  const isOld = isRemote || task === undefined || task.attempt !== attempt || task.status !== 'running';
  for (const { id, to } of messages) {
    const sent = mail.sent.get(id);
    must(sent !== undefined, 'mail-after-commit', `${taskId} receives ${id}, which is not stored`);
    must(isRemote || !mine.has(id), 'handed-out-once', `attempt ${attempt} of ${taskId} receives ${id} twice`);
    mine.add(id);
    const isFor = sent?.recipients.includes(to) === true;
    must(isFor, 'recipients', `${taskId} receives ${id} as ${to}, which it was not sent to`);
    must(isOld || mail.boxes.get(to)?.has(id) === true, 'message-waits', `${taskId} receives ${id}, which is gone`);
  }
  checkOrder(must, mail, taskId, messages);
}

/** By priority, then as they were sent, within each of the two mailboxes: the task's and its agent's. */
function checkOrder(must: Must, mail: RunMail, taskId: string, messages: readonly ReceivedMessage[]): void {
  const last = new Map<string, readonly [rank: number, no: number]>();
  for (const { id, to, priority } of messages) {
    const [rank, no] = [RANKS.indexOf(priority), mail.sent.get(id)?.no ?? 0];
    const [lastRank, lastNo] = last.get(to) ?? [0, 0];
    const isInOrder = rank > lastRank || (rank === lastRank && no > lastNo);
    must(isInOrder, 'mail-order', `${taskId} receives ${id} (${priority}, ${no}) after number ${lastNo}`);
    last.set(to, [rank, no]);
  }
}
