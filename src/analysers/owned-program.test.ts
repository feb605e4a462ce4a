import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnOwned } from './owned-program.ts';

const HERE = new URL('./owned-program.ts', import.meta.url).href;

/** What is started tells that it runs by a connection, and that it has ended by its end. */
let server = createServer();
beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

function port(): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return (address satisfies AddressInfo).port;
}

/** Goes on for ever, deaf to signals that can be ignored, with a child that does so too. */
function program(): readonly string[] {
  const stay = `require('node:net').connect(${port()}, '127.0.0.1'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6);`;
  const both = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stay)}], { stdio: 'inherit' }); ${stay}`;
  return ['-e', both];
}

function connected(count: number): Promise<readonly Socket[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Socket[]>();
  const sockets: Socket[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
    if (sockets.length === count) resolve(sockets);
  });
  return promise;
}

describe('a program that is owned', () => {
  it('ends with all that it started when its thread is terminated', async () => {
    const source = `const [url, ...args] = require('node:worker_threads').workerData;
      import(url).then(({ spawnOwned }) => spawnOwned(process.execPath, args, { cwd: '/', env: {} }));`;
    const sockets = connected(2);
    const worker = new Worker(source, { eval: true, workerData: [HERE, ...program()] });
    const open = await sockets;
    const closed = Promise.all(open.map((socket) => once(socket, 'close')));
    await worker.terminate();
    expect(await closed).toHaveLength(2);
  });

  it('ends as a whole when it is told to', async () => {
    const sockets = connected(2);
    const { child, end } = spawnOwned(process.execPath, program(), { cwd: tmpdir(), env: {} });
    const closed = Promise.all((await sockets).map((socket) => once(socket, 'close')));
    const exited = once(child, 'close');
    end();
    await closed;
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('gives its output and its exit code', async () => {
    const { child, stdout } = spawnOwned('/bin/sh', ['-c', 'echo "$1 $#"; exit 3', 'x', "a 'b", '$c'], {
      cwd: tmpdir(),
      env: {},
    });
    const [text] = await Promise.all([stdout.setEncoding('utf8').toArray(), once(child, 'close')]);
    expect([text.join(''), child.exitCode]).toEqual(["a 'b 2\n", 3]);
  });
});
