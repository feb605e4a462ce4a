import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where the leader listens, noted beside the store: each leader has a socket of its own, in a folder that depends on
 * its environment. Only a hint: what it names is checked before it is used.
 * Rejects when the lead is not `isHeld` any more: then another process is found there.
 */
export async function noteSocket(dataDir: string, socketPath: string, isHeld: () => boolean): Promise<void> {
  const path = join(dataDir, NAME);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, `${socketPath}\n`, { mode: 0o600 });
    if (!isHeld()) throw new Error('another process leads by now');
    // At once: whoever is stopped between the look and this would name a socket that nobody listens at.
    renameSync(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Undefined when nobody has led yet. */
export async function notedSocket(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, NAME), 'utf8').catch(() => '');
  const path = text.trim();
  return path.startsWith('/') ? path : undefined;
}

const NAME = 'leader-socket';
