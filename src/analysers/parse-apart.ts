import { spawnSync } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileContext } from './classify.ts';
import type { ParsedSource } from './parse-source.ts';

type Risky = Readonly<{ path: string; context: FileContext }>;

const WORKER = fileURLToPath(new URL(`./parse-apart-worker${extname(import.meta.url)}`, import.meta.url));
const MAX_FILES = 40;
const MAX_ALONE = 5;
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Parses files that may end the process, in a process that may end. */
export function parseApart(root: string, files: readonly Risky[]): readonly ParsedSource[] {
  if (files.length === 0) return [];
  const some = files.slice(0, MAX_FILES);
  const rest = files.slice(MAX_FILES).map(({ path }) => tooDeep(path));
  const together = tryApart(root, some);
  if (together !== undefined) return [...together, ...rest];
  return [
    ...some.flatMap((file, index) => (index < MAX_ALONE ? tryApart(root, [file]) : undefined) ?? tooDeep(file.path)),
    ...rest,
  ];
}

function tooDeep(path: string): ParsedSource {
  return { ok: false, path, cause: 'it is nested too deeply' };
}

/** Undefined when the process died. */
function tryApart(root: string, files: readonly Risky[]): readonly ParsedSource[] | undefined {
  const { status, stdout } = spawnSync(process.execPath, [WORKER], {
    cwd: root,
    env: {},
    input: JSON.stringify({ root, files }),
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (status !== 0) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is parse-apart-worker of this release
  return JSON.parse(stdout.toString('utf8')) as readonly ParsedSource[];
}
