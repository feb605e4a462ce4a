import { spawn } from 'node:child_process';

/** How an audit ended: what it printed, or why there is nothing to read. */
export type AuditOutput = Readonly<{ ok: true; stdout: string }> | Readonly<{ ok: false; why: string }>;

export type AuditProcess = Readonly<{
  /** The program and its arguments. */
  argv: readonly string[];
  /** Where it runs. */
  folder: string;
  /** What it takes for the user's home. @default `folder` */
  home?: string;
  /** Whom it asks; its own choice when absent. */
  registry?: string;
  /** Where programs are looked for, as in PATH. */
  searchPath: string;
  signal: AbortSignal;
  /** ms. @default 60_000 */
  timeoutMs?: number;
}>;

const MAX_OUTPUT = 32 * 1024 * 1024;
const MAX_COMPLAINT = 2_000;
/** The way to the network goes along; tokens, and everything else of the user's environment, do not. */
const PASSED = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];
const CLEAN = `exec env -i ${PASSED.map((name) => `\${${name}:+${name}="$${name}"}`).join(' ')} "$@"`;

/**
 * Runs a package manager in a process group of its own, which ends as a whole: when it takes too long, prints too
 * much, or nobody waits any more. Never rejects.
 */
export function runAudit({ argv, folder, searchPath, signal, ...more }: AuditProcess): Promise<AuditOutput> {
  const { timeoutMs = 60_000 } = more;
  const { promise, resolve } = Promise.withResolvers<AuditOutput>();
  const settings = settingsOf({ folder, searchPath, ...more });
  const child = spawn('/bin/sh', ['-c', CLEAN, 'sh', ...settings, ...argv], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  let [bytes, complaint, why] = [0, '', ''];
  const end = (reason: string): void => {
    why = why === '' ? reason : why;
    killGroup(child.pid);
  };
  const timer = setTimeout(() => end(`It took longer than ${timeoutMs / 1_000} seconds.`), timeoutMs);
  const abort = (): void => end('It was stopped.');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT) end('It printed too much.');
    else chunks.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < MAX_COMPLAINT) complaint += chunk.toString('utf8');
  });
  child.on('error', (error) => end(error.message));
  child.on('close', (exitCode) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    killGroup(child.pid);
    if (why === '' && exitCode === 127) why = `${argv[0] ?? 'The program'} was not found.`;
    resolve(why === '' ? outputOf(Buffer.concat(chunks).toString('utf8'), complaint) : { ok: false, why });
  });
  return promise;
}

function settingsOf({
  folder,
  home = folder,
  searchPath,
  registry,
}: Omit<AuditProcess, 'argv' | 'signal'>): readonly string[] {
  return [
    `PATH=${searchPath}`,
    `HOME=${home}`,
    'CI=1',
    'NO_COLOR=1',
    'COREPACK_ENABLE_STRICT=0',
    'npm_config_update_notifier=false',
    'npm_config_manage_package_manager_versions=false',
    `npm_config_cache=${folder}/cache`,
    ...(registry === undefined ? [] : [`npm_config_registry=${registry}`]),
  ];
}

/** An audit that finds something ends with 1 as well, so the exit code says nothing. */
function outputOf(stdout: string, complaint: string): AuditOutput {
  if (stdout.trim() !== '') return { ok: true, stdout };
  const [first = 'It printed nothing.'] = complaint.split('\n').filter((line) => line.trim() !== '');
  return { ok: false, why: first.slice(0, 300) };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing of it is left
  }
}
