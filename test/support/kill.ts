import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type ChildEnd = Readonly<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;

export type ChildOptions = Readonly<{
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Program and arguments that start Node: `['strace', '-f', ...]`. */
  under?: readonly string[];
}>;

const MAX_STDERR_CHARS = 65_536;

/** A Node program of ours in a process of its own, to be talked to by lines and to be ended without mercy. */
export class NodeChild implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #end = Promise.withResolvers<ChildEnd>();

  constructor(entry: URL, parameters: readonly string[], { env = {}, cwd, under = [] }: ChildOptions = {}) {
    const [program, ...before] = [...under, process.execPath];
    // oxlint-disable-next-line node/no-process-env -- the child needs PATH and HOME; tests have no configuration
    const options = { env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) };
    const child = spawn(program, [...before, fileURLToPath(entry), ...parameters], { ...options, stdio: 'pipe' });
    this.#process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-MAX_STDERR_CHARS)));
    child.stdin.on('error', () => {});
    child.on('error', (error) => this.#end.reject(error));
    child.on('close', (code, signal) => this.#end.resolve({ code, signal, stderr }));
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Resolves when the process is gone and all it printed has been taken. Rejects when it could not be started. */
  get ended(): Promise<ChildEnd> {
    return this.#end.promise;
  }

  /** The next line of stdout; undefined after the last. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  /** All lines that are still to come. */
  async rest(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) lines.push(line);
    return lines;
  }

  send(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#process.kill(signal);
  }

  /** Sends SIGKILL at a moment that `ratio` (0 to 1) picks in the next `withinMs`, and gives the lines until then. */
  async killWithin(withinMs: number, ratio: number): Promise<readonly string[]> {
    const timer = setTimeout(() => this.kill(), withinMs * ratio);
    const lines = await this.rest();
    clearTimeout(timer);
    await this.ended;
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended.catch(() => {});
  }
}
