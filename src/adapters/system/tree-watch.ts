import type { ProcessLimits } from '../../ports/process-runner.ts';
import type { Cgroup } from './cgroup.ts';
import { type ProcessFigures, readChildren, readFigures, readGroup, readMemory } from './process-tree.ts';
import type { Grip } from './start-script.ts';

/** A tree with more processes than this is not walked to its end: by then its limit has been reached. */
const MOST_PROCESSES = 4_000;

export type BrokenLimit = 'memory' | 'cpu' | 'processes';

/** What is watched: the process that we started, and how everything below it is found. */
export type TreeRoot = Readonly<{
  pid: number;
  /** How many generations below `pid` the starting shell stands. */
  shellDepth: number;
  grip: Grip;
  cgroup?: Cgroup;
}>;

/** Measures one process tree below its starting shell, which itself does not count. */
export class TreeWatch {
  readonly #root: TreeRoot;
  readonly #limits: ProcessLimits;
  #shell: number | undefined;
  #watcher: number | undefined;
  #cpuMs = 0;
  #peakBytes = 0;
  #nowBytes = 0;

  constructor(root: TreeRoot, limits: ProcessLimits) {
    this.#root = root;
    this.#limits = limits;
  }

  /** The most processor time seen, ms. What ran and ended between two looks is missing. */
  get cpuMs(): number {
    return this.#cpuMs;
  }

  /** The most memory seen: all processes together, or one of them at its own peak. 0: nothing was seen. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** All processes together at the last look. */
  get nowBytes(): number {
    return this.#nowBytes;
  }

  /** Process id of the starting shell as we see it; undefined before it is there. */
  get shell(): number | undefined {
    this.#shell ??= this.#findShell();
    return this.#shell;
  }

  /** Looks at every process of the tree once and gives the limit that is broken. */
  sample(): BrokenLimit | undefined {
    const { shell } = this;
    if (shell === undefined) return undefined;
    const programs = this.#programs(shell);
    if (programs.length > (this.#limits.processes ?? Infinity)) return 'processes';
    let cpuMs = readFigures(shell)?.childrenCpuMs ?? 0;
    let nowBytes = 0;
    let largestBytes = 0;
    for (const { pid, ownCpuMs, childrenCpuMs } of programs) {
      const memory = readMemory(pid);
      cpuMs += ownCpuMs + childrenCpuMs;
      nowBytes += memory.nowBytes;
      largestBytes = Math.max(largestBytes, memory.peakBytes);
    }
    this.#nowBytes = nowBytes;
    this.#cpuMs = Math.max(this.#cpuMs, cpuMs);
    this.#peakBytes = Math.max(this.#peakBytes, nowBytes, largestBytes);
    return this.#brokenLimit(nowBytes);
  }

  #brokenLimit(nowBytes: number): BrokenLimit | undefined {
    const { memory = Infinity, cpuSeconds = Infinity } = this.#limits;
    if (nowBytes > memory) return 'memory';
    return this.#cpuMs > cpuSeconds * 1_000 ? 'cpu' : undefined;
  }

  #findShell(): number | undefined {
    let pid: number | undefined = this.#root.pid;
    for (let depth = 0; depth < this.#root.shellDepth && pid !== undefined; depth++) [pid] = readChildren(pid);
    return pid;
  }

  /**
   * Every process below the shell except its watcher, which is the child that it starts first. Stops at the first
   * process too many: a tree that grows without end must not be walked to its end.
   */
  #programs(shell: number): readonly ProcessFigures[] {
    const children = readChildren(shell);
    this.#watcher ??= children[0];
    const queue = [...children, ...this.#strays()];
    const most = this.#limits.processes ?? MOST_PROCESSES;
    const seen = new Set([shell, this.#watcher]);
    const found: ProcessFigures[] = [];
    for (let pid = queue.pop(); pid !== undefined && found.length <= most; pid = queue.pop()) {
      if (seen.has(pid)) continue;
      seen.add(pid);
      const figures = readFigures(pid);
      if (figures === undefined) continue;
      found.push(figures);
      queue.push(...readChildren(pid, figures.threads));
    }
    return found;
  }

  /** In a namespace whoever loses its parent becomes a child of the shell; elsewhere it leaves the tree. */
  #strays(): readonly number[] {
    if (this.#root.grip === 'namespace') return [];
    return this.#root.cgroup?.members() ?? readGroup(this.#root.pid);
  }
}
