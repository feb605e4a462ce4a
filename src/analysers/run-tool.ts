import { accessSync, constants } from 'node:fs';
import { devNull } from 'node:os';
import { dirname } from 'node:path';
import { spawnOwned } from './owned-program.ts';

/** How a program of another maker ended. `cut`: it printed more than allowed and was stopped. */
export type ToolResult =
  | Readonly<{ ok: true; stdout: string; exitCode: number }>
  | Readonly<{ ok: false; reason: 'not-started' | 'cut' | 'timed-out' | 'killed'; message: string }>;

export type ToolOptions = Readonly<{
  /** Where it runs: never the folder that is checked, so that it finds no settings there. */
  cwd: string;
  /** ms */
  timeoutMs: number;
  /** bytes */
  maxOutput: number;
  signal: AbortSignal;
}>;

/**
 * Runs a program without input or anything of our environment, in a process group of its own that ends as a whole, with
 * the thread that started it at the latest. Never rejects: what goes wrong is a value.
 */
export function runTool(program: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { cwd, timeoutMs, maxOutput, signal } = options;
  const { promise, resolve } = Promise.withResolvers<ToolResult>();
  // Programs from npm start with the first `node` in PATH.
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: devNull,
    LC_ALL: 'C',
    NO_COLOR: '1',
  };
  const reason = whyNot(program);
  if (reason !== undefined) return Promise.resolve({ ok: false, reason: 'not-started', message: reason });
  const { child, stdout, stderr, end } = spawnOwned(program, args, { cwd, env });
  stderr.resume();
  let isCut = false;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutMs);
  signal.addEventListener('abort', end, { once: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxOutput) chunks.push(chunk);
    else if (!isCut) {
      isCut = true;
      end();
    }
  });
  child.on('error', (error) => resolve({ ok: false, reason: 'not-started', message: error.message }));
  child.on('close', (exitCode, killedBy) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    if (isCut) resolve({ ok: false, reason: 'cut', message: `it printed more than ${maxOutput} bytes` });
    else if (isLate) resolve({ ok: false, reason: 'timed-out', message: `it took longer than ${timeoutMs} ms` });
    else if (exitCode === null) resolve({ ok: false, reason: 'killed', message: `it was ended by ${killedBy}` });
    else resolve({ ok: true, stdout: Buffer.concat(chunks).toString('utf8'), exitCode });
  });
  return promise;
}

function whyNot(program: string): string | undefined {
  try {
    accessSync(program, constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
