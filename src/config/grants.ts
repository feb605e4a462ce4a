import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { jsonDepth } from '../util/json-depth.ts';
import { UserError } from '../util/user-error.ts';

/** The user's word that a project file may do what needs trust, for exactly this content. */
export type Grant = Readonly<{
  /** Absolute path of the file, links resolved. */
  path: string;
  /** Hex; of the bytes of the file. A change of one byte ends the grant. */
  sha256: string;
  /** Wall time, ms since 1970. */
  grantedAtMs: number;
}>;

const MAX_BYTES = 1_048_576;
const MAX_GRANTS = 1_000;

const grantsFile = z.strictObject({
  version: z.literal(1),
  grants: z.array(
    z.strictObject({
      path: z.string().min(1).max(4_096),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      grantedAtMs: z.int().min(0),
    }),
  ),
});

/**
 * The user's grants, oldest first; none where there is no file. Rejects with a `UserError` when the file is damaged
 * or others may write it: then nothing is trusted.
 */
export async function readGrants(home: string): Promise<readonly Grant[]> {
  const path = grantsPath(home);
  const text = await readPrivate(path);
  if (text === undefined) return [];
  const parsed = jsonDepth(text, 8) > 8 ? undefined : grantsFile.safeParse(parseJson(text));
  if (parsed?.success === true) return parsed.data.grants;
  throw new UserError({
    code: 'GRANTS_DAMAGED',
    at: path,
    message: 'The file of your grants cannot be read.',
    fix: 'Remove it and grant again with "waggle trust".',
  });
}

/** Whether exactly this content at this place was granted. A path through links counts as where it leads. */
export async function isGranted(grants: readonly Grant[], path: string, sha256: string): Promise<boolean> {
  if (grants.every((grant) => grant.sha256 !== sha256)) return false;
  const real = await realpath(path).catch(() => path);
  return grants.some((grant) => grant.path === real && grant.sha256 === sha256);
}

/** Adds a grant; an older one for the same file goes. The file is 0600 in a folder that is 0700. */
export async function addGrant(home: string, grant: Grant): Promise<void> {
  const path = await realpath(grant.path);
  const others = (await readGrants(home)).filter((other) => other.path !== path);
  await writeGrants(home, [...others, { ...grant, path }].slice(-MAX_GRANTS));
}

/** Ends every grant of a file. Says whether there was one. */
export async function removeGrant(home: string, path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => path);
  const grants = await readGrants(home);
  const kept = grants.filter((grant) => grant.path !== real && grant.path !== path);
  if (kept.length === grants.length) return false;
  await writeGrants(home, kept);
  return true;
}

function grantsPath(home: string): string {
  return join(home, 'grants.json');
}

async function readPrivate(path: string): Promise<string | undefined> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return undefined;
  // Somebody else's grants are no grants of this user.
  const isOwn =
    stat.isFile() && (stat.mode & 0o022) === 0 && (process.getuid === undefined || stat.uid === process.getuid());
  if (!isOwn || stat.size > MAX_BYTES) {
    throw new UserError({
      code: 'GRANTS_UNSAFE',
      at: path,
      message: 'The file of your grants belongs to somebody else, or others may write it.',
      fix: 'Remove it and grant again with "waggle trust".',
    });
  }
  await using handle = await open(path, 'r');
  return await handle.readFile('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says that the file is damaged
  }
}

/** A new file in place of the old one: a crash leaves one of the two, never half of one. */
async function writeGrants(home: string, grants: readonly Grant[]): Promise<void> {
  const path = grantsPath(home);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  const draft = `${path}.${randomUUID()}.new`;
  try {
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(`${JSON.stringify({ version: 1, grants }, undefined, 2)}\n`);
    await handle.sync();
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
