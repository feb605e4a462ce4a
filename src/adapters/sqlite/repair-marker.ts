import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Whoever finds the read tables damaged says so here, and the next leader makes them anew. */
function repairPath(storePath: string): string {
  return `${storePath}-repair`;
}

export function wantRepair(storePath: string): void {
  try {
    writeFileSync(repairPath(storePath), '');
  } catch {
    // A full or read-only disk: whoever finds it next says it again.
  }
}

export function isRepairWanted(storePath: string): boolean {
  return existsSync(repairPath(storePath));
}

export function repairIsDone(storePath: string): void {
  rmSync(repairPath(storePath), { force: true });
}
