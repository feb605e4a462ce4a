import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Where to connect; or why not. */
export type CheckedAddress =
  | Readonly<{ ok: true; address: string }>
  | Readonly<{ ok: false; problem: string; mayRetry: boolean }>;

export async function resolveName(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

/**
 * One address of the URL's host, looked up once. Every address that the name has must be public, unless exactly this
 * host and port are in `allowed`; so must https be, unless they are.
 */
export async function checkAddress(
  url: URL,
  { allowed, resolve }: Readonly<{ allowed: readonly string[]; resolve: Resolve }>,
): Promise<CheckedAddress> {
  const isAllowed = allowed.includes(`${url.hostname}:${portOf(url)}`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isAllowed)) {
    return no(`${url.protocol}// is not allowed there: security.allowHosts lists exceptions`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await addressesOf(host, resolve) : [host];
  const [address] = addresses;
  if (address === undefined) return { ok: false, problem: `no address is known of ${host}`, mayRetry: true };
  const inner = isAllowed ? undefined : addresses.find((one) => !isPublicAddress(one));
  return inner === undefined ? { ok: true, address } : no(`${host} is not a public address (${inner})`);
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function no(problem: string): CheckedAddress {
  return { ok: false, problem, mayRetry: false };
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch {
    return []; // the name server does not answer, or there is no such name
  }
}
