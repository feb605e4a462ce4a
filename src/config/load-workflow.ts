import { compile } from '../workflows/compile.ts';
import type { CompiledWorkflow, CompileOptions } from '../workflows/compiled-workflow.ts';
import type { Diagnostic } from '../workflows/diagnostics.ts';
import { UserError, UserErrors } from '../util/user-error.ts';
import { readYamlFile } from './yaml-file.ts';

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

/**
 * Reads a workflow of at most 256 KiB of YAML. `shownAs` is its name in messages. Rejects with `UserErrors`: no
 * such file, not YAML, over a limit.
 */
export async function loadWorkflow(path: string, shownAs: string = path): Promise<WorkflowFile> {
  const { file, sha256, value, at } = await readYamlFile(path, shownAs);
  const locate = ({ code, path: place, target, offset, message, fix }: Diagnostic): UserError =>
    new UserError({ code, at: at(place, target, offset), message, fix });
  return { file, sha256, definition: value, locate };
}

/**
 * `compile` for a file. Throws `UserErrors` with every mistake and its `file:line:column`; gives warnings in the
 * same form. `source` is the name of the file unless it is given.
 */
export function compileWorkflowFile(
  workflow: WorkflowFile,
  options: Omit<CompileOptions, 'source'> & Readonly<{ source?: string }>,
): Readonly<{ compiled: CompiledWorkflow; warnings: readonly UserError[] }> {
  const result = compile(workflow.definition, { source: workflow.file, ...options });
  if (result.ok) return { compiled: result.compiled, warnings: result.warnings.map(workflow.locate) };
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  throw new UserErrors(errors.map(workflow.locate));
}
