import type { AgentGroup } from './compiled-workflow.ts';
import type { WorkflowDefinition } from './definition.ts';
import type { Findings } from './diagnostics.ts';

/** Functions of Waggle itself that a task may name, and the role of the agent that does it. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['waggle.coordinator', 'system.coordinator'],
  ['waggle.monitor', 'system.monitor'],
]);

export const SYSTEM_NAMES: readonly string[] = [...ROLES.keys()];

/** The role of the system agent that a function needs; undefined for functions of others. */
export function systemRole(name: string | undefined): string | undefined {
  return name === undefined ? undefined : ROLES.get(name);
}

/** Ends when all other tasks have ended: who needs it would wait for ever, and so would it. */
const LAST = 'waggle.monitor';

/** Tasks that could never begin because they need what ends after them. */
export function checkSystemNeeds({ tasks }: WorkflowDefinition, findings: Findings): void {
  const last = new Set(Object.keys(tasks).filter((name) => tasks[name]?.function === LAST));
  if (last.size === 0) return;
  for (const [name, { needs = [] }] of Object.entries(tasks)) {
    for (const [index, need] of needs.entries()) {
      if (!last.has(need)) continue;
      const message = `Task "${name}" needs "${need}", but ${LAST} ends only when all other tasks have ended.`;
      const fix = 'Take the need out; what it has seen comes as messages to monitor.*, and stands in its outputs.';
      findings.error({ code: 'WORKFLOW_ENDLESS', path: ['tasks', name, 'needs', index], message, fix });
    }
  }
}

/** An agent for each system function that the workflow names: who watches must not stand in the way of those that work. */
export function systemGroups({ tasks }: WorkflowDefinition): readonly AgentGroup[] {
  const named = new Set(Object.values(tasks).map((task) => task.function));
  return [...ROLES].flatMap(([name, role]) =>
    named.has(name)
      ? [
          {
            role,
            driver: 'function' as const,
            count: 1,
            capabilities: [`function:${name}`, `agent:${role}`],
            slots: 100,
          },
        ]
      : [],
  );
}
