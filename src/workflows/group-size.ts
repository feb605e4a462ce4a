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
  const { min, max } = boundsOf(scale, options);
  const { voteAbove } = scale;
  const asked = voteAbove === undefined ? {} : { voteAbove };
  const problem =
    problemOf(count, min, max) ??
    workerProblem(defined.group) ??
    voteProblem(voteAbove, Math.max(min, count ?? 0), options);
  if (problem !== undefined) {
    const path = defined.path.length === 0 ? defined.path : [...defined.path, 'scale'];
    const message = `Agents "${defined.role}" have ${problem.what}.`;
    findings.error({ code: 'WORKFLOW_AGENT_SCALE', path, message, fix: problem.fix });
  }
  // Workers have to be started: there is nobody at first, and they are started when the run has begun.
  const unasked = Math.min(max, voteAbove ?? max);
  if (defined.group.driver === 'remote')
    return { count: 0, scale: options.scale === undefined ? { min: unasked, max: unasked } : { min, max, ...asked } };
  if (options.scale === undefined) return { count: count ?? unasked };
  return { count: count ?? min, scale: { min, max, ...asked } };
}

function boundsOf(
  { min, max }: NonNullable<AgentGroupDefinition['scale']>,
  { scale, localAgents }: CompileOptions,
): NonNullable<AgentGroup['scale']> {
  const most = max ?? Math.max(scale?.max ?? localAgents, min ?? 1, 1);
  return { min: min ?? Math.min(scale?.min ?? 0, most), max: most };
}

type Problem = Readonly<{ what: string; fix: string }>;

function problemOf(count: number | undefined, min: number, max: number): Problem | undefined {
  const fix = 'Write min up to count up to max.';
  if (min > max) return { what: `scale.min ${min}, which is more than scale.max ${max}`, fix };
  if (count === undefined || (count >= min && count <= max)) return undefined;
  return { what: `count ${count}, which is not between scale.min ${min} and scale.max ${max}`, fix };
}

/** Fewer agents than the group has anyway need no vote, and somebody must have one. */
function voteProblem(voteAbove: number | undefined, least: number, options: CompileOptions): Problem | undefined {
  if (voteAbove === undefined) return undefined;
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
