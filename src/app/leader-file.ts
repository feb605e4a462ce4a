import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where the leader listens, noted beside the store: each leader has a socket of its own, in a folder that depends on
 * its environment. Only a hint: what it names is checked before it is used.
 */
export async function noteSocket(dataDir: string, socketPath: string): Promise<void> {
  const path = join(dataDir, NAME);
  await writeFile(`${path}.new`, `${socketPath}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Undefined when nobody has led yet. */
export async function notedSocket(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, NAME), 'utf8').catch(() => '');
  const path = text.trim();
  return path.startsWith('/') ? path : undefined;
}

const NAME = 'leader-socket';
