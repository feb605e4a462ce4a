import { spawn } from 'node:child_process';

export type GitResult = Readonly<{ exitCode: number; stdout: string; stderr: string }>;

export type GitCall = Readonly<{
  cwd: string;
  /** `GIT_DIR`, `GIT_INDEX_FILE` and the like. */
  env?: Readonly<Record<string, string>>;
  stdin?: string;
  signal: AbortSignal;
}>;

/**
 * Runs git so that nothing in a repository is executed or believed beyond its objects: no configuration of the
 * system or the user, no hooks, no file system monitor, no pager, no external programs. A repository may be
 * hostile, and so may its own configuration: callers that touch files do it in a repository of their own.
 */
export class Git {
  readonly #program: string;
  readonly #path: string;

  /** `path`: the `PATH` in which git is looked for. */
  constructor(path = '/usr/local/bin:/usr/bin:/bin', program = 'git') {
    this.#path = path;
    this.#program = program;
  }

  /** Rejects when git is not there or `signal` aborts; an exit code is a value. At most 16 MiB of output. */
  async run(args: readonly string[], { cwd, env, stdin, signal }: GitCall): Promise<GitResult> {
    const child = spawn(this.#program, [...HARDENED, ...args], {
      cwd,
      env: { ...CLEAN, PATH: this.#path, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
    });
    const end = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 128));
    });
    child.stdin.on('error', () => {}); // git may end without reading
    child.stdin.end(stdin ?? '');
    const [exitCode, stdout, stderr] = await Promise.all([end, collect(child.stdout), collect(child.stderr)]);
    return { exitCode, stdout, stderr };
  }

  /** As `run`, and rejects with what git says when it fails. Gives stdout without the last line end. */
  async text(args: readonly string[], call: GitCall): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, call);
    if (exitCode === 0) return stdout.replace(/\n$/, '');
    throw new Error(`git ${args[0] ?? ''} failed with exit code ${exitCode}: ${stderr.trim().slice(0, 500)}`);
  }
}

const MAX_OUTPUT_BYTES = 16 * 2 ** 20;

const HARDENED: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.sshCommand=false',
  'core.attributesFile=/dev/null',
  'log.showSignature=false',
  'protocol.ext.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  // We read the files of whoever owns the repository, and run nothing of it.
  'safe.directory=*',
].flatMap((setting) => ['-c', setting]);

const CLEAN: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
};

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
