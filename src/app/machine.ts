import { availableParallelism, totalmem } from 'node:os';
import type { Options } from '../config/options.ts';
import type { ResourceAmounts } from '../core/tasks/task-spec.ts';
import type { ProcessLimits } from '../ports/process-runner.ts';

/** What of this machine counts as there for tasks. What nobody names of storage and network is not limited. */
export function machineWithin(limits: ResourceAmounts): Readonly<{ cpu: number; memory: number }> & ResourceAmounts {
  const { cpu = Infinity, memory = Infinity, ...rest } = limits;
  return { cpu: Math.min(cpu, availableParallelism() * 1_000), memory: Math.min(memory, totalmem()), ...rest };
}

/** What every command is held to, whatever its task declares. */
export function limitsOf({ performance }: Options): ProcessLimits {
  const { memory } = performance.resourceLimits;
  return { outputBytes: performance.outputLimitBytes, ...(memory === undefined ? {} : { memory }) };
}
