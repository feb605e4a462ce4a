import { runInNewContext } from 'node:vm';

/** Evaluates a condition as the first design did: as a program. Tells whether it could do more than compare. */
export function runsAsCode(condition: string): boolean {
  const world: Record<string, unknown> = { task_failure_rate: 0.2 };
  runInNewContext(condition, world);
  return Object.keys(world).length > 1;
}
