import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, test } from 'vitest';
import type { Notice } from '../../core/health/notice.ts';
import type { Told } from '../../ports/notifier.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { WebhookTarget, type WebhookSettings } from './webhook-target.ts';

const NOTICE: Notice = { key: 'alert:a/ü:1', severity: 'critical', title: 'Alert', text: 'It is full.' };
const clock = new ManualClock();
const never = new AbortController().signal;

type Seen = Readonly<{ request: IncomingMessage; body: string }>;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: (response: ServerResponse) => void): Promise<Readonly<{ port: number; seen: Seen[] }>> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ request, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { port: address.port, seen };
}

const targetOf = (url: string, more: Partial<WebhookSettings> = {}): WebhookTarget =>
  new WebhookTarget({ name: 'w', atLeast: 'info', url, secret: async () => 'secret', allowed: [], clock, ...more });

async function tellServer(answer: (response: ServerResponse) => void): Promise<Readonly<{ told: Told; seen: Seen[] }>> {
  const { port, seen } = await listen(answer);
  const host = `127.0.0.1:${port}`;
  return { told: await targetOf(`http://${host}/x?y=1`, { allowed: [host] }).tell(NOTICE, never), seen };
}

/** Writes until nobody reads any more. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536);
  while (!response.destroyed && response.write(chunk));
  if (!response.destroyed) response.once('drain', () => pour(response));
}

describe('a webhook', () => {
  test('gets the notice as JSON, signed over body and time', async () => {
    const { told, seen } = await tellServer((response) => void response.end('thanks'));
    assert.deepEqual(told, { ok: true });
    const [{ request, body } = assert.fail()] = seen;
    assert.deepEqual(JSON.parse(body), { ...NOTICE, at: new Date(clock.wallTimeMs()).toISOString() });
    const { 'waggle-timestamp': time, 'waggle-signature': signature, 'waggle-notice': key } = request.headers;
    const expected = createHmac('sha256', 'secret')
      .update(`${String(time)}.${body}`)
      .digest('hex');
    assert.equal(signature, `v1=${expected}`);
    assert.equal(key, encodeURIComponent(NOTICE.key));
    assert.equal(`${request.method} ${request.url}`, 'POST /x?y=1');
  });

  test('that answers with trouble of its own is asked again; one that says no is not', async () => {
    for (const [status, mayRetry] of [
      [500, true],
      [503, true],
      [429, true],
      [408, true],
      [400, false],
      [404, false],
    ] as const) {
      const { told } = await tellServer((response) => void response.writeHead(status).end());
      assert.deepEqual(told, { ok: false, problem: `it answered ${status}`, mayRetry });
    }
  });

  test('sends nobody elsewhere', async () => {
    const other = await listen((response) => void response.end());
    const { told } = await tellServer((response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end();
    });
    assert.deepEqual(told, { ok: false, problem: 'it answered 307: redirects are not followed', mayRetry: false });
    assert.equal(other.seen.length, 0);
  });

  test('that hangs, before or within its answer, is left when the time is up', async () => {
    for (const answer of [
      (): void => {},
      (response: ServerResponse): void => void response.writeHead(200).write('x'),
    ]) {
      const { port } = await listen(answer);
      const host = `127.0.0.1:${port}`;
      const target = targetOf(`http://${host}/`, { allowed: [host] });
      const told = await target.tell(NOTICE, AbortSignal.timeout(200));
      assert.ok(told.ok || told.problem === 'it took too long');
    }
  });

  test('with an endless answer is read no further', async () => {
    const gone = Promise.withResolvers<void>();
    const { told } = await tellServer((response) => {
      response.on('close', gone.resolve);
      pour(response);
    });
    assert.deepEqual(told, { ok: true });
    await gone.promise;
  });

  test('whose secret is missing is not told, and what is wrong is said without it', async () => {
    const secret = async (): Promise<string> => Promise.reject(new Error('the variable X is empty'));
    const { port, seen } = await listen((response) => void response.end());
    const host = `127.0.0.1:${port}`;
    await assert.rejects(targetOf(`http://${host}/`, { allowed: [host], secret }).tell(NOTICE, never), /X is empty/);
    assert.equal(seen.length, 0);
  });
});

describe('an address', () => {
  test('that is not public is not connected to, however it is written', async () => {
    const { port, seen } = await listen((response) => void response.end());
    const names = ['127.0.0.1', '0x7f.1', '2130706433', '127.1', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '[::]'];
    for (const name of names) {
      const told = await targetOf(`https://${name}:${port}/`).tell(NOTICE, never);
      assert.ok(!told.ok && told.problem.includes('not a public address') && !told.mayRetry, name);
    }
    const plain = await targetOf(`http://127.0.0.1:${port}/`).tell(NOTICE, never);
    assert.ok(!plain.ok && plain.problem.includes('http:// is not allowed'));
    assert.equal(seen.length, 0);
  });

  test('is one of a name of which all are public', async () => {
    for (const inner of ['10.0.0.1', '169.254.169.254', '100.64.0.1', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1']) {
      const told = await targetOf('https://hook.example/', { resolve: async () => ['93.184.216.34', inner] }).tell(
        NOTICE,
        never,
      );
      assert.ok(!told.ok && told.problem.includes(inner), inner);
    }
  });

  test('is looked up once, and the connection goes there', async () => {
    const { port, seen } = await listen((response) => void response.end());
    let looked = 0;
    const resolve = async (): Promise<readonly string[]> => (looked++ === 0 ? ['127.0.0.1'] : ['10.255.255.1']);
    const host = `hook.example:${port}`;
    const told = await targetOf(`http://${host}/`, { allowed: [host], resolve }).tell(NOTICE, never);
    assert.deepEqual([told, looked], [{ ok: true }, 1]);
    assert.equal(seen[0]?.request.headers.host, host);
  });

  test('that nobody knows may be known later', async () => {
    const resolve = (): Promise<readonly string[]> => Promise.reject(new Error('ENOTFOUND'));
    const told = await targetOf('https://hook.example/', { resolve }).tell(NOTICE, never);
    assert.deepEqual(told, { ok: false, problem: 'no address is known of hook.example', mayRetry: true });
  });
});
