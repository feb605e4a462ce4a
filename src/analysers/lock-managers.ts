import { posix } from 'node:path';

const MANAGERS: Readonly<Record<string, string>> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'yarn.lock': 'yarn',
  'pnpm-lock.yaml': 'pnpm',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

/** The package manager that writes a lock file; undefined where it is none of JavaScript. */
export function managerOf(path: string): string | undefined {
  const name = posix.basename(path);
  return Object.hasOwn(MANAGERS, name) ? MANAGERS[name] : undefined;
}

/** Those that another manager wrote than the one that the manifest names: `pnpm@9.1.0`. */
export function strayLocks(paths: readonly string[], packageManager: string | undefined): readonly string[] {
  const asked = packageManager?.split('@')[0];
  const own = paths.filter((path) => managerOf(path) === asked);
  return asked === undefined || own.length === 0 ? [] : paths.filter((path) => !own.includes(path));
}
