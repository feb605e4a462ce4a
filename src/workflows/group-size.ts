import type { AgentGroup, CompileOptions } from './compiled-workflow.ts';
import type { AgentGroupDefinition } from './definition.ts';
import type { DefinitionPath, Findings } from './diagnostics.ts';

/** A group of agents and where it was written; `path` is empty for one of the configuration. */
type DefinedGroup = Readonly<{ role: string; group: AgentGroupDefinition; path: DefinitionPath }>;

/** How many agents a group has. Where nobody makes their number follow the work, it has as many as it may. */
export function sizeOf(
  defined: DefinedGroup,
  options: CompileOptions,
  findings: Findings,
): Pick<AgentGroup, 'count' | 'scale'> {
  const { count, scale } = defined.group;
  if (scale === undefined) return { count: count ?? 1 };
  const bounds = boundsOf(scale, options);
  tellProblem(defined, bounds, options, findings);
  const isRemote = defined.group.driver === 'remote';
  // Workers have to be started: there is nobody at first, and they are started when the run has begun.
  if (options.scale !== undefined) return { count: isRemote ? 0 : (count ?? bounds.min), scale: bounds };
  const most = Math.min(bounds.max, bounds.voteAbove ?? Infinity);
  return isRemote ? { count: 0, scale: { min: most, max: most } } : { count: count ?? most };
}

type Bounds = NonNullable<AgentGroup['scale']>;

function boundsOf(
  { min, max, voteAbove }: NonNullable<AgentGroupDefinition['scale']>,
  { scale, localAgents }: CompileOptions,
): Bounds {
  const most = max ?? Math.max(scale?.max ?? localAgents, min ?? 1, 1);
  const bounds = { min: min ?? Math.min(scale?.min ?? 0, most), max: most };
  return voteAbove === undefined ? bounds : { ...bounds, voteAbove };
}

function tellProblem(
  { role, group, path }: DefinedGroup,
  bounds: Bounds,
  options: CompileOptions,
  findings: Findings,
): void {
  const problem = problemOf(group.count, bounds) ?? workerProblem(group) ?? voteProblem(group.count, bounds, options);
  if (problem === undefined) return;
  const message = `Agents "${role}" have ${problem.what}.`;
  findings.error({
    code: 'WORKFLOW_AGENT_SCALE',
    path: path.length === 0 ? path : [...path, 'scale'],
    message,
    fix: problem.fix,
  });
}

type Problem = Readonly<{ what: string; fix: string }>;

function problemOf(count: number | undefined, { min, max }: Bounds): Problem | undefined {
  const fix = 'Write min up to count up to max.';
  if (min > max) return { what: `scale.min ${min}, which is more than scale.max ${max}`, fix };
  if (count === undefined || (count >= min && count <= max)) return undefined;
  return { what: `count ${count}, which is not between scale.min ${min} and scale.max ${max}`, fix };
}

/** Fewer agents than the group has anyway need no vote, and somebody must have one. */
function voteProblem(
  count: number | undefined,
  { min, voteAbove }: Bounds,
  options: CompileOptions,
): Problem | undefined {
  if (voteAbove === undefined) return undefined;
  const least = Math.max(min, count ?? 0);
  if (voteAbove < least) {
    const fix = `Write voteAbove: ${least} or more.`;
    return { what: `scale.voteAbove ${voteAbove}, and ${least} agents without any vote`, fix };
  }
  if (options.hasApprovers === true) return undefined;
  const fix = 'Write who votes in waggle.yaml: coordination.approvers: [ann, ben].';
  return { what: 'scale.voteAbove, and nobody has a vote', fix };
}

/** What workers that are started for a group cannot have. */
function workerProblem({ driver, count, capabilities = [] }: AgentGroupDefinition): Problem | undefined {
  if (driver !== 'remote') return undefined;
  if (count !== undefined) {
    return { what: 'driver: remote with scale, and a count', fix: 'Write scale.min instead of count.' };
  }
  const name = capabilities.find((one) => one.startsWith('function:'));
  if (name === undefined) return undefined;
  const fix = 'Leave scale out, and start: waggle worker --functions <file>';
  return {
    what: `driver: remote with scale, and "${name}": workers that are started for a group run commands alone`,
    fix,
  };
}
