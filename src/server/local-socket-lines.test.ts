import { expect, test } from 'vitest';
import type { HostFrame } from '../core/hosts/frames.ts';
import { taskId, runId } from '../core/ids.ts';
import { type Unsendable, writeWork } from './local-socket-lines.ts';

const key = { taskId: taskId(runId('run-1'), 'build'), attempt: 1 };
const accept = { type: 'accept', ...key } as const;

test('packets of hosts that are too long together for one line are sent one by one', () => {
  const written: HostFrame[] = [];
  const write = (frame: HostFrame): Unsendable | undefined => {
    if (frame.type === 'data' && frame.packets.length > 1) return 'too-long';
    written.push(frame);
    return undefined;
  };
  const packets = [1, 2, 3].map((seq) => ({ seq, body: accept }));
  writeWork(write, { type: 'data', session: '1.1', ack: 7, packets });
  expect(written).toEqual(packets.map((packet) => ({ type: 'data', session: '1.1', ack: 7, packets: [packet] })));
});
