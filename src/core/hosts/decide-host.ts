import { unreachable } from '../../util/assert.ts';
import { type AgentSpec, type HostSpec, LOCAL_HOST } from '../agents/agent-spec.ts';
import { blockAgent, forgetHost, setHost, unblockAgent } from '../agents/availability.ts';
import type { SwarmEvent } from '../events.ts';
import { endAttempts } from '../health/decide-health.ts';
import type { AgentId } from '../ids.ts';
import type { Context } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import type { HostAgent, HostDescription } from './frames.ts';
import { MAX_HOST_AGENTS, MAX_HOSTS } from './host-limits.ts';
import type { HostEvent, HostInput } from './host.ts';

/** Pure: what happens because of a host's coming and going. */
export function decideHost(swarm: Swarm, input: HostInput, context: Context): Ruling {
  if (input.type === 'host.join') return join(swarm, input.description);
  const { host: name } = input;
  const host = swarm.hosts.get(name);
  if (host === undefined && input.type === 'host.drain') return refuse({ reason: 'host-unknown' });
  // Agents that were busy when it went are taken away once they are not.
  if (host === undefined) return { ok: true, events: removeIdle(swarm, agentsOn(swarm, name), new Set()) };
  switch (input.type) {
    case 'host.drain':
      if (host.drainingBecause !== undefined) return accept();
      return accept({ type: 'host.draining', host: name, reason: input.reason });
    case 'host.lose':
    case 'host.leave': {
      const ended = host.agentIds.flatMap((id) => endAttempts(swarm, id, context));
      const gone: SwarmEvent =
        input.type === 'host.lose'
          ? { type: 'host.lost', host: name, why: input.why }
          : { type: 'host.left', host: name };
      const freed = new Set(ended.flatMap((event) => ('taskId' in event ? [event.taskId] : [])));
      return { ok: true, events: [...ended, gone, ...removeIdle(swarm, host.agentIds, freed)] };
    }
    default:
      return unreachable(input);
  }
}

export function applyHost(swarm: Swarm, event: HostEvent): void {
  switch (event.type) {
    case 'host.joined': {
      const { host: spec, instance, agentIds } = event;
      setHost(swarm, spec);
      swarm.hosts.set(spec.host, { spec, instance, agentIds });
      for (const id of agentIds) {
        unblockAgent(swarm, id, 'lost');
        unblockAgent(swarm, id, 'draining');
      }
      // Where it brings what is reserved on it to another machine, the one that it has left has room.
      swarm.queue.reopen();
      return;
    }
    case 'host.draining': {
      const host = swarm.hosts.get(event.host);
      if (host === undefined) return;
      swarm.hosts.set(event.host, { ...host, drainingBecause: event.reason });
      for (const id of host.agentIds) blockAgent(swarm, id, 'draining');
      return;
    }
    case 'host.lost':
    case 'host.left':
      for (const id of swarm.hosts.get(event.host)?.agentIds ?? []) blockAgent(swarm, id, 'lost');
      swarm.hosts.delete(event.host);
      forgetHost(swarm, event.host);
      return;
    default:
      unreachable(event);
  }
}

/** Whether the agent's attempts outlive the leading process. */
export function isOnHost(swarm: Swarm, id: AgentId): boolean {
  const spec = swarm.registry.agents.get(id)?.spec;
  return spec?.driver === 'remote' && swarm.hosts.has(spec.host);
}

/** The same process may join again and again; nothing happens then. */
function join(swarm: Swarm, description: HostDescription): Ruling {
  const { host: name, instance, agents } = description;
  const known = swarm.hosts.get(name);
  if (known !== undefined && instance < known.instance) return refuse({ reason: 'status-wrong', status: 'replaced' });
  const problems = problemsOf(name, agents);
  if (problems.length > 0) return refuse({ reason: 'host-invalid', problems });
  if (known === undefined && swarm.hosts.size >= MAX_HOSTS) {
    return refuse({ reason: 'limit-reached', limit: 'hosts', most: MAX_HOSTS });
  }
  const specs = agents.map((agent) => specOf(description, agent));
  if (!specs.every((spec) => isWanted(swarm, spec))) return refuse({ reason: 'status-wrong', status: 'not wanted' });
  const isSame = specs.length === known?.agentIds.length && specs.every((spec) => isRegistered(swarm, spec));
  return isSame && known?.instance === instance ? accept() : admit(swarm, description, specs);
}

/** Agents that are described otherwise than before are other agents; one that is busy cannot become another. */
function admit(swarm: Swarm, description: HostDescription, specs: readonly AgentSpec[]): Ruling {
  const { host: name, instance, capacity, pid } = description;
  const isKept = (id: AgentId): boolean => specs.some((spec) => spec.id === id && isRegistered(swarm, spec));
  const stale = agentsOn(swarm, name).filter((id) => !isKept(id));
  const isBusy = stale.some((id) => swarm.registry.tasksOf(id).length > 0);
  if (isBusy) return refuse({ reason: 'status-wrong', status: 'busy' });
  const added = specs.filter(({ id }) => !isKept(id));
  const host: HostSpec = { host: name, ...capacity };
  const agentIds = specs.map(({ id }) => id);
  const events: SwarmEvent[] = stale.map((agentId) => ({ type: 'agent.removed', agentId }));
  events.push({ type: 'host.joined', host, instance, agentIds, ...(pid === undefined ? {} : { pid }) });
  if (added.length > 0) events.push({ type: 'agents.registered', agents: added });
  return { ok: true, events };
}

/** One that serves a single run must have been decided on by its group, or be there already. */
function isWanted({ runs, registry }: Swarm, { id, role, runId }: AgentSpec): boolean {
  if (runId === undefined) return true;
  const run = runs.get(runId);
  return run !== undefined && (run.scale.get(role)?.joining.has(id) === true || registry.agents.has(id));
}

function problemsOf(name: string, agents: readonly HostAgent[]): readonly string[] {
  const problems = agents
    .filter(({ id }) => !id.startsWith(`${name}.`))
    .map(({ id }) => `agent "${id}" is not of "${name}"`);
  if (name === LOCAL_HOST) problems.push(`"${name}" is the leading process`);
  if (agents.length > MAX_HOST_AGENTS)
    problems.push(`${agents.length} agents, but a host has at most ${MAX_HOST_AGENTS}`);
  if (new Set(agents.map(({ id }) => id)).size < agents.length) problems.push('two agents have the same id');
  return problems.slice(0, 5);
}

/** Hosts answer for their agents with their leases: nobody needs to ask them one by one. */
function specOf({ host, runId }: HostDescription, { id, role, capabilities, slots }: HostAgent): AgentSpec {
  const spec = { id, role, driver: 'remote', capabilities, slots, host, supervised: false } as const;
  return runId === undefined ? spec : { ...spec, runId };
}

function isRegistered(swarm: Swarm, spec: AgentSpec): boolean {
  const known = swarm.registry.agents.get(spec.id)?.spec;
  if (known === undefined || known.role !== spec.role || known.slots !== spec.slots) return false;
  return known.capabilities.join('\n') === spec.capabilities.join('\n');
}

function agentsOn({ registry }: Swarm, host: string): readonly AgentId[] {
  return [...registry.agents.values()].flatMap(({ spec }) =>
    spec.host === host && spec.driver === 'remote' ? [spec.id] : [],
  );
}

/** What is still being checked keeps its agent a little longer. */
function removeIdle(swarm: Swarm, ids: readonly AgentId[], freed: ReadonlySet<string>): readonly SwarmEvent[] {
  // Those of a run that has ended have gone with it.
  const idle = ids.filter(
    (id) => swarm.registry.agents.has(id) && swarm.registry.tasksOf(id).every((taskId) => freed.has(taskId)),
  );
  return idle.map((agentId) => ({ type: 'agent.removed', agentId }));
}
