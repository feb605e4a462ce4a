import { compileOptionsOf } from '../app/compile-options.ts';
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
  config: Config,
  { input = {}, budget }: RunFlags,
): ReturnType<typeof compileWorkflowFile> {
  const flags = { inputTexts: input, ...(budget === undefined ? {} : { budget }) };
  return compileWorkflowFile(workflow, { ...compileOptionsOf(config), ...flags });
}
