import type { CheckFacts } from '../core/findings/check-facts.ts';
import type { NotChecked } from '../core/findings/check-report.ts';
import type { JsonObject } from '../core/json.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { CATALOGUE, deciding, type CheckRole, type Planned } from './check-catalogue.ts';
import { whatIsNotChecked } from './check-skips.ts';
import type { AgentGroup } from './compiled-workflow.ts';

export type CheckPlanOptions = Readonly<{
  /** Absolute path of a folder of this run alone, for what its tasks leave to each other. */
  data: string;
  /** For the report. */
  run: string;
  /** Wall time of the start, ms since 1970, for the report. */
  checkedAtMs: number;
  /** Processor cores; two agents for each. */
  cores: number;
  /** Agents in all, 1 to 64; wins over `cores`. */
  agents?: number;
  /** Where git is looked for, as in PATH. */
  searchPath?: string;
  /** Questions over the network are allowed. @default false */
  isOnline?: boolean;
}>;

/** What `waggle check` will do in one repository. */
export type CheckPlan = Readonly<{
  tasks: readonly TaskSpec[];
  agents: readonly AgentGroup[];
  notChecked: readonly NotChecked[];
  /** Parts that the sources are parsed in. */
  shards: number;
}>;

const MAX_SHARDS = 8;
/** Parsing this much takes about as long as starting a worker thread does four times. */
const SHARD_BYTES = 900_000;
const MAX_AGENTS = 64;
const TIMEOUT_MS = 120_000;

/** The tasks and agents of a check, made from what the repository has. What it has not is in `notChecked`, with the reason. */
export function planCheck(probed: CheckFacts, options: CheckPlanOptions): CheckPlan {
  const facts: CheckFacts = options.isOnline === true ? { ...probed, isOnline: true } : probed;
  const shards = shardsFor(facts);
  const planned = plannedTasks(facts, shards);
  const notChecked = whatIsNotChecked(facts);
  const base: JsonObject = {
    root: facts.root,
    data: options.data,
    shards,
    ...(options.searchPath === undefined ? {} : { searchPath: options.searchPath }),
    ...(facts.linter === null ? {} : { linter: facts.linter }),
  };
  const shown = [...planned, reportAfter(planned)].map(({ name, title, role }) => ({ name, title, role }));
  const collected: JsonObject = {
    ...base,
    facts,
    tasks: shown,
    notChecked,
    run: options.run,
    checkedAtMs: options.checkedAtMs,
  };
  const tasks = [
    ...planned.map((task) => specOf(task, task.shard === undefined ? base : { ...base, shard: task.shard })),
    specOf(reportAfter(planned), collected),
  ];
  return { tasks, agents: agentsFor(tasks, options), notChecked, shards };
}

function shardsFor({ parsed }: CheckFacts): number {
  if (parsed.files === 0) return 0;
  return Math.min(MAX_SHARDS, parsed.files, Math.max(1, Math.ceil(parsed.bytes / SHARD_BYTES)));
}

function plannedTasks(facts: CheckFacts, shards: number): readonly Planned[] {
  const parts = Array.from({ length: shards }, (_, shard) => `parse.${shard}`);
  const wanted = CATALOGUE.filter(({ isWanted }) => isWanted(facts));
  const names = new Set(wanted.map(({ name }) => name));
  const needsOf = (needs: readonly string[]): readonly string[] =>
    needs.filter((need) => names.has(need)).flatMap((need) => (need === 'parse' ? parts : [need]));
  const detectors = wanted.flatMap((task): readonly Planned[] => {
    const needs = needsOf(task.needs);
    if (task.name !== 'parse') return [{ ...task, needs }];
    return parts.map((name, shard) => ({
      ...task,
      name,
      title: titleOfPart(shard, shards),
      needs,
      shard,
      function: 'parse',
    }));
  });
  return [...detectors, ...deciding(detectors.map(({ name }) => name))];
}

function titleOfPart(shard: number, shards: number): string {
  const title = 'Imports, complexity, suspicious code';
  return shards === 1 ? title : `${title}, part ${shard + 1} of ${shards}`;
}

function reportAfter(planned: readonly Planned[]): Planned {
  const needs = planned.map(({ name }) => name);
  return { name: 'report', title: 'Report and baseline', role: 'integrator', needs, estimateMs: 100, isTolerant: true };
}

function specOf(task: Planned, input: JsonObject): TaskSpec {
  const name = `check:${task.function ?? task.name}`;
  return {
    name: task.name,
    type: name,
    work: { kind: 'function', function: name, input },
    needs: task.needs,
    ...(task.subscribes === undefined ? {} : { subscribes: task.subscribes }),
    ...(task.isTolerant === true ? { when: 'always' as const } : {}),
    requires: [`function:${name}`, `agent:${task.role}`],
    timeoutMs: TIMEOUT_MS,
    retry: { maxAttempts: 2, nonRetryable: ['threw'] },
    estimateMs: task.estimateMs,
  };
}

/** Who can do what, for 1, 2, 3, and 4 or more agents. The first role gives an agent its name. */
const TEAMS: readonly (readonly (readonly CheckRole[])[])[] = [
  [['researcher', 'reviewer', 'security-reviewer', 'architect', 'tester', 'orchestrator', 'integrator']],
  [
    ['researcher', 'architect', 'tester', 'reviewer', 'integrator'],
    ['reviewer', 'security-reviewer', 'orchestrator'],
  ],
  [
    ['researcher', 'tester', 'integrator'],
    ['reviewer', 'architect', 'orchestrator'],
    ['security-reviewer', 'reviewer'],
  ],
  [
    ['researcher', 'integrator', 'orchestrator'],
    ['reviewer', 'researcher'],
    ['architect', 'tester', 'reviewer'],
    ['security-reviewer', 'reviewer'],
  ],
];

function agentsFor(tasks: readonly TaskSpec[], { cores, agents = cores * 2 }: CheckPlanOptions): readonly AgentGroup[] {
  const wanted = Math.min(MAX_AGENTS, Math.max(1, agents));
  const team = TEAMS[Math.min(wanted, TEAMS.length) - 1] ?? [];
  const functions = [...new Set(tasks.map(({ type }) => `function:${type}`))];
  return team.map((roles, index) => ({
    role: roles[0] ?? 'researcher',
    driver: 'function',
    // Those beyond the first of each kind: reviewers before researchers, because parsing is what there is most of.
    count:
      1 +
      (index === 1 ? Math.ceil((wanted - team.length) / 2) : 0) +
      (index === 0 ? Math.floor((wanted - team.length) / 2) : 0),
    capabilities: [...roles.map((role) => `agent:${role}`), ...functions],
    slots: 1,
  }));
}
