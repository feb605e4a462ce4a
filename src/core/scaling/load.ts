import type { Agent } from '../agents/agent-class.ts';
import type { ScalingRules } from './scale-group.ts';

/** What was measured of one agent, permille. Absent is unknown, and counts for nothing. */
export type LoadSample = Readonly<{ cpu?: number; memory?: number; mailbox?: number }>;

/** Of a group at one instant. With no agents the average is 0: nobody is loaded. */
export type GroupLoad = Readonly<{ agents: number; averagePermille: number; hot: number }>;

/** Source: docs/semantics.md, Scaling. */
const MAX_CPU = 800;
const MAX_MEMORY = 850;
const MAX_MAILBOX = 900;

/** max(slots used, cpu, memory, mailbox fill), permille. */
export function loadOf({ used, spec }: Agent, { cpu = 0, memory = 0, mailbox = 0 }: LoadSample = {}): number {
  return Math.max(Math.round((1_000 * used) / spec.slots), cpu, memory, mailbox);
}

export function summarise(loads: readonly number[], { hotPermille }: ScalingRules): GroupLoad {
  const agents = loads.length;
  if (agents === 0) return { agents, averagePermille: 0, hot: 0 };
  const sum = loads.reduce((total, load) => total + load, 0);
  return { agents, averagePermille: Math.round(sum / agents), hot: loads.filter((load) => load > hotPermille).length };
}

/** What an agent has too much of. */
export type Overload = 'cpu' | 'memory' | 'mailbox';

export function overloadOf({ cpu = 0, memory = 0, mailbox = 0 }: LoadSample): Overload | undefined {
  if (cpu > MAX_CPU) return 'cpu';
  if (memory > MAX_MEMORY) return 'memory';
  return mailbox > MAX_MAILBOX ? 'mailbox' : undefined;
}
