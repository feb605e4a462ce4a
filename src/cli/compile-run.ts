import type { Config } from '../config/load-config.ts';
import { compileWorkflowFile, type WorkflowFile } from '../config/load-workflow.ts';
import type { BudgetFlags } from './program/values.ts';

export type RunFlags = Readonly<{
  agents?: number;
  input?: Readonly<Record<string, string>>;
  budget?: BudgetFlags;
}>;

/** A workflow file with the project's options and the flags of this call. Throws `UserErrors` with every mistake. */
export function compileRun(
  workflow: WorkflowFile,
  { options, agents }: Config,
  flags: RunFlags,
): ReturnType<typeof compileWorkflowFile> {
  const { faultTolerance, budgets, performance } = options;
  return compileWorkflowFile(workflow, {
    inputTexts: flags.input ?? {},
    localAgents: options.coordination.maxAgents,
    maxTasks: options.coordination.maxTasksPerRun,
    agents,
    envFrom: options.security.passEnvironment,
    verifySetup: options.workspaces.setup,
    ...(flags.budget === undefined ? {} : { budget: flags.budget }),
    defaults: {
      timeoutMs: faultTolerance.taskTimeoutMs,
      retry: {
        maxAttempts: faultTolerance.maxAttempts,
        firstDelayMs: faultTolerance.retryFirstDelayMs,
        maxDelayMs: faultTolerance.retryMaxDelayMs,
      },
      budget: {
        ...(budgets.wallMs === undefined ? {} : { wallMs: budgets.wallMs }),
        ...(budgets.attempts === undefined ? {} : { attempts: budgets.attempts }),
        ...(performance.maxConcurrency === undefined ? {} : { agents: performance.maxConcurrency }),
      },
    },
  });
}
