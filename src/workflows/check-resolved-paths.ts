import type { Scope } from '../core/expressions/evaluate.ts';
import { resolveText } from '../core/expressions/template.ts';
import type { JsonObject } from '../core/json.ts';
import { PATH_FIX, pathProblem } from './check-task.ts';
import type { DefinitionPath, Findings } from './diagnostics.ts';
import type { TaskNode } from './expand-tasks.ts';

type Place = Readonly<{ text: string; path: DefinitionPath }>;

/** Paths that hold `${{ }}`: what comes of them with the inputs and cells of this run must be below the project as well. */
export function checkResolvedPaths(nodes: readonly TaskNode[], inputs: JsonObject, findings: Findings): void {
  const told = new Set<string>();
  for (const { base, task, cell } of nodes) {
    const scope: Scope = { runId: '', inputs, ...(cell === undefined ? {} : { matrix: cell }), task: () => undefined };
    for (const { text, path } of placesOf(task)) {
      const resolved = resolveText(text, scope);
      const problem = resolved.ok ? pathProblem(resolved.value) : undefined;
      if (!resolved.ok || problem === undefined) continue;
      const message = `${JSON.stringify(text)} is ${JSON.stringify(resolved.value)} in this run, which ${problem}.`;
      const key = [base, ...path, message].join('\n');
      if (told.has(key)) continue;
      told.add(key);
      findings.error({ code: 'WORKFLOW_PATH', path: ['tasks', base, ...path], message, fix: PATH_FIX });
    }
  }
}

function placesOf({ writes = [], outputs = {} }: TaskNode['task']): readonly Place[] {
  const places = writes.map((text, index): Place => ({ text, path: ['writes', index] }));
  for (const [name, output] of Object.entries(outputs)) {
    if ('file' in output) places.push({ text: output.file, path: ['outputs', name, 'file'] });
  }
  return places.filter(({ text }) => text.includes('${{'));
}
