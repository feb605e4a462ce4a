import type { AgentReport } from '../../../core/tasks/attempt.ts';
import type { FunctionCall } from './registered-function.ts';

/** One call, as it crosses to a worker thread. */
export type ToWorker = Readonly<{
  module: string;
  exportName: string;
  data: Pick<FunctionCall, 'input' | 'inputs' | 'needs' | 'task'>;
}>;

/** What a worker thread says about its one call. `cpuMs`: processor time of its thread. */
export type FromWorker =
  | Readonly<{ kind: 'report'; report: AgentReport }>
  | Readonly<{ kind: 'returned'; value: unknown; cpuMs: number }>
  | Readonly<{ kind: 'threw'; message: string; stack?: string; cpuMs: number }>;
