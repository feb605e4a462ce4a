import { reservationOf } from '../resources/reservation-of.ts';
import type { Agent } from '../agents/agent-class.ts';
import { agentId, type AgentId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { ScaleGroup, ScaleState } from './scale-group.ts';

/** Agents of the group that are registered, those that leave included. */
export function agentsOf({ registry }: Swarm, run: Run, role: string): readonly Agent[] {
  return registry.ofRun(run.id).flatMap((id) => {
    const agent = registry.agents.get(id);
    return agent === undefined || agent.spec.role !== role ? [] : [agent];
  });
}

/** Agents of the group that are there to stay. */
export function stayingOf(swarm: Swarm, run: Run, { group, leaving }: ScaleState): readonly Agent[] {
  return agentsOf(swarm, run, group.role).filter(({ spec }) => !leaving.has(spec.id));
}

/** It may be given work, or would be if it had less to do. */
export function isAble({ blocked }: Agent): boolean {
  return blocked.size === 0 || (blocked.size === 1 && blocked.has('overloaded'));
}

/** Everything that must exist now, for whoever makes agents: those that leave stay until they are done. */
export function wantedOf(swarm: Swarm, run: Run, state: ScaleState): readonly AgentId[] {
  // One whose host has joined is registered before what came of making it is known.
  return [...new Set([...agentsOf(swarm, run, state.group.role).map(({ spec }) => spec.id), ...state.joining])];
}

/** `count` ids that no agent of the group has had. One in a process of its own is the first agent of that host. */
export function nextIds(run: Run, { group, lastNumber }: ScaleState, count: number): readonly AgentId[] {
  return Array.from({ length: count }, (_, index) => {
    const number = lastNumber + index + 1;
    return agentId(
      group.driver === 'remote' ? `${hostName(run, group, number)}.1` : `${run.id}/${group.role}-${number}`,
    );
  });
}

/** The number that the agent of a group has in its id. */
export function numberOf(id: AgentId): number {
  return Number(NUMBER.exec(id)?.[1] ?? 0);
}

const NUMBER = /-(\d{1,15})(?:\.1)?$/;
/** Of a host's name. */
const MAX_HOST_NAME = 64;

/** Short enough for a host: where the group's name is too long, its place among the groups stands for it. */
function hostName(run: Run, { role }: ScaleGroup, number: number): string {
  const name = `${run.id}.${role}-${number}`;
  return name.length <= MAX_HOST_NAME ? name : `${run.id}._${[...run.scale.keys()].indexOf(role)}-${number}`;
}

/** Agents of scalable groups of all runs, those that are being made included. */
export function scaledAgents(swarm: Swarm): number {
  let count = 0;
  for (const run of swarm.runs.values()) {
    for (const state of run.scale.values()) count += stayingOf(swarm, run, state).length + state.joining.size;
  }
  return count;
}

/** Ready tasks that an agent more of the group could take at once, counted up to `most`. */
export function waitingFor(swarm: Swarm, run: Run, group: ScaleGroup, most: number): number {
  if (run.counts.ready === 0 || run.pausedBecause !== undefined || run.ending !== undefined) return 0;
  const atOnce = Math.max(0, (run.spec.budget.agents ?? Infinity) - run.active.size);
  const enough = Math.min(most, atOnce);
  const can = new Set(group.capabilities);
  let count = 0;
  for (let index = 0; index < run.graph.size && count < enough; index++) {
    const { id, spec } = run.graph.identity(index);
    if (swarm.tasks.get(id)?.status !== 'ready' || !spec.requires.every((name) => can.has(name))) continue;
    if (swarm.capacity.check(group.host, reservationOf(spec)) === 'fits') count++;
  }
  return count;
}
