import { createHash } from 'node:crypto';
import { type AgentSpec, LOCAL_HOST } from '../core/agents/agent-spec.ts';
import { agentId, type RunId, runId } from '../core/ids.ts';
import type { RunInput } from '../core/inputs.ts';
import type { ScaleGroup } from '../core/scaling/scale-group.ts';
import type { Random } from '../ports/random.ts';
import type { AgentGroup, Submission } from './coordinator.ts';

export type RunSubmit = Extract<RunInput, { type: 'run.submit' }>;

const MAX_NAME_CHARS = 40;
const RANDOM_CHARS = 6;

/** `release-4k7x2q`: the workflow's name, so that a list can be read, and enough chance to be unique in a store. */
export function newRunId(name: string, random: Random): RunId {
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME_CHARS)
    .replaceAll(/^-+|-+$/g, '');
  return runId(`${readable === '' ? 'run' : readable}-${random.text(RANDOM_CHARS).toLowerCase()}`);
}

/** The input that stores a run. Its fingerprint lets a repeat be told from another run with the same id. */
export function submitInput(id: RunId, submission: Submission, project: string): RunSubmit {
  const { tasks } = submission;
  const scale = submission.agents.flatMap(scaleOf);
  const awaited = submission.agents.flatMap(({ driver, capabilities }) => (driver === 'remote' ? capabilities : []));
  const awaits = awaited.length === 0 ? {} : { awaits: [...new Set(awaited)] };
  const run = { ...submission.run, ...(scale.length === 0 ? {} : { scale }), ...awaits };
  // Those of hosts come with their hosts.
  const here = submission.agents.filter(({ driver }) => driver !== 'remote');
  const agents = here.flatMap((group) => agentsOf(group, id));
  const body = JSON.stringify({ run, project, tasks, agents });
  const fingerprint = createHash('sha256').update(body).digest('hex');
  return { type: 'run.submit', runId: id, run: { ...run, project, fingerprint }, tasks, agents };
}

function scaleOf({ count: _count, scale, ...shape }: AgentGroup): readonly ScaleGroup[] {
  return scale === undefined ? [] : [{ ...shape, host: LOCAL_HOST, ...scale }];
}

function agentsOf({ count, scale: _scale, ...shape }: AgentGroup, run: RunId): readonly AgentSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    id: agentId(`${run}/${shape.role}-${index + 1}`),
    ...shape,
    host: LOCAL_HOST,
    runId: run,
  }));
}
