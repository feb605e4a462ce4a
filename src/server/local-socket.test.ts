import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentId, proposalId, runId, taskId } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import type { Answer } from '../engine/answer.ts';
import { LocalSocketClient } from './local-socket-client.ts';
import type { LocalCommand } from './local-socket-commands.ts';
import type { MemoryAsk } from './memory-asks.ts';
import { localSocketPath, removeOldSockets } from './local-socket-path.ts';
import { LocalSocketServer } from './local-socket-server.ts';

const RUN = runId('run-1');
const SUBMIT: Extract<LocalCommand, { type: 'run.submit' }> = {
  type: 'run.submit',
  runId: RUN,
  run: {
    name: 'w',
    inputs: { a: [1, null] },
    budget: { wallMs: 5 },
    project: '/p',
    source: 'code',
    labels: { k: 'v' },
  },
  tasks: [
    {
      name: 'build',
      type: 'build',
      work: { kind: 'command', argv: ['npm', 'test'], env: { CI: '1' } },
      needs: [],
      requires: ['command'],
      outputs: { tarball: { file: 'x' }, sum: { value: true } },
      outputSchema: { type: 'object' },
      verify: [['npm', 'test']],
      estimateMs: 12.5,
    },
    {
      name: 'call',
      type: 'call',
      work: { kind: 'function', function: 'f', input: { a: 1 } },
      needs: ['build'],
      requires: [],
    },
  ],
  agents: [
    {
      id: agentId('run-1/local-1'),
      role: 'local',
      driver: 'command',
      capabilities: ['command'],
      slots: 1,
      host: 'here',
      runId: RUN,
    },
  ],
};
const COMMANDS: readonly LocalCommand[] = [
  SUBMIT,
  { type: 'run.pause', runId: RUN, reason: 'why' },
  { type: 'run.resume', runId: RUN },
  { type: 'run.cancel', runId: RUN, reason: 'why' },
  { type: 'task.cancel', taskId: taskId(RUN, 'build'), reason: 'why' },
  { type: 'task.settle', taskId: taskId(RUN, 'build'), as: 'retry' },
  {
    type: 'proposal.open',
    runId: RUN,
    proposal: {
      name: 'ship',
      kind: 'question',
      subject: 'v1',
      title: 'Ship it?',
      contentHash: 'ab'.repeat(32),
      members: [
        { id: 'user:ann', weight: 2, mayVeto: true },
        { id: 'ci', credentialHash: 'cd'.repeat(32) },
      ],
      threshold: 'two-thirds',
      action: { type: 'function', function: 'f' },
    },
  },
  {
    type: 'proposal.vote',
    proposalId: proposalId(RUN, 'ship'),
    vote: { memberId: 'ci', credential: 'open sesame', contentHash: 'ab'.repeat(32), choice: 'reject', reason: 'why' },
  },
];

let folder: string;
let path: string;
let server: LocalSocketServer | undefined;
let seen: LocalCommand[];
let answer: (command: LocalCommand) => Promise<Answer>;
let told: (ask: MemoryAsk) => Json;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waggle-socket-'));
  path = join(folder, 'leader.sock');
  seen = [];
  answer = async () => ({ ok: true });
  told = ({ op }) => ({ asked: op });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function listen(): Promise<LocalSocketServer> {
  server = await LocalSocketServer.listen(path, {
    answer: async (command) => {
      seen.push(command);
      return answer(command);
    },
    remember: async (ask) => ({ ok: true, told: told(ask) }),
  });
  return server;
}

async function enter(onHint: () => void = () => {}): Promise<LocalSocketClient> {
  const connected = await LocalSocketClient.connect(path, onHint);
  if (!connected.ok) throw new Error(connected.reason);
  return connected.client;
}

describe('local socket', () => {
  test('commands arrive whole, and their answers come back', async () => {
    await listen();
    const client = await enter();
    answer = async ({ type }) =>
      type === 'run.resume' ? { ok: false, refusal: { reason: 'status-wrong', status: 'running' } } : { ok: true };
    const replies = await Promise.all(COMMANDS.map((command) => client.send(command)));
    expect(seen).toEqual(COMMANDS);
    expect(replies.filter((reply) => reply.kind === 'answer' && reply.answer.ok)).toHaveLength(7);
    expect(replies[2]).toEqual({
      kind: 'answer',
      answer: { ok: false, refusal: { reason: 'status-wrong', status: 'running' } },
    });
    client.close();
  });

  test('only this user can reach the socket', async () => {
    await listen();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('a command whose leader dies before the answer is told apart from a refused one', async () => {
    await listen();
    const client = await enter();
    const underway = Promise.withResolvers<void>();
    answer = () => {
      underway.resolve();
      return new Promise(() => {});
    };
    const reply = client.send(SUBMIT);
    await underway.promise;
    await server?.close();
    expect(await reply).toEqual({ kind: 'gone' });
    await client.gone;
    expect(await client.send(SUBMIT)).toEqual({ kind: 'gone' });
  });

  test('hints reach the follower, and the leader knows who waits', async () => {
    const leader = await listen();
    const hinted = Promise.withResolvers<void>();
    const client = await enter(hinted.resolve);
    expect(leader.hasWaiting).toBe(false);
    client.waitFor(1);
    await client.send({ type: 'run.resume', runId: RUN });
    expect(leader.hasWaiting).toBe(true);
    leader.hint(7);
    await hinted.promise;
    client.close();
  });

  test('a follower that reads nothing, stopped by Ctrl-Z, does not keep the leader from ending', async () => {
    const leader = await listen();
    const stopped = connect(path);
    stopped.write(`${JSON.stringify({ type: 'hello', protocol: 1, pid: 1 })}\n`);
    await once(stopped, 'data');
    stopped.pause();
    for (let seq = 1; seq <= 3_000; seq++) {
      leader.hint(seq);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await leader.close();
    stopped.destroy();
  });

  test.each([
    ['no JSON', 'hello\n'],
    ['a command before the greeting', `${JSON.stringify({ type: 'command', id: 1, input: SUBMIT })}\n`],
    ['nesting without end', deepLine()],
    ['an unknown message', `${JSON.stringify({ type: 'shut-down' })}\n`],
    ['a report in the name of an agent', reportLine()],
    ['an unknown key', commandLine({ type: 'run.resume', runId: 'run-1', force: true })],
    ['a name that leads elsewhere', commandLine({ type: 'run.resume', runId: '../x' })],
  ])('%s ends the connection, and nothing else', async (_name, line) => {
    await listen();
    const socket = connect(path);
    socket.on('error', () => {});
    socket.write(line);
    socket.resume();
    await once(socket, 'close');
    expect(seen).toEqual([]);
    (await enter()).close();
  });

  test('a leader of another version is told apart from none', async () => {
    const other = createServer((socket) => {
      socket.on('error', noop);
      socket.write(`${JSON.stringify({ type: 'welcome', protocol: 99, pid: 12 })}\n`);
    });
    other.listen(path);
    await once(other, 'listening');
    expect(await LocalSocketClient.connect(path, () => {})).toEqual({ ok: false, reason: 'other-version', pid: 12 });
    other.close();
    expect(await LocalSocketClient.connect(join(folder, 'none.sock'), () => {})).toEqual({
      ok: false,
      reason: 'unreachable',
    });
  });

  test('a socket that is a link is not used', async () => {
    await listen();
    await symlink(path, join(folder, 'link.sock'));
    const connected = await LocalSocketClient.connect(join(folder, 'link.sock'), () => {});
    expect(connected).toEqual({ ok: false, reason: 'unreachable' });
  });
});

describe('localSocketPath', () => {
  test('is another one for every leader, short, and in a folder that nobody else can enter', async () => {
    const places = { runtimeDir: folder, home: join(folder, 'home') };
    const one = await localSocketPath('/a/very/long/'.repeat(40), places);
    expect(one).not.toBe(await localSocketPath('/a/very/long/'.repeat(40), places));
    expect(one.length).toBeLessThanOrEqual(100);
    expect((await stat(join(folder, 'waggle'))).mode & 0o777).toBe(0o700);
  });

  test('what older leaders of the same store have left is removed, and nothing else', async () => {
    const places = { runtimeDir: folder, home: join(folder, 'home') };
    const [old, mine] = [await localSocketPath('/a', places), await localSocketPath('/a', places)];
    const other = await localSocketPath('/b', places);
    for (const left of [old, mine, other]) await writeFile(left, '');
    await removeOldSockets('/a', mine, () => true);
    expect((await readdir(join(folder, 'waggle'))).toSorted()).toEqual(
      [mine, other].map((one) => basename(one)).toSorted(),
    );
  });

  test('passes over a folder that others can enter, one that cannot be made, and one that is too deep', async () => {
    await mkdir(join(folder, 'waggle'));
    await chmod(join(folder, 'waggle'), 0o755);
    const home = join(folder, 'home');
    expect(await localSocketPath('/a', { runtimeDir: folder, home })).toContain(join(home, 'run'));
    await writeFile(join(folder, 'file'), '');
    expect(await localSocketPath('/a', { runtimeDir: join(folder, 'file'), home })).toContain(join(home, 'run'));
    const deep = join(folder, 'x'.repeat(100));
    expect(await localSocketPath('/a', { runtimeDir: deep, home })).toContain(join(home, 'run'));
  });
});

function noop(): void {}

function commandLine(input: unknown): string {
  const hello = { type: 'hello', protocol: 1, pid: 1 };
  return `${JSON.stringify(hello)}\n${JSON.stringify({ type: 'command', id: 1, input })}\n`;
}

/** All is well with it but its depth. */
function deepLine(): string {
  const placeholder = 'DEEP';
  const line = commandLine({ ...SUBMIT, run: { ...SUBMIT.run, inputs: { a: placeholder } } });
  return line.replace(`"${placeholder}"`, `${'['.repeat(1_000)}${']'.repeat(1_000)}`);
}

function reportLine(): string {
  const result = { ok: true, outputs: {}, evidence: [] };
  return commandLine({ type: 'attempt.end', taskId: 'run-1/build', attempt: 1, result });
}

test('a question to memory is told what the leader says, and nothing when it has gone', async () => {
  const leader = await listen();
  const client = await enter();
  expect(await client.remember({ op: 'stats' })).toEqual({ ok: true, told: { asked: 'stats' } });
  await leader.close();
  expect(await client.remember({ op: 'stats' })).toBeUndefined();
});

test('memory tells a value as deep as it may be, and says so when there is too much to tell', async () => {
  await listen();
  const client = await enter();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON gives is JSON
  const deepest = JSON.parse('['.repeat(64) + ']'.repeat(64)) as Json;
  told = () => [{ key: 'swarm:a', value: deepest }];
  expect(await client.remember({ op: 'stats' })).toEqual({ ok: true, told: [{ key: 'swarm:a', value: deepest }] });
  told = () => 'x'.repeat(64 * 2 ** 20);
  expect(await client.remember({ op: 'stats' })).toMatchObject({ ok: false, trouble: { code: 'MEMORY_ANSWER' } });
  client.close();
});
