import type { TaskSpec } from '../tasks/task-spec.ts';

/** What a task asks for besides an agent: files, and a budget. Those with the same key in a run wait for the same. */
export function groupKeyOf(spec: TaskSpec): string {
  const { grant, writes } = spec;
  if (writes === undefined) return grant === undefined ? '' : budgetKeyOf(spec);
  return JSON.stringify([budgetKeyOf(spec), writes.toSorted()]);
}

/** What a task asks of whose budget. */
export function budgetKeyOf({ name, grant, delegate, child }: TaskSpec): string {
  if (grant === undefined) return '';
  // Another parent may pay for it; and what its sub-tasks may spend is reserved with its first attempt only.
  return JSON.stringify([grant, child?.parent, delegate === undefined ? undefined : name]);
}
