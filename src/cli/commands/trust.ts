import { addGrant, readGrants, removeGrant } from '../../config/grants.ts';
import type { Config } from '../../config/load-config.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { shortest } from '../log-of-task.ts';
import { projectConfig } from '../project-config.ts';
import { when } from '../render/format.ts';
import { visible } from '../render/text.ts';

/** First characters of a hash that are enough to name it. */
const LEAST_HASH = 8;

/** `waggle trust list`: what asks for agreement here, and all that has it. */
export async function trustList(cli: Cli): Promise<ExitCode> {
  const { environment, config } = await projectConfig(cli);
  const grants = await readGrants(environment.home);
  const asks = asksFor(config);
  for (const { name, at, value } of config.withheld) {
    cli.out.json({ type: 'trust.asked', hash: config.file?.sha256, file: config.file?.path, option: name, at, value });
  }
  for (const { path, sha256, grantedAtMs } of grants) {
    cli.out.json({ type: 'trust.granted', hash: sha256, file: path, grantedAtMs });
  }
  if (asks.length === 0) cli.out.result('Nothing here asks for your agreement.');
  else cli.out.result(...asks);
  if (grants.length > 0) cli.out.result('', 'You have agreed to:');
  for (const { path, sha256, grantedAtMs } of grants) {
    cli.out.result(`  ${sha256.slice(0, 16)}  ${when(grantedAtMs, Date.now())}  ${visible(shortest(path))}`);
  }
  return EXIT.ok;
}

/** `waggle trust grant` */
export async function trustGrant(cli: Cli, hash: string): Promise<ExitCode> {
  const { environment, config } = await projectConfig(cli);
  const { file } = config;
  if (file === undefined || !matches(file.sha256, hash)) throw unknownHash(hash, file?.sha256);
  await addGrant(environment.home, { path: file.path, sha256: file.sha256, grantedAtMs: Date.now() });
  cli.out.json({ type: 'trust.granted', hash: file.sha256, file: file.path });
  cli.out.result(`You agree to ${visible(shortest(file.path))} as it is now. Any change to it asks again.`);
  return EXIT.ok;
}

/** `waggle trust revoke` */
export async function trustRevoke(cli: Cli, hash: string): Promise<ExitCode> {
  const { environment } = await projectConfig(cli);
  const grant = (await readGrants(environment.home)).find(({ sha256 }) => matches(sha256, hash));
  if (grant === undefined) {
    const message = `You have not agreed to anything with the hash "${hash}".`;
    throw userError({ code: 'TRUST_UNKNOWN', message, fix: 'See: waggle trust list' });
  }
  await removeGrant(environment.home, grant.path);
  cli.out.json({ type: 'trust.revoked', hash: grant.sha256, file: grant.path });
  cli.out.result(`You no longer agree to ${visible(shortest(grant.path))}.`);
  return EXIT.ok;
}

function matches(sha256: string, hash: string): boolean {
  return hash.length >= LEAST_HASH && sha256.startsWith(hash.toLowerCase());
}

function asksFor({ file, withheld }: Config): readonly string[] {
  if (file === undefined || withheld.length === 0) return [];
  return [
    `${visible(shortest(file.path))} asks for your agreement to:`,
    ...withheld.map(({ name, at, value }) => `  ${visible(at)}  ${name} = ${visible(JSON.stringify(value ?? null))}`),
    `Without it these have no effect. Agree with: waggle trust grant ${file.sha256.slice(0, 16)}`,
  ];
}

function unknownHash(hash: string, current: string | undefined): Error {
  const message =
    current === undefined ? 'There is no waggle.yaml here.' : `waggle.yaml does not have the hash "${hash}" now.`;
  const fix = current === undefined ? 'Nothing needs your agreement.' : `Look at it first: waggle trust list`;
  return userError({ code: 'TRUST_UNKNOWN', message, fix });
}
