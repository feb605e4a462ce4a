import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Coordinator } from '../../app/coordinator.ts';
import type { Project } from '../../app/project.ts';
import type { Json, MessageRecord, MessageSpec, RunArchive, RunId } from '../../app/views.ts';
import { readEnvironment } from '../../config/environment.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { askOwnDoor, isInTask } from '../own-door.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { parseJson } from '../parse-json.ts';
import { Refused } from '../refused.ts';
import { messageLines } from '../render/message-lines.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

type SendOptions = Readonly<{
  to?: string;
  topic?: string;
  body?: string;
  text?: string;
  type: string;
  priority?: MessageSpec['priority'];
  replyTo?: string;
  cause?: string;
  expires?: number;
  id?: string;
  as?: string;
}>;

const LOOK_EVERY_MS = 200;

type Addressed = Pick<MessageSpec, 'to' | 'topic'>;

/** `waggle messages send`: inside a task as that task, elsewhere as a person. */
export async function messagesSend(cli: Cli, run: string | undefined, options: SendOptions): Promise<ExitCode> {
  const message = messageFrom(options);
  if (run === undefined && options.as === undefined && isInTask(readEnvironment())) {
    const value = await askOwnDoor('messages.send', {
      ...message,
      ...(options.id === undefined ? {} : { id: options.id }),
    });
    cli.out.json({ type: 'sent', ...asObject(value) });
    return EXIT.ok;
  }
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId } = findRun(archive, run ?? 'last');
    const coordinator = await connect(cli, project);
    const id = options.id ?? randomUUID();
    const from = personOf(options.as);
    const spec = { id, ...message };
    const answer = await coordinator.command({ type: 'message.send', runId, from, message: spec });
    if (!answer.ok) throw new Refused(answer.refusal);
    const [record] = archive.messages(runId, { ids: [id] });
    const deliveries = record?.deliveries ?? [];
    cli.out.json({ type: 'sent', run: runId, id, deliveries });
    for (const { address, state, why } of deliveries) {
      if (state === 'dead') cli.out.warn(`${visible(address)} does not get it: ${why ?? ''}.`);
    }
    cli.out.result(`Sent as ${id} to ${visible(deliveries.map(({ address }) => address).join(', ') || 'nobody')}.`);
    return EXIT.ok;
  });
}

type ReceiveOptions = Readonly<{ wait?: number; limit: number; keep?: true; as?: string }>;

/** `waggle messages receive`: inside a task what is for that task, elsewhere what is for a person. */
export async function messagesReceive(cli: Cli, run: string | undefined, options: ReceiveOptions): Promise<ExitCode> {
  if (run === undefined && options.as === undefined && isInTask(readEnvironment())) return receiveInTask(options);
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId } = findRun(archive, run ?? 'last');
    const address = personOf(options.as);
    const waiting = await firstFor(cli, { archive, runId, address }, options);
    for (const record of waiting) tellPerson(cli, record);
    if (waiting.length === 0) {
      cli.out.say(`Nothing waits for ${visible(address)}.`);
      return EXIT.failed;
    }
    // What a run has left behind can be read, and that changes nothing any more.
    if (options.keep === true || hasEnded(archive, runId)) return EXIT.ok;
    const ids = waiting.map(({ message }) => message.id);
    const coordinator = await connect(cli, project);
    const answer = await coordinator.command({ type: 'message.acknowledge', runId, address, ids });
    if (!answer.ok) throw new Refused(answer.refusal);
    return EXIT.ok;
  });
}

type Mailbox = Readonly<{ archive: RunArchive; runId: RunId; address: string }>;

/** What waits for a person, looked for again until something comes, the run has ended or the time is over. */
async function firstFor(
  { out }: Cli,
  { archive, runId, address }: Mailbox,
  { wait = 0, limit }: ReceiveOptions,
): Promise<readonly MessageRecord[]> {
  const untilMs = performance.now() + wait;
  for (;;) {
    const isOver = hasEnded(archive, runId) || performance.now() >= untilMs || out.closed.aborted;
    const waiting = archive.messages(runId, { waitingFor: address, limit });
    if (waiting.length > 0 || isOver) return waiting;
    await sleep(LOOK_EVERY_MS);
  }
}

function hasEnded(archive: RunArchive, runId: RunId): boolean {
  return archive.run(runId)?.outcome !== undefined;
}

/** `waggle messages subscribe` */
export async function messagesSubscribe(_cli: Cli, pattern: string): Promise<ExitCode> {
  await askOwnDoor('messages.subscribe', { pattern });
  return EXIT.ok;
}

/** `waggle messages unsubscribe` */
export async function messagesUnsubscribe(_cli: Cli, pattern: string): Promise<ExitCode> {
  await askOwnDoor('messages.unsubscribe', { pattern });
  return EXIT.ok;
}

/** One line of JSON per message; acknowledged once they are printed. Exit code 1 when there is none. */
async function receiveInTask({ wait = 0, limit, keep }: ReceiveOptions): Promise<ExitCode> {
  const received = await askOwnDoor('messages.receive', { limit, waitMs: wait });
  const messages = Array.isArray(received) ? received.map(asObject) : [];
  for (const message of messages) process.stdout.write(`${JSON.stringify(message)}\n`);
  const ids = messages.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  if (ids.length > 0 && keep !== true) await askOwnDoor('messages.acknowledge', { ids });
  return ids.length > 0 ? EXIT.ok : EXIT.failed;
}

function tellPerson({ out }: Cli, record: MessageRecord): void {
  const { message, from, no } = record;
  out.json({ no, from, ...message, type: message.type });
  out.result(...messageLines(record, out.style, out.columns), '');
}

function messageFrom(options: SendOptions): Omit<MessageSpec, 'id'> {
  const { priority, replyTo, cause, expires, type } = options;
  return {
    ...addressFrom(options),
    type,
    body: bodyFrom(options),
    ...(priority === undefined ? {} : { priority }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(cause === undefined ? {} : { cause }),
    ...(expires === undefined ? {} : { expiresMs: expires }),
  };
}

function addressFrom({ to, topic }: SendOptions): Addressed {
  if (to !== undefined && topic === undefined) return { to };
  if (topic !== undefined && to === undefined) return { topic };
  throw userError({ code: 'MESSAGE_ADDRESS', message: 'A message needs --to or --topic.', fix: 'Give one of them.' });
}

function bodyFrom({ body, text }: SendOptions): Json {
  if (text !== undefined && body === undefined) return text;
  if (body !== undefined && text === undefined) return parsedBody(body);
  throw userError({ code: 'MESSAGE_BODY', message: 'A message needs --body or --text.', fix: 'Give one of them.' });
}

function parsedBody(body: string): Json {
  try {
    return parseJson(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `${visible(body.slice(0, 80))} is no JSON.`;
    throw userError({
      code: 'MESSAGE_BODY',
      message,
      fix: `Quote it for the shell: --body '{"x":1}'; or give --text.`,
    });
  }
}

function personOf(name: string = 'operator'): string {
  return name.startsWith('user:') ? name : `user:${name}`;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function connect({ out }: Cli, project: Project): Promise<Coordinator> {
  return project.connect({ isBrief: true, onTrouble: (message) => out.warn(visible(message)) });
}
