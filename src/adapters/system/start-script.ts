import { constants } from 'node:os';
import type { ProcessLimits } from '../../ports/process-runner.ts';

/** Name of the starting shell in its own messages: how a failed start is told from a program's output. */
export const STARTER = 'waggle-start';

/** Descriptors that the starting shell uses and the program never sees. */
export const LIFELINE_FD = 3;
export const STATUS_FD = 4;

/** What the shell says before it starts anything, and what it waits for then. */
export const READY = 'ready';
export const GO = 'go\n';

/** More than a limit in processes may be alive for a moment, before the sampler sees it; the kernel stops here. */
const PROCESS_MARGIN = 512;

/** How the starting shell owns what it starts. */
export type Grip =
  /** It is process 1 of a pid namespace: when it ends, the kernel ends everything in there. */
  | 'namespace'
  /** The program enters the cgroup whose path is the first argument. */
  | 'cgroup'
  /** The program is in the shell's process group. */
  | 'group';

/**
 * The shell that stands between us and a program. What it does, in order:
 * 1. In a namespace it makes sure that it is in one: `kill -9 -1` must never meet the whole machine.
 * 2. It says that it is ready and waits for our word. By then the kernel knows with whom it has to die; before, a
 *    coordinator that is killed just now would leave a program behind that kills the watcher first.
 * 3. It ignores the signals that we send to the group, so that it is there to see how the program ends. So does the
 *    watcher, from its first moment: it waits for the lifeline, which closes when we close it or die, and then kills
 *    everything.
 * 4. The program gets default signals, its limits and none of our descriptors.
 * 5. Processor time of all that ended below it and the exit status go out on the status descriptor. When a signal
 *    ended the program, the shell says so there, which tells `exit 137` from a kill.
 */
export function startScript(grip: Grip, limits: ProcessLimits = {}): string {
  const watcher = `exec <&${LIFELINE_FD} >/dev/null 2>&1 ${STATUS_FD}>&-; read x; ${KILL_ALL[grip]}`;
  const program = `trap - HUP INT QUIT TERM; ${ENTER[grip]}${limitCommands(limits)}exec "$@" 2>&5 3<&- 4>&- 5>&-`;
  return [
    ...(grip === 'namespace' ? [`[ "$$" = 1 ] || exit 125`] : []),
    ...(grip === 'cgroup' ? ['cgroup=$1; shift'] : []),
    `trap '' HUP INT QUIT TERM`,
    // In a group the watcher's kill meets the shell itself, whatever it has started by then.
    ...(grip === 'group' ? [] : [`echo ${READY} >&${STATUS_FD}`, `read go <&${LIFELINE_FD} || exit 125`]),
    `( ${watcher} ) &`,
    `exec 5>&2 2>&${STATUS_FD}`,
    `( ${program} )`,
    's=$?',
    `{ times; echo "exit $s"; } >&${STATUS_FD}`,
  ].join('\n');
}

const KILL_ALL: Readonly<Record<Grip, string>> = {
  namespace: 'kill -9 -1',
  cgroup:
    'echo 1 >"$cgroup/cgroup.kill"; for i in 1 2 3 4 5; do rmdir "$cgroup" && break; sleep 0.1; done; kill -9 -$$',
  group: 'kill -9 -$$',
};

const ENTER: Readonly<Record<Grip, string>> = {
  namespace: '',
  cgroup: 'echo 0 >"$cgroup/cgroup.procs" || exit 125; ',
  group: '',
};

function limitCommands({ cpuSeconds, processes }: ProcessLimits): string {
  const cpu = cpuSeconds === undefined ? '' : `ulimit -t ${Math.ceil(cpuSeconds) + 1}; `;
  if (processes === undefined) return cpu;
  const most = Math.ceil(processes) + PROCESS_MARGIN;
  // `-p` in dash, `-u` in bash and busybox.
  return `${cpu}{ ulimit -p ${most} || ulimit -u ${most}; } 2>/dev/null; `;
}

/** What the starting shell told us about the end of the program. */
export type ProgramEnd = Readonly<{
  exitCode: number;
  /** Set when a signal ended it. */
  signal?: string;
  /** Processor time of the program and of all that it waited for, ms; the kernel tells it in steps of 10 ms. */
  cpuMs: number;
}>;

/** Shells say nothing about these signals; a program that gives these codes itself means the same by them. */
const SILENT_SIGNALS: readonly number[] = [
  constants.signals.SIGINT,
  constants.signals.SIGPIPE,
  constants.signals.SIGTERM,
];

const TIME = /(\d+)m([\d.,]+)s (\d+)m([\d.,]+)s/g;

/** Reads the status text; undefined when the shell itself did not get that far. */
export function parseStatus(text: string): ProgramEnd | undefined {
  const code = /^exit (\d+)$/m.exec(text)?.[1];
  if (code === undefined) return undefined;
  const exitCode = Number(code);
  const [, children] = [...text.matchAll(TIME)];
  const cpuMs = children === undefined ? 0 : Math.round(1_000 * (seconds(children, 1) + seconds(children, 3)));
  const number = exitCode - 128;
  const saysSo = text.replace(`${READY}\n`, '').search(TIME) > 0 || SILENT_SIGNALS.includes(number);
  const signal = number > 0 && saysSo ? signalName(number) : undefined;
  return { exitCode, cpuMs, ...(signal !== undefined && { signal }) };
}

function seconds(match: RegExpExecArray, index: number): number {
  return 60 * Number(match[index] ?? 0) + Number((match[index + 1] ?? '0').replace(',', '.'));
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
