import { readdirSync, readFileSync } from 'node:fs';

/** The kernel tells processor time to programs in hundredths of a second, on every machine that we support. */
const MS_PER_TICK = 10;

/** One live process, as the kernel counts it. */
export type ProcessFigures = Readonly<{
  pid: number;
  /** Its own processor time, ms. */
  ownCpuMs: number;
  /** Processor time of those children that it has waited for, ms. */
  childrenCpuMs: number;
  threads: number;
}>;

/** Undefined when the process is gone or the system has no `/proc`. */
export function readFigures(pid: number): ProcessFigures | undefined {
  const fields = fieldsOf(pid);
  if (fields === undefined) return undefined;
  const number = (index: number): number => Number(fields[index]);
  return {
    pid,
    ownCpuMs: (number(11) + number(12)) * MS_PER_TICK,
    childrenCpuMs: (number(13) + number(14)) * MS_PER_TICK,
    threads: number(17),
  };
}

/** All processes of a process group; looks at every process of the machine. */
export function readGroup(group: number): readonly number[] {
  const pids = listProc('').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => Number(fieldsOf(pid)?.[2]) === group);
}

/** Resident memory now and at its highest, bytes; zeros for a process that has ended. */
export function readMemory(pid: number): Readonly<{ nowBytes: number; peakBytes: number }> {
  const status = readProc(`${pid}/status`) ?? '';
  const kibibytes = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { nowBytes: kibibytes('VmRSS') * 1_024, peakBytes: kibibytes('VmHWM') * 1_024 };
}

/** Direct children, oldest first. */
export function readChildren(pid: number, threads = 1): readonly number[] {
  const tasks = threads === 1 ? [String(pid)] : listProc(`${pid}/task`);
  return tasks.flatMap((task) =>
    (readProc(`${pid}/task/${task}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

/** Fields of `/proc/<pid>/stat` from the third on: state, parent, group ... */
function fieldsOf(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  // The name in brackets may hold anything, brackets and spaces included.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    // Gone between two looks: processes end when they like.
    return undefined;
  }
}

function listProc(path: string): readonly string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch {
    return [];
  }
}
