import { LocalSocketClient } from '../server/local-socket-client.ts';
import { notedSocket } from './leader-file.ts';

/** Whether somebody leads the project of this data folder now. Only asks. */
export async function findLeader(
  dataDir: string,
): Promise<'answers' | 'nobody' | Readonly<{ otherVersion: true; pid: number }>> {
  const path = await notedSocket(dataDir);
  const connected = path === undefined ? undefined : await LocalSocketClient.connect(path, () => {});
  if (connected?.ok === true) {
    connected.client.close();
    return 'answers';
  }
  return connected?.reason === 'other-version' ? { otherVersion: true, pid: connected.pid } : 'nobody';
}
