import { createHmac } from 'node:crypto';
import { type ClientRequest, request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { Notice } from '../../core/health/notice.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NoticeTarget, Told } from '../../ports/notifier.ts';
import { checkAddress, portOf, type Resolve, resolveName } from './checked-address.ts';

export type WebhookSettings = Readonly<{
  name: string;
  atLeast: Notice['severity'];
  /** Absolute, without a user. */
  url: string;
  /** Asked for each request. Rejects with what is wrong with it. */
  secret: () => Promise<string>;
  /** `host:port` that may be private, or without encryption. */
  allowed: readonly string[];
  clock: Clock;
  /** @default the system's */
  resolve?: Resolve;
  /** PEM of who may sign the receiver's certificate, and nobody else then. @default those whom Node trusts */
  ca?: string;
}>;

/** What an answer may hold; nobody reads it. */
const MOST_ANSWER = 2 ** 20;
/** Answers after which the same again may get through, besides 5xx. */
const RETRIED: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Posts a notice to one address. The name is looked up once, all its addresses are checked, and the connection goes to
 * one that was; redirects are not followed. `Waggle-Signature: v1=<hex>` is the HMAC-SHA-256 of
 * `<Waggle-Timestamp>.<body>` under the secret.
 */
export class WebhookTarget implements NoticeTarget {
  readonly name: string;
  readonly atLeast: Notice['severity'];
  readonly #settings: WebhookSettings;

  constructor(settings: WebhookSettings) {
    this.name = settings.name;
    this.atLeast = settings.atLeast;
    this.#settings = settings;
  }

  async tell(notice: Notice, signal: AbortSignal): Promise<Told> {
    const { url: text, allowed, resolve = resolveName, secret, clock } = this.#settings;
    const url = new URL(text);
    const checked = await checkAddress(url, { allowed, resolve });
    if (!checked.ok) return checked;
    const key = await secret();
    const wallMs = clock.wallTimeMs();
    const body = JSON.stringify({ ...notice, at: new Date(wallMs).toISOString() });
    const seconds = String(Math.floor(wallMs / 1_000));
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      host: url.host,
      'user-agent': 'waggle',
      'waggle-notice': encodeURIComponent(notice.key),
      'waggle-timestamp': seconds,
      'waggle-signature': `v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`,
    };
    return this.#post(url, { address: checked.address, headers, signal }, body);
  }

  #post(
    url: URL,
    {
      address,
      headers,
      signal,
    }: Readonly<{ address: string; headers: RequestOptions['headers']; signal: AbortSignal }>,
    body: string,
  ): Promise<Told> {
    const { promise, resolve } = Promise.withResolvers<Told>();
    const options = {
      method: 'POST',
      host: address,
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      headers: headers ?? {},
      signal,
      agent: false as const,
      maxHeaderSize: 16_384,
    };
    const name = url.hostname.replace(/^\[|\]$/g, '');
    const { ca } = this.#settings;
    // The certificate must be of the name, although the connection goes to an address.
    const secure = { servername: isIP(name) === 0 ? name : '', ...(ca === undefined ? {} : { ca }) };
    const request = url.protocol === 'https:' ? requestHttps({ ...options, ...secure }) : requestHttp(options);
    request.on('error', (error) => resolve(failed(signal.aborted ? 'it took too long' : error.message, true)));
    request.on('response', (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_ANSWER) answer.destroy();
      });
      answer.on('error', () => {});
      answer.on('close', () => resolve(toldBy(answer.statusCode ?? 0)));
    });
    checkConnection(request, address);
    request.end(body);
    return promise;
  }
}

/** Whoever answers must be who was checked. */
function checkConnection(request: ClientRequest, address: string): void {
  request.on('socket', (socket) => {
    socket.on('connect', () => {
      const { remoteAddress = '' } = socket;
      if (remoteAddress !== address && remoteAddress !== `::ffff:${address}`) {
        request.destroy(new Error(`it is connected to ${remoteAddress} and not to ${address}`));
      }
    });
  });
}

function toldBy(status: number): Told {
  if (status >= 200 && status < 300) return { ok: true };
  const isRedirect = status >= 300 && status < 400;
  const problem = isRedirect ? `it answered ${status}: redirects are not followed` : `it answered ${status}`;
  return failed(problem, status === 0 || status >= 500 || RETRIED.has(status));
}

function failed(problem: string, mayRetry: boolean): Told {
  return { ok: false, problem, mayRetry };
}
