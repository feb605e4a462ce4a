import { chmod } from 'node:fs/promises';
import type { Server } from 'node:net';

/**
 * Listens at `path`, where nothing may stand, for this user alone; the server keeps no process alive. When it rejects,
 * the server is closed: the socket may be gone again at once, where this process was stopped and somebody who took over
 * has cleared it away.
 */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
  try {
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    throw error;
  }
}
