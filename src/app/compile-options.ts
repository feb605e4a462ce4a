import type { Config } from '../config/load-config.ts';
import type { CompileOptions } from '../workflows/compiled-workflow.ts';

/** What the configuration says about every workflow that is compiled. */
export function compileOptionsOf({ options, agents }: Config): Omit<CompileOptions, 'source'> {
  const { budgets, coordination, faultTolerance, performance, security, workspaces } = options;
  return {
    localAgents: coordination.maxAgents,
    maxTasks: coordination.maxTasksPerRun,
    agents,
    hasApprovers: coordination.approvers.length > 0,
    ...(coordination.autoScaling === 'on'
      ? { scale: { min: coordination.minAgents, max: coordination.maxAgents } }
      : {}),
    envFrom: security.passEnvironment,
    verifySetup: workspaces.setup,
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
  };
}
