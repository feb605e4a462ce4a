import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { FunctionRegistry } from '../agents/drivers/function/registered-function.ts';
import { MAX_HOST_AGENTS } from '../core/hosts/host-limits.ts';
import { NAME_PATTERN, runId } from '../core/ids.ts';
import { userError } from '../util/user-error.ts';
import { type AnyFunction, registered } from './define.ts';
import { type HostSettings, makeHost } from './make-host.ts';

export type WorkerOptions = Readonly<{
  /** Attempts side by side. @default as many as cores */
  agents?: number;
  /** What tasks may require of it, besides commands and its functions. */
  capabilities?: readonly string[];
  /** Absolute path of an ES module: each function that it exports is one that tasks can name. */
  functions?: string;
  /** @default worker-1, worker-2, … */
  name?: string;
  /** The group that its agents belong to: tasks ask for it with `agent`. @default worker */
  role?: string;
  /** Of each agent. @default 1 */
  slots?: number;
  /** Set when it was started for a group of this run: it serves nobody else, and can do what `capabilities` says alone. */
  forRun?: string;
  /** Something about it has changed: look. */
  onChange?: () => void;
  /** The leader wants it to end, or will never admit it. */
  onOrder?: (order: 'drain' | Error) => void;
  /** The leader does not admit it, and is asked again every second. */
  onRefused?: (message: string) => void;
}>;

/** A process that runs what the leader of a project gives it. */
export interface Worker {
  readonly name: string;
  readonly agents: number;
  /** Names of its functions. */
  readonly functions: readonly string[];
  readonly isJoined: boolean;
  /** Attempts without an end. */
  readonly running: number;
  /**
   * Takes nothing new, lets what runs come to its end for `graceMs`, hands back the rest, and leaves. Resolves when
   * everything that it started is gone.
   */
  drain(graceMs: number): Promise<void>;
  /** At once: everything that it started is killed. */
  stop(): Promise<void>;
}

/** Tasks that ask for nobody in particular may go to it, as to the built-in agents of this machine. */
const BUILT_IN = 'agent:local';

type Surroundings = Pick<HostSettings, 'folder' | 'artifacts' | 'environment' | 'options'>;

/** Starts it; it joins the leader of the project as soon as there is one. */
export async function startWorker(surroundings: Surroundings, options: WorkerOptions): Promise<Worker> {
  const { agents = availableParallelism(), name, role = 'worker', slots, forRun } = options;
  const { onChange, onOrder, onRefused } = options;
  const wrong = [name, role, forRun].find((one) => one !== undefined && !NAME_PATTERN.test(one));
  if (wrong !== undefined) throw badName(wrong);
  if (agents > MAX_HOST_AGENTS) throw tooMany(agents);
  const functions = options.functions === undefined ? {} : functionsIn(options.functions);
  const names = Object.keys(functions);
  const { runner, close } = await makeHost({
    ...surroundings,
    functions,
    prefix: 'worker',
    role,
    agents,
    capabilities: capabilitiesOf(options, role, names),
    ...(slots === undefined ? {} : { slots }),
    ...(forRun === undefined ? {} : { runId: runId(forRun) }),
    ...(name === undefined ? {} : { name }),
    ...(onChange === undefined ? {} : { onChange }),
    ...(onOrder === undefined ? {} : { onOrder }),
    ...(onRefused === undefined ? {} : { onRefused }),
  });
  runner.start();
  return {
    name: runner.name,
    agents,
    functions: names,
    get isJoined() {
      return runner.isJoined;
    },
    get running() {
      return runner.running;
    },
    drain: async (graceMs) => {
      await runner.drain(graceMs);
      await close();
    },
    stop: close,
  };
}

function capabilitiesOf(
  { capabilities = [], forRun }: WorkerOptions,
  role: string,
  functions: readonly string[],
): readonly string[] {
  if (forRun !== undefined) return capabilities;
  return ['command', ...functions.map((one) => `function:${one}`), ...capabilities, BUILT_IN, `agent:${role}`];
}

/** The user has named the file: its code runs as a program of theirs. */
function functionsIn(path: string): FunctionRegistry {
  const module = load(path);
  const exported = typeof module === 'object' && module !== null ? Object.entries(module) : [];
  const found = exported.filter((entry): entry is [string, AnyFunction] => isDefinition(entry[1]));
  if (found.length > 0) return Object.fromEntries(found.map(([name, one]) => [name, registered(one)]));
  const message = `"${path}" exports no function.`;
  throw userError({ code: 'FUNCTIONS_FILE', message, fix: 'Write: export function name(call) { … }' });
}

function load(path: string): unknown {
  try {
    return createRequire(import.meta.url)(path);
  } catch (error) {
    const message = `"${path}" cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    throw userError({ code: 'FUNCTIONS_FILE', message, fix: 'Give an ES module without top-level await.' });
  }
}

function isDefinition(value: unknown): value is AnyFunction {
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && ('run' in value || 'worker' in value);
}

function tooMany(agents: number): Error {
  const message = `A worker has at most ${MAX_HOST_AGENTS} agents, but ${agents} are asked for.`;
  return userError({ code: 'HOST_AGENTS', message, fix: 'Give fewer, or start several workers.' });
}

function badName(name: string): Error {
  const message = `"${name}" cannot be the name of a host or of a group.`;
  return userError({ code: 'HOST_NAME', message, fix: 'Use letters, digits, ".", "_" and "-", at most 64.' });
}
