import type { Socket } from 'node:net';
import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import { jsonDepth } from '../util/json-depth.ts';

/** A whole run of 100,000 tasks is one line. */
export const MAX_LINE_BYTES: number = 64 * 2 ** 20;
/** A value of 64 levels, and what is around it on its way. */
const MAX_DEPTH = 128;
const LINE_END = 0x0a;

export type ReadOptions = Readonly<{
  /** @default MAX_LINE_BYTES */
  maxBytes?: number;
  /** What cannot be read, once; nothing is read any more. @default ends the connection */
  onBroken?: (error: Error) => void;
}>;

/**
 * Gives each line of JSON that arrives to `onMessage`. A line that is too long, too deep or no JSON is the last one, as
 * is an `onMessage` that throws.
 */
export function readLines(
  socket: Socket,
  onMessage: (message: unknown) => void,
  { maxBytes = MAX_LINE_BYTES, onBroken = (error) => void socket.destroy(error) }: ReadOptions = {},
): void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isBroken = false;
  const take = (line: Buffer): void => {
    const text = Buffer.concat([...parts, line]).toString('utf8');
    parts = [];
    bytes = 0;
    if (jsonDepth(text, MAX_DEPTH) > MAX_DEPTH) throw new Error('a message nests too deep');
    onMessage(JSON.parse(text));
  };
  socket.on('data', (chunk: Buffer) => {
    if (isBroken) return;
    try {
      let rest = chunk;
      for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END)) {
        take(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
      bytes += rest.byteLength;
      if (bytes > maxBytes) throw new Error('a message is too long');
      if (rest.byteLength > 0) parts.push(rest);
    } catch (error) {
      isBroken = true;
      parts = [];
      onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** What keeps a message from being read on the other side. */
export type Unsendable = 'too-long' | 'too-deep';

/** Undefined when it was sent, as far as anybody still listens. */
export function writeLine(socket: Socket, message: unknown): Unsendable | undefined {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) return 'too-long';
  if (jsonDepth(line, MAX_DEPTH) > MAX_DEPTH) return 'too-deep';
  if (!socket.destroyed) socket.write(line);
  return undefined;
}

/** Sends a frame of the worker protocol: packet by packet when all of it together is too long for one line. */
export function writeWork<Frame extends HostFrame | CoordinatorFrame>(
  write: (frame: Frame) => Unsendable | undefined,
  frame: Frame,
): void {
  if (write(frame) !== 'too-long' || frame.type !== 'data') return;
  for (const packet of frame.packets) write({ ...frame, packets: [packet] });
}
