import type { AgentRecord, RunArchive } from '../../app/views.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { userError, type UserError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { agentName } from '../render/run-screen.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** `waggle agents list` */
export function agentsList(cli: Cli, options: Readonly<{ all?: true }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = project.archive();
    const known = (archive?.agents() ?? []).filter((record) => options.all === true || isHere(record, archive));
    const agents = withHosts(known, archive);
    for (const agent of agents) cli.out.json(agentData(agent));
    const groups = scaledGroups(archive, agents);
    for (const group of groups) cli.out.json({ type: 'group', ...group });
    if (agents.length > 0) cli.out.result(...agentTable(agents, cli.out.columns), ...groupLines(groups));
    else if (groups.length > 0) cli.out.result(...groupLines(groups));
    else cli.out.result('No agents now. A run brings its own: waggle run <workflow>; --all shows those of ended runs.');
    return EXIT.ok;
  });
}

/** `waggle agents show` */
export function agentsShow(cli: Cli, id: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    for (const record of withHosts(findAgents(archive, id), archive)) {
      cli.out.json(agentData(record));
      cli.out.result(...agentLines(record));
    }
    return EXIT.ok;
  });
}

const HOST_EVENTS = ['host.draining', 'host.joined', 'host.left', 'host.lost'] as const;
/** A host has far fewer events than attempts. */
const MAX_HOST_EVENTS = 2_000;

/** Agents of a host that drains take nothing new either. */
function withHosts(agents: readonly AgentRecord[], archive: RunArchive | undefined): readonly AgentRecord[] {
  if (!agents.some((record) => isRemote(record) && !record.removed)) return agents;
  const reasons = new Map<string, string | undefined>();
  for (const { event } of archive?.newest(HOST_EVENTS, MAX_HOST_EVENTS) ?? []) {
    const name = 'host' in event && typeof event.host === 'string' ? event.host : undefined;
    const reason = event.type === 'host.draining' ? event.reason : undefined;
    // The newest counts; a host that joins names itself with all that it offers.
    const host = event.type === 'host.joined' ? event.host.host : name;
    if (host !== undefined && !reasons.has(host)) reasons.set(host, reason);
  }
  return agents.map((record) => {
    const draining = record.removed ? undefined : reasons.get(record.agent.host);
    return draining === undefined ? record : { ...record, draining };
  });
}

/** Throws when there is none. */
export function findAgents(archive: RunArchive, id: string): readonly AgentRecord[] {
  const agents = archive.agents();
  const found = agents.filter(({ agent }) => agent.id === id);
  if (found.length === 0) throw unknown(id, agents);
  return found;
}

/** Agents of a run are gone when it has ended. */
function isHere({ agent, removed }: AgentRecord, archive: RunArchive | undefined): boolean {
  const hasEnded = agent.runId !== undefined && archive?.run(agent.runId)?.outcome !== undefined;
  return !removed && !hasEnded;
}

/** A group whose number of agents follows the work, as it stands. `load`: share of its slots in use, percent. */
type ScaledGroup = Readonly<{
  run: string;
  role: string;
  agents: number;
  min: number;
  max: number;
  load: number | null;
}>;

/** Of open runs only: a group ends with its run. */
function scaledGroups(archive: RunArchive | undefined, records: readonly AgentRecord[]): readonly ScaledGroup[] {
  const runs = archive?.runs({ states: ['running', 'paused', 'waiting'] }) ?? [];
  return runs.flatMap(({ runId, run }) =>
    (run.scale ?? []).map(({ role, min, max }) => {
      const own = records.filter(({ agent, removed }) => !removed && agent.runId === runId && agent.role === role);
      const slots = own.reduce((sum, { agent }) => sum + agent.slots, 0);
      const used = own.reduce((sum, { running }) => sum + running, 0);
      const load = slots === 0 ? null : Math.round((100 * used) / slots);
      return { run: runId, role, agents: own.length, min, max, load };
    }),
  );
}

function groupLines(groups: readonly ScaledGroup[]): readonly string[] {
  return groups.map(({ run, role, agents, min, max, load }) => {
    const words = load === null ? 'nobody to load' : `load ${load} %`;
    return `${visible(role)}: ${agents} of ${min} to ${max} agents, ${words}  (${run}; the number follows the work)`;
  });
}

function unknown(id: string, agents: readonly AgentRecord[]): UserError {
  const near = nearestName(
    id,
    agents.map(({ agent }) => agent.id),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `There is no agent "${id}".`;
  return userError({ code: 'AGENT_UNKNOWN', message, fix: `See: waggle agents list --all.${hint}` });
}

function agentData(record: AgentRecord): Readonly<Record<string, unknown>> {
  const { agent, running, ...figures } = record;
  const { id, runId, ...rest } = agent;
  const load = loadOf({ agent, running });
  return { type: 'agent', agent: id, run: runId, ...rest, running, load, ...figures };
}

/** In a few words: whether it gets work, and why not. */
function conditionOf({ removed, health, breaker, draining }: AgentRecord): string {
  if (removed) return 'gone';
  if (draining !== undefined) return `draining: ${visible(draining)}`;
  if (health?.isStopped === true) return 'stopped';
  if (breaker !== undefined) return `breaker ${breaker}`;
  return health === undefined ? 'well' : `${health.status}: ${health.causes.join(', ')}`;
}

/** Share of its slots in use, percent. */
function loadOf({ agent, running }: Pick<AgentRecord, 'agent' | 'running'>): number {
  return Math.round((100 * running) / agent.slots);
}

function agentTable(agents: readonly AgentRecord[], columns: number): readonly string[] {
  // Most projects have one machine and one process: a column that says nothing is left out.
  const hasHosts = new Set(agents.map(({ agent }) => agent.host)).size > 1 || agents.some(isRemote);
  const rows = agents.map(({ agent, running, succeeded, failed, ...record }) => [
    agentName(agent.id, agent.runId ?? ''),
    agent.driver,
    conditionOf({ agent, running, succeeded, failed, ...record }),
    `${running}/${agent.slots}`,
    `${loadOf({ agent, running })} %`,
    String(succeeded),
    String(failed),
    ...(hasHosts ? [visible(agent.host)] : []),
    agent.runId ?? '',
    visible(agent.capabilities.join(' ')),
  ]);
  const heads = [
    { title: 'agent', least: 8 },
    { title: 'driver' },
    { title: 'is' },
    { title: 'busy', align: 'right' },
    { title: 'load', align: 'right' },
    { title: 'done', align: 'right' },
    { title: 'failed', align: 'right' },
    ...(hasHosts ? [{ title: 'host' }] : []),
    { title: 'run' },
    { title: 'can' },
  ] as const;
  return table(heads, rows, columns);
}

function isRemote({ agent }: AgentRecord): boolean {
  return agent.driver === 'remote';
}

function agentLines({ agent, running, succeeded, failed, ...record }: AgentRecord): readonly string[] {
  const lines = [
    `${visible(agent.id)}  ${conditionOf({ agent, running, succeeded, failed, ...record })}`,
    `  role          ${visible(agent.role)}`,
    `  driver        ${agent.driver}`,
    `  capabilities  ${visible(agent.capabilities.join(', '))}`,
    `  busy          ${running} of ${agent.slots} (load ${loadOf({ agent, running })} %)`,
    `  attempts      ${succeeded} succeeded, ${failed} failed`,
    `  host          ${visible(agent.host)}`,
  ];
  return agent.runId === undefined ? lines : [...lines, `  serves        run ${agent.runId}`];
}
