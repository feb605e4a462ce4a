import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * The same for all processes that share this machine's processors and memory. On Linux that of the running kernel:
 * containers beside each other have the same, and copies of a disk image do not. Elsewhere the machine's name.
 */
export function machineId(): string {
  try {
    return `boot ${readFileSync(BOOT_ID, 'utf8').trim()}`;
  } catch {
    return `name ${hostname()}`;
  }
}
