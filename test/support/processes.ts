import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Process ids of everything on this machine whose command line holds `text`, zombies not included. */
export function processesWith(text: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => commandLineOf(pid).includes(text)).map(Number);
}

/** Resolves with what is left when there is nothing left or the time is over. */
export async function leftAfter(text: string, withinMs: number): Promise<readonly number[]> {
  const untilMs = performance.now() + withinMs;
  let left = processesWith(text);
  while (left.length > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    left = processesWith(text);
  }
  return left;
}

/** Resolves when at least `count` processes hold `text` in their command line; rejects after 60 s. */
export async function untilThere(text: string, count: number): Promise<void> {
  const untilMs = performance.now() + 60_000;
  while (processesWith(text).length < count) {
    if (performance.now() > untilMs) throw new Error(`${processesWith(text).length} of ${count} processes are there.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Process ids of everything on this machine that works in `folder` or below, zombies not included. */
export function processesIn(folder: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => `${folderOf(pid)}/`.startsWith(`${folder}/`)).map(Number);
}

/** Resolves with what still works in `folder` when there is nothing left or the time is over. */
export async function leftIn(folder: string, withinMs: number): Promise<readonly number[]> {
  const untilMs = performance.now() + withinMs;
  while (processesIn(folder).length > 0 && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return processesIn(folder);
}

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
