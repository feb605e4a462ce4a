import { agentId, type RunId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { isEnded, isWorking } from '../tasks/task.ts';
import type { DeadRecipient, MessageSpec } from './message.ts';

/** Who gets a message, decided once, when it is sent: who comes later does not get it. Undefined: there is nobody of that name. */
export type Recipients = Readonly<{ live: readonly string[]; gone: readonly DeadRecipient[] }>;

const USER = /^user:[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

export function isUserAddress(address: string): boolean {
  return USER.test(address);
}

/** Nobody gets his own broadcast or topic message back; who writes to himself by name does. */
export function recipientsOf(swarm: Swarm, run: Run, from: string, spec: MessageSpec): Recipients | undefined {
  const { to = '', topic } = spec;
  if (topic !== undefined) return several(run.mail?.topics.subscribersOf(topic) ?? [], from);
  if (to === 'all') return several(runningTasks(swarm, run), from);
  if (to.startsWith('role:')) return agentsOfRole(swarm, run, from, to.slice('role:'.length));
  return oneRecipient(swarm, run, to);
}

/** The agent that does the task which sends, as far as it is one. */
export function agentBehind(swarm: Swarm, run: Run, from: string): string | undefined {
  const id = from.startsWith('task:') ? run.graph.idOf(from.slice('task:'.length)) : undefined;
  const task = id === undefined ? undefined : swarm.tasks.get(id);
  return task !== undefined && isWorking(task) ? `agent:${task.agentId}` : undefined;
}

function several(addresses: readonly string[], from: string): Recipients {
  return { live: addresses.filter((address) => address !== from), gone: [] };
}

/** By position: in which order they began is in no snapshot. */
function runningTasks({ tasks }: Swarm, { active }: Run): readonly string[] {
  return [...active]
    .flatMap((id) => tasks.get(id)?.identity ?? [])
    .sort((one, other) => one.index - other.index)
    .map(({ spec }) => `task:${spec.name}`);
}

function agentsOfRole(swarm: Swarm, run: Run, from: string, role: string): Recipients | undefined {
  const found: string[] = [];
  for (const { spec } of swarm.registry.agents.values()) {
    if (spec.role === role && mayServe(spec.runId, run.id)) found.push(`agent:${spec.id}`);
  }
  if (found.length === 0) return undefined;
  return several(found, agentBehind(swarm, run, from) ?? from);
}

function oneRecipient(swarm: Swarm, run: Run, to: string): Recipients | undefined {
  if (isUserAddress(to)) return { live: [to], gone: [] };
  if (to.startsWith('agent:')) return oneAgent(swarm, run, to.slice('agent:'.length));
  const id = to.startsWith('task:') ? run.graph.idOf(to.slice('task:'.length)) : undefined;
  const task = id === undefined ? undefined : swarm.tasks.get(id);
  if (task === undefined) return undefined;
  return isEnded(task) ? { live: [], gone: [{ address: to, why: 'recipient-gone' }] } : { live: [to], gone: [] };
}

/** Agents of a run are called `<run>/<name>`: inside it the name is enough. */
function oneAgent({ registry }: Swarm, run: Run, name: string): Recipients | undefined {
  for (const id of [name, `${run.id}/${name}`]) {
    const agent = registry.agents.get(agentId(id));
    if (agent !== undefined && mayServe(agent.spec.runId, run.id)) return { live: [`agent:${id}`], gone: [] };
  }
  return undefined;
}

function mayServe(agentRun: RunId | undefined, runId: RunId): boolean {
  return agentRun === undefined || agentRun === runId;
}
