import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** The folder below which this process may make cgroups, or why it may not. */
export type CgroupHome = Readonly<{ ok: true; folder: string }> | Readonly<{ ok: false; reason: string }>;

/** Looks for cgroup version 2 with `cgroup.kill`, writable by us. Leaves nothing behind. */
export function findCgroupHome(): CgroupHome {
  const mount = MOUNTS.find(
    (folder) => existsSync(`${folder}/cgroup.procs`) && existsSync(`${folder}/cgroup.controllers`),
  );
  if (mount === undefined) return { ok: false, reason: 'cgroup version 2 is not mounted' };
  try {
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const folder = `${mount}${own === '/' ? '' : own}`;
    const cgroup = Cgroup.create(folder, 'probe');
    const canKill = existsSync(`${cgroup.folder}/cgroup.kill`);
    rmdirSync(cgroup.folder);
    return canKill ? { ok: true, folder } : { ok: false, reason: 'this kernel has no cgroup.kill (Linux 5.14 has)' };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** One cgroup for one process tree. */
export class Cgroup {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static create(home: string, name: string): Cgroup {
    const folder = `${home}/waggle-${process.pid}-${name}`;
    mkdirSync(folder);
    return new Cgroup(folder);
  }

  /** Ends every process in it at once. */
  kill(): void {
    try {
      writeFileSync(`${this.folder}/cgroup.kill`, '1');
    } catch {
      // Already removed: then nothing is in it.
    }
  }

  /** Process ids of everything in it. */
  members(): readonly number[] {
    try {
      return readFileSync(`${this.folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }

  /** Processor time of everything that ever ran in it, ms. */
  cpuMs(): number {
    try {
      const usage = /^usage_usec (\d+)$/m.exec(readFileSync(`${this.folder}/cpu.stat`, 'utf8'))?.[1];
      return Math.round(Number(usage ?? 0) / 1_000);
    } catch {
      return 0;
    }
  }

  /** Resolves when nothing is left in it and it is removed; gives up after `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.kill();
    const untilMs = performance.now() + withinMs;
    while (!this.#remove() && performance.now() < untilMs) await delay(2);
  }

  #remove(): boolean {
    try {
      rmdirSync(this.folder);
      return true;
    } catch {
      // Busy while its last processes end.
      return !existsSync(this.folder);
    }
  }
}
