import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assignmentOf } from '../../test/support/assignments.ts';
import { ScriptedContext } from '../testing/scripted-context.ts';
import type { Json } from '../core/json.ts';
import type { Admission } from '../ports/attempt-door.ts';
import { askDoor, type DoorAnswer } from './attempt-door-client.ts';
import { AttemptDoorServer } from './attempt-door.ts';

const ASSIGNMENT = assignmentOf({ kind: 'command', argv: ['true'] });

let folder: string;
let door: AttemptDoorServer;
let context: ScriptedContext;
let admission: Admission;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-door-'));
  door = new AttemptDoorServer({ openPath: async () => join(folder, 'door.sock'), programs: async () => '/programs' });
  context = new ScriptedContext();
  admission = await door.admit(ASSIGNMENT, context);
});
afterEach(async () => {
  await door.close();
  rmSync(folder, { recursive: true, force: true });
});

const place = ({ environment }: Admission = admission): Readonly<{ socket: string; token: string }> => ({
  socket: environment['WAGGLE_SOCKET'] ?? '',
  token: environment['WAGGLE_ATTEMPT_TOKEN'] ?? '',
});
const ask = (op: string, args?: unknown, of?: Admission): Promise<DoorAnswer> => askDoor(place(of), op, args);

/** A program that writes lines of its own making, and reads answers. */
class Program {
  readonly #socket: Socket = connect(place().socket);
  readonly #lines = createInterface(this.#socket)[Symbol.asyncIterator]();

  write(text: string): void {
    this.#socket.write(text);
  }

  async read(): Promise<unknown> {
    const line = await this.#lines.next();
    return JSON.parse(String(line.value));
  }

  leave(): void {
    this.#socket.destroy();
  }

  /** Says that it says nothing more, and still reads. */
  finish(): void {
    this.#socket.end();
  }

  /** Whether the other side has nothing more to say either. */
  async isSentOut(): Promise<boolean> {
    return (await this.#lines.next()).done === true;
  }
}

const spec = {
  name: 'ship',
  kind: 'question',
  subject: 's',
  title: 't',
  contentHash: 'c0'.repeat(32),
  members: [{ id: 'a' }],
};

describe('the door of an attempt', () => {
  test('is a socket for its user alone, and its token is a secret', () => {
    expect(statSync(place().socket).mode & 0o777).toBe(0o600);
    expect(admission.secrets).toEqual([place().token]);
    expect(place().token.length).toBeGreaterThanOrEqual(24);
    expect(admission.programs).toBe('/programs');
  });

  test('lets a program send, receive, acknowledge and subscribe as its attempt', async () => {
    expect(await ask('messages.send', { to: 'task:b', body: { x: 1 } })).toEqual({
      ok: true,
      value: { id: 'm1', recipients: 1, dead: 0 },
    });
    expect(context.messages.sent).toEqual([{ to: 'task:b', body: { x: 1 } }]);
    context.messages.deliver({ id: 'in1', body: 'hello' });
    expect(await ask('messages.receive', { limit: 1 })).toMatchObject({
      ok: true,
      value: [{ id: 'in1', body: 'hello' }],
    });
    await ask('messages.acknowledge', { ids: ['in1'] });
    expect(context.messages.acknowledged).toEqual(['in1']);
    await ask('messages.subscribe', { pattern: 'x.*' });
    expect(context.messages.patterns).toEqual(['x.*']);
    await ask('messages.unsubscribe', { pattern: 'x.*' });
    expect(context.messages.patterns).toEqual([]);
  });

  test('lets a program remember, look up and remove as its attempt', async () => {
    const set = await ask('memory.set', { key: 'run:x', value: { n: 1 }, persistent: true });
    expect(set).toEqual({ ok: true, value: { version: 1 } });
    expect(await ask('memory.get', { key: 'run:x' })).toMatchObject({ ok: true, value: { value: { n: 1 } } });
    expect(await ask('memory.get', { key: 'run:none' })).toEqual({ ok: true });
    const late = await ask('memory.set', { key: 'run:x', value: 2, ifVersion: 7 });
    expect(late).toMatchObject({ ok: false, error: { reason: 'version-differs' } });
    expect(await ask('memory.set', { key: 'run:x', valeu: 2 })).toMatchObject({ error: { reason: 'malformed' } });
    await ask('memory.handOff', { text: 'look at port 80' });
    expect(context.memory.handedOff).toEqual([{ text: 'look at port 80' }]);
    expect(await ask('memory.invalidate', { pattern: 'run:*' })).toEqual({ ok: true, value: { removed: 1 } });
  });

  test('lets a program propose, vote and wait for the outcome as its attempt', async () => {
    const [proposal, contentHash] = ['ship', spec.contentHash];
    const done = { ok: true, proposalId: 'scripted/ship' };
    expect(await ask('proposals.open', { proposals: [spec] })).toEqual({ ok: true, value: [done] });
    const votes = [{ proposal, contentHash, choice: 'approve' }];
    expect(await ask('proposals.vote', { votes })).toEqual({ ok: true, value: [done] });
    expect(context.proposals.votes).toEqual(votes);
    const waiting = ask('proposals.outcomes', { names: ['ship', 'none'] });
    context.proposals.close('ship', 'approved');
    expect(await waiting).toMatchObject({ ok: true, value: [{ status: 'approved' }, null] });
    context.proposals.refusal = { reason: 'not-a-member' };
    const refused = { ok: false, refusal: { reason: 'not-a-member' } };
    expect(await ask('proposals.vote', { votes })).toEqual({ ok: true, value: [refused] });
    const forged = { votes: [{ ...votes[0], memberId: 'user:ann' }] };
    expect(await ask('proposals.vote', forged)).toMatchObject({ error: { reason: 'malformed' } });
  });

  test('tells apart the attempts behind it', async () => {
    const other = new ScriptedContext();
    await ask('messages.send', { to: 'task:b', body: 1 }, await door.admit(ASSIGNMENT, other));
    expect([context.messages.sent.length, other.messages.sent.length]).toEqual([0, 1]);
  });

  test('answers with a reason what is refused, malformed or unknown', async () => {
    context.messages.refusal = { reason: 'mailbox-full', address: 'task:b' };
    const refused = await ask('messages.send', { to: 'task:b', body: 1 });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'mailbox-full', address: 'task:b' } });
    const malformed = await ask('messages.send', { to: 'task:b', bodyy: 1 });
    expect(malformed).toMatchObject({ ok: false, error: { reason: 'malformed' } });
    expect(JSON.stringify(malformed)).toMatch(/bodyy/);
    // What takes nothing may be asked without `args`.
    expect(await ask('tasks.overview')).toMatchObject({ ok: true });
    const unknown = await ask('messages.burn', {});
    expect(unknown).toMatchObject({ ok: false, error: { reason: 'op-unknown' } });
    expect(JSON.stringify(unknown)).toMatch(/messages\.send/);
    expect(await ask('toString', {})).toMatchObject({ ok: false, error: { reason: 'op-unknown' } });
  });

  test('carries values as deep as they may be, and says so when an answer cannot be carried', async () => {
    const nested = (levels: number): Json => {
      let value: Json = [];
      for (let level = 1; level < levels; level++) value = [value];
      return value;
    };
    await context.memory.set('run:deep', nested(64));
    expect(await ask('memory.get', { key: 'run:deep' })).toMatchObject({ ok: true, value: { value: nested(64) } });
    await context.memory.set('run:deeper', nested(200));
    expect(await ask('memory.get', { key: 'run:deeper' })).toMatchObject({ ok: false, error: { reason: 'too-deep' } });
    await context.memory.set('run:long', 'x'.repeat(64 * 2 ** 20));
    expect(await ask('memory.get', { key: 'run:long' })).toMatchObject({ ok: false, error: { reason: 'too-long' } });
  });

  test('is closed to a token that nobody has given, and to one whose attempt has ended', async () => {
    const guessed = { ...place(), token: 'a'.repeat(24) };
    expect(await askDoor(guessed, 'messages.send', {})).toMatchObject({ error: { reason: 'token-unknown' } });
    admission.close();
    admission.close();
    expect(await ask('messages.send', { to: 'task:b', body: 1 })).toMatchObject({ error: { reason: 'token-unknown' } });
    expect(context.messages.sent).toEqual([]);
  });

  test('speaks lines that any program can write, several at once, each answer with the id of its question', async () => {
    const program = new Program();
    const { token } = place();
    const line = (id: number, op: string, args: object): string => `${JSON.stringify({ id, token, op, args })}\n`;
    const both = line(1, 'messages.receive', {}) + line(2, 'messages.send', { to: 'all', body: null });
    program.write(both.slice(0, 20));
    program.write(both.slice(20));
    expect(await program.read()).toMatchObject({ id: 2, ok: true });
    context.messages.deliver({ body: 'late' });
    expect(await program.read()).toMatchObject({ id: 1, ok: true, value: [{ body: 'late' }] });
    program.write('{"token":1}\n');
    expect(await program.read()).toMatchObject({ ok: false, error: { reason: 'malformed' } });
    program.leave();
  });

  test.each([
    ['is no JSON', '{token:1}\n', /JSON/],
    ['nests too deep', `${'['.repeat(1_000)}${']'.repeat(1_000)}\n`, /too deep/],
  ])('says that a line %s, and sends its program out', async (_what, line, why) => {
    const program = new Program();
    program.write(line + line);
    const answer = await program.read();
    expect(answer).toMatchObject({ ok: false, error: { reason: 'malformed' } });
    expect(JSON.stringify(answer)).toMatch(why);
    expect(await program.isSentOut()).toBe(true);
  });

  test('answers a program that ends its side with what there is, and sends it out after the last answer', async () => {
    await ask('proposals.open', { proposals: [spec] });
    const program = new Program();
    const { token } = place();
    const line = (id: number, op: string, args: object): string => `${JSON.stringify({ id, token, op, args })}\n`;
    program.write(line(1, 'proposals.outcomes', { names: ['ship'] }));
    program.write(line(2, 'messages.receive', {}) + line(3, 'messages.send', { to: 'all', body: null }));
    program.finish();
    const answers = [await program.read(), await program.read(), await program.read()];
    expect(answers).toContainEqual(expect.objectContaining({ id: 2, ok: true, value: [] }));
    expect(answers).toContainEqual(expect.objectContaining({ id: 3, ok: true }));
    expect(answers.at(-1)).toMatchObject({ id: 1, ok: false, error: { reason: 'unavailable' } });
    expect(JSON.stringify(answers.at(-1))).toMatch(/Keep your side of the connection open/);
    expect(await program.isSentOut()).toBe(true);
  });

  test('does not read a program that does not read its answers, until it does', async () => {
    const socket = connect(place().socket);
    const line = `${JSON.stringify({ token: place().token, op: 'none' })}\n`;
    const lines = 50_000;
    socket.write(line.repeat(lines));
    for (let turn = 0; turn < 200; turn++) await ask('tasks.overview');
    expect(socket.writableLength).toBeGreaterThan(0);
    let answers = 0;
    for await (const _ of createInterface(socket)) if (++answers === lines) break;
    expect(answers).toBe(lines);
    socket.destroy();
  });

  test('takes a question back when nobody waits for the answer any more', async () => {
    const program = new Program();
    const { token } = place();
    program.write(`${JSON.stringify({ token, op: 'messages.receive', args: {} })}\n`);
    program.write(`${JSON.stringify({ token, op: 'messages.subscribe', args: { pattern: 'seen' } })}\n`);
    await program.read();
    program.leave();
    await ask('messages.subscribe', { pattern: 'left' });
    context.messages.deliver({ id: 'in1' });
    expect(await ask('messages.receive', { waitMs: 0 })).toMatchObject({ value: [{ id: 'in1' }] });
  });

  test('shuts with its lead, and whoever stands in it is told', async () => {
    const waiting = ask('messages.receive', {});
    const told = expect(waiting).rejects.toThrow(/coordinator is gone/);
    await ask('messages.subscribe', { pattern: 'seen' });
    await door.close();
    await door.close();
    await told;
    await expect(ask('messages.receive', {})).rejects.toThrow(/coordinator is gone/);
  });

  test('does not open again for an attempt that was being started while its lead ended', async () => {
    await door.close();
    await expect(door.admit(ASSIGNMENT, context)).rejects.toThrow(/closed/);
  });

  test('opens for the next attempt when it could not for one', async () => {
    const paths = [join(folder, 'missing', 'door.sock'), join(folder, 'second.sock')];
    const second = new AttemptDoorServer({ openPath: async () => paths.shift() ?? '' });
    await expect(second.admit(ASSIGNMENT, context)).rejects.toThrow(/ENOENT|EACCES/);
    expect((await second.admit(ASSIGNMENT, context)).environment['WAGGLE_SOCKET']).toBe(join(folder, 'second.sock'));
    await second.close();
  });
});
