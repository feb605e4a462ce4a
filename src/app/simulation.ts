import type { Strategy } from '../core/agents/registry.ts';
import { simulateWork, type Simulated, type SimulatedGroup, type SimulationOptions } from '../simulation/forecast.ts';
import { VirtualRefusal } from '../simulation/virtual-swarm.ts';
import { nearestName } from '../util/nearest-name.ts';
import { type UserError, UserErrors, userError } from '../util/user-error.ts';
import type { SimulationSource } from './simulation-source.ts';

export { runSource, workflowSource, type SimulationSource } from './simulation-source.ts';
export type { Strategy } from '../core/agents/registry.ts';
export type { Simulated, SimulatedEstimates, SimulationOptions } from '../simulation/forecast.ts';

/** A number of agents that can do everything, or numbers by role; absent: as the source has them. */
export type AgentsAsked = number | ReadonlyMap<string, number> | undefined;

export const STRATEGIES: readonly Strategy[] = ['adaptive', 'capability-based', 'least-loaded', 'round-robin'];
/** Agents where nobody says how many. */
const USUAL_AGENTS = 4;
const MOST_AGENTS = 100_000;
/** Agents that `compare` goes up to by doubling. */
const MOST_COMPARED = 4_096;
/** Where what is wrong with the agents that were asked for stands. */
const AT_FLAG = '--agents';
/** Twice the agents and less than this part faster: more would buy nothing. */
const WORTH = 0.01;

/** Who does the work: everything that is wrong with what was asked, at once. */
export function agentsFor({ work, groups }: SimulationSource, asked: AgentsAsked): SimulationOptions['agents'] {
  if (typeof asked === 'number') return checkedCount(asked);
  const isStaffed = groups.some(({ count }) => count > 0);
  if (asked === undefined && !isStaffed) return USUAL_AGENTS;
  const problems: UserError[] = [];
  const roles = new Set(groups.map(({ role }) => role));
  for (const role of asked?.keys() ?? []) {
    if (roles.has(role)) continue;
    const near = nearestName(role, roles);
    const fix = `${near === undefined ? '' : `Did you mean "${near}"? `}There are: ${[...roles].slice(0, 20).join(', ')}.`;
    problems.push(mistake(`There is no role "${role}" in ${work.name}.`, fix));
  }
  const sized = groups.map((group) => ({ ...group, count: asked?.get(group.role) ?? group.count }));
  const staffed = sized.filter(({ count }) => count > 0);
  problems.push(...findIdle(work.tasks, staffed, asked === undefined ? work.name : AT_FLAG));
  const total = sizeOf(staffed);
  if (total > MOST_AGENTS) problems.push(mistake(`${total} agents are more than ${MOST_AGENTS}.`, 'Ask for fewer.'));
  if (problems.length > 0) throw new UserErrors(problems);
  return staffed;
}

function sizeOf(groups: readonly SimulatedGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function checkedCount(agents: number): number {
  if (Number.isInteger(agents) && agents >= 1 && agents <= MOST_AGENTS) return agents;
  throw mistake(`${agents} is no number of agents.`, `Give a whole number from 1 to ${MOST_AGENTS}.`);
}

/** Kinds of work that are named of all that nobody can do. */
const MOST_IDLE = 10;

/** What tasks ask for that none of these groups, all with agents, has. */
function findIdle(
  tasks: SimulationSource['work']['tasks'],
  groups: readonly SimulatedGroup[],
  place: string,
): readonly UserError[] {
  const asked = new Map<string, Pick<(typeof tasks)[number], 'requires' | 'name'>>();
  for (const { requires, name } of tasks) {
    const words = requires.join(', ');
    if (!asked.has(words)) asked.set(words, { requires, name });
  }
  // Kinds and groups may both be many, and mostly one group alone has the capability of a kind.
  const owners = groups.flatMap((group) => group.capabilities.map((capability) => ({ capability, group })));
  const able = Map.groupBy(owners, ({ capability }) => capability);
  const nobody = [...asked].filter(([, { requires }]) => {
    const [first] = requires;
    const those = first === undefined ? groups : (able.get(first) ?? []).map(({ group }) => group);
    return !those.some(({ capabilities }) => requires.every((one) => capabilities.includes(one)));
  });
  const fix = 'Give its role an agent, or write --agents N for agents that can do everything.';
  const problems = nobody.slice(0, MOST_IDLE).map(([words, { name }]) => {
    return mistake(`No agent can do what task "${name}" asks for: ${words}.`, fix, place);
  });
  const more = nobody.length - problems.length;
  return more > 0 ? [...problems, mistake(`No agent can do ${more} more kinds of work.`, fix, place)] : problems;
}

function mistake(message: string, fix: string, place = AT_FLAG): UserError {
  return userError({ code: 'SIMULATE_AGENTS', at: place, message, fix });
}

/** One simulation; what the core does not take of the graph is a mistake in the source. */
export async function simulateSource(source: SimulationSource, options: SimulationOptions): Promise<Simulated> {
  try {
    return await simulateWork(source.work, options);
  } catch (error) {
    if (!(error instanceof VirtualRefusal)) throw error;
    const fix = 'Mend the graph.';
    throw new UserErrors(
      error.problems.map((problem) =>
        userError({ code: 'SIMULATE_GRAPH', at: source.work.name, message: `The graph cannot run: ${problem}.`, fix }),
      ),
    );
  }
}

/**
 * Several numbers of agents, each with every strategy: 1, 2, 4 … until more agents buy nothing, or ¼ to 4 times groups.
 * @yields each simulation
 */
export async function* compareAgents(
  source: SimulationSource,
  options: SimulationOptions,
): AsyncGenerator<Simulated, void, undefined> {
  let before = Infinity;
  for (const agents of numbersOf(options.agents)) {
    let best = Infinity;
    for (const strategy of STRATEGIES) {
      const one = await simulateSource(source, { ...options, agents, strategy });
      best = Math.min(best, one.makespanMs);
      yield one;
    }
    if (best === 0) return;
    // A number that was asked for stands between two others, and says little of what more agents buy.
    if (typeof agents !== 'number' || !Number.isInteger(Math.log2(agents))) continue;
    if (best > before * (1 - WORTH)) return;
    before = best;
  }
}

function numbersOf(agents: SimulationOptions['agents']): readonly SimulationOptions['agents'][] {
  if (typeof agents !== 'number') {
    const factors = [0.25, 0.5, 1, 2, 4];
    const all = factors
      .map((factor) => agents.map((group) => ({ ...group, count: Math.max(1, Math.round(group.count * factor)) })))
      .filter((groups) => sizeOf(groups) <= MOST_AGENTS);
    const sizes = all.map((groups) => groups.map(({ count }) => count).join());
    return all.filter((_, place) => sizes.indexOf(sizes[place] ?? '') === place);
  }
  const doubled = Array.from({ length: Math.log2(MOST_COMPARED) + 1 }, (_, power) => 2 ** power);
  return [...new Set([...doubled, agents])].toSorted((one, other) => one - other);
}
