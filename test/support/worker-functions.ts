import { CONTRACT_PROPOSAL } from '../../src/testing/voting-driver-contract.ts';
import type { TaskFunction } from '../../src/agents/drivers/function/registered-function.ts';

/** Functions for worker threads, by the names of the driver contract and of the tests of limits. */
export const nothing: TaskFunction = () => undefined;

export const answer: TaskFunction = async () => ({ answer: 42, text: 'é' });

export const echo: TaskFunction = ({ inputs, needs }) => ({ given: inputs['word'], before: needs['first']?.['word'] });

export const fail: TaskFunction = () => {
  throw new TypeError('it cannot be done');
};

/** Computes without end: nothing but the end of its thread stops it. */
export const hang: TaskFunction = ({ report: tell }) => {
  tell({ kind: 'progress', percentage: null, step: 'hanging' });
  for (let count = 0; count >= 0;) count = (count + 1) % 1_000;
};

export const report: TaskFunction = (call) => call.report({ kind: 'progress', percentage: 40, step: 'half' });

/** Takes memory without end. */
export const hoard: TaskFunction = () => {
  const all: number[][] = [];
  for (;;) all.push(Array.from({ length: 100_000 }, (_, index) => index));
};

/** Uses so many ms of processor time. */
export const compute: TaskFunction = ({ input }) => {
  const untilMicros = Number(input) * 1_000;
  const before = process.threadCpuUsage();
  while (process.threadCpuUsage(before).user + process.threadCpuUsage(before).system < untilMicros);
};

export const leave: TaskFunction = () => process.exit(3);

/** Returns, and leaves a promise behind that is rejected at once. */
export const rejectLater: TaskFunction = () => {
  void Promise.reject(new Error('left behind'));
};

/** Speaks, returns, and throws so many ms afterwards. */
export const throwLater: TaskFunction = ({ input, report: tell }) => {
  tell({ kind: 'note', text: 'here' });
  setTimeout(() => {
    throw new Error('left behind');
  }, Number(input));
};

export const giveFunction: TaskFunction = () => ({ handler: () => 1 });

export const notAFunction = 42;

const { name: proposal, contentHash } = CONTRACT_PROPOSAL;

/** Opens, votes and waits for the outcome. */
export const vote: TaskFunction = async ({ proposals, report: tell }) => {
  const [opened] = await proposals.open([CONTRACT_PROPOSAL]);
  const [voted] = await proposals.vote([{ proposal, contentHash, choice: 'approve', reason: 'tested' }]);
  tell({ kind: 'note', text: 'voted' });
  const [outcome] = await proposals.outcomes([proposal]);
  return { opened, voted, status: outcome?.status };
};

/** As plain JavaScript may call it. */
export const voteInAnotherForm: TaskFunction = ({ proposals }) => {
  const send = (votes: Parameters<typeof proposals.vote>[0]): unknown => proposals.vote(votes);
  return Reflect.apply(send, undefined, [[{ proposal, contentHash, choice: 'yes' }]]);
};

export const waitForOutcome: TaskFunction = async ({ proposals, report: tell }) => {
  await proposals.open([CONTRACT_PROPOSAL]);
  tell({ kind: 'note', text: 'waits' });
  await proposals.outcomes([proposal]);
};

/** Leaves without the answer to what it has asked: another function may be the next in its thread. */
export const askAndLeave: TaskFunction = ({ proposals }) => void proposals.vote([]);

/** Goes on after it has returned, as code that nobody waits for does: it votes when the next call is under way. */
export const voteLater: TaskFunction = ({ proposals, input }) => {
  setTimeout(() => void proposals.vote([{ proposal, contentHash, choice: 'reject' }]), Number(input));
};

/** Subscribes, sends, receives, acknowledges. */
export const talk: TaskFunction = async ({ messages }) => {
  await messages.subscribe('news.*');
  const sent = await messages.send({ to: 'task:other', body: { n: 1 }, priority: 'high' });
  const received = await messages.receive({ limit: 1 });
  await messages.acknowledge(received.map(({ id }) => id));
  await messages.unsubscribe('news.*');
  return { sent, received: received[0]?.body };
};

/** As plain JavaScript may call it. */
export const sendInAnotherForm: TaskFunction = ({ messages }) => {
  const send = (message: Parameters<typeof messages.send>[0]): unknown => messages.send(message);
  return Reflect.apply(send, undefined, [{ to: 'task:other' }]);
};

export const giveUpMail: TaskFunction = async ({ messages }) => {
  const controller = new AbortController();
  const received = messages.receive({ signal: controller.signal });
  setImmediate(() => controller.abort());
  return { received: (await received).length };
};

export const waitForMail: TaskFunction = async ({ messages, report: tell }) => {
  tell({ kind: 'note', text: 'waits' });
  await messages.receive();
};

/** Hands out two parts, cancels one, waits for the other. */
export const lead: TaskFunction = async ({ tasks, report: tell }) => {
  const delegated = await tasks.delegate([
    { name: 'a', function: 'answer' },
    { name: 'b', function: 'answer', needs: ['a'] },
  ]);
  await tasks.cancel(['b']);
  tell({ kind: 'note', text: 'waits' });
  const outcomes = await tasks.outcomes(['a']);
  return { answer: delegated, states: outcomes.map(({ state }) => state) };
};

/** Hands on what it was given, until there is nothing left. */
export const down: TaskFunction = async ({ tasks, input }) => {
  const levels = Number(input);
  if (levels === 0) return { depth: 0 };
  const rights = levels > 1 ? { delegate: true as const } : {};
  const [below] = await tasks.run([{ name: 'next', function: 'down', input: levels - 1, ...rights }]);
  return { depth: below?.state === 'succeeded' ? Number(below.outputs['depth']) + 1 : -1 };
};

/** As plain JavaScript may call it. */
export const delegateInAnotherForm: TaskFunction = ({ tasks }) => {
  const run = (subtasks: Parameters<typeof tasks.run>[0]): unknown => tasks.run(subtasks);
  return Reflect.apply(run, undefined, [[{ name: 'a', function: 'answer', shell: 'true', speed: 9 }]]);
};

/** Writes, reads, compares and removes; and makes a mistake. */
export const remember: TaskFunction = async ({ input, memory }) => {
  await memory.set('run:x', input ?? null, { persistent: true });
  const read = (await memory.get('run:x'))?.value ?? null;
  const stale = await memory.set('run:x', 0, { ifVersion: 9_999 });
  const removal = await memory.invalidate('run:*');
  const mistake = await memory.get('other:x').then(
    () => false,
    () => true,
  );
  return { read, stale: stale.ok ? '' : stale.refusal.reason, removed: removal.ok ? removal.removed : -1, mistake };
};
