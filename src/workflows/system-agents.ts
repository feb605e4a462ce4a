import type { AgentGroup } from './compiled-workflow.ts';
import type { WorkflowDefinition } from './definition.ts';

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
