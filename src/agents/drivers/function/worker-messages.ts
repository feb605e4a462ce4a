import type { WhyNot } from '../../../core/hosts/frames.ts';
import type { AgentReport } from '../../../core/tasks/attempt.ts';
import type { FunctionCall } from './registered-function.ts';

/** One call, as it crosses to a worker thread. */
export type CallRequest = Readonly<{
  module: string;
  exportName: string;
  data: Pick<FunctionCall, 'input' | 'inputs' | 'needs' | 'task'>;
}>;

/** `call` counts the calls of one thread: what still comes from an earlier one is no part of the next. */
export type ToWorker =
  | Readonly<{ kind: 'call'; call: number; request: CallRequest }>
  | Readonly<{ kind: 'answer'; call: number; id: number; value: unknown }>
  | (Readonly<{ kind: 'failed'; call: number; id: number }> & WhyNot);

/** What a worker thread says about its one call. `cpuMs`: processor time of its thread. */
export type FromWorker =
  /** The first word of every call. */
  | Readonly<{ kind: 'begun'; call: number }>
  | Readonly<{ kind: 'report'; call: number; report: AgentReport }>
  /** `ability`: what of `FunctionCall` it asks. `canGiveUp`: a `give-up` for it may follow. */
  | Readonly<{
      kind: 'ask';
      call: number;
      id: number;
      ability: 'memory' | 'messages' | 'proposals' | 'tasks';
      question: string;
      given: unknown;
      canGiveUp?: true;
    }>
  | Readonly<{ kind: 'give-up'; call: number; id: number }>
  | Readonly<{ kind: 'returned'; value: unknown; cpuMs: number }>
  | Readonly<{ kind: 'threw'; message: string; stack?: string; cpuMs: number }>;
