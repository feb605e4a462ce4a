import type { CompiledWorkflow, CompileOptions } from '../workflows/compiled-workflow.ts';
import type { Diagnostic } from '../workflows/diagnostics.ts';
import type { UserError } from '../util/user-error.ts';

/** A workflow file that was read: plain data with known positions, not yet checked. */
export type WorkflowFile = Readonly<{
  /** As it was named, for messages. */
  file: string;
  /** Hex; of the bytes of the file. */
  sha256: string;
  /** What `compile` takes. */
  definition: unknown;
  /** A diagnostic with `file:line:column`. */
  locate: (diagnostic: Diagnostic) => UserError;
}>;

/** Reads at most 256 KiB of YAML. Rejects with `UserErrors`: no such file, not YAML, over a limit. */
export type LoadWorkflow = (file: string) => Promise<WorkflowFile>;

/** `compile` for a file. Throws `UserErrors` with every mistake and its `file:line:column`. */
export type CompileWorkflowFile = (
  workflow: WorkflowFile,
  options: CompileOptions,
) => Readonly<{ compiled: CompiledWorkflow; warnings: readonly UserError[] }>;
