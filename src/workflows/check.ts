import type { CheckFacts } from '../core/findings/check-facts.ts';
import type { NotChecked } from '../core/findings/check-report.ts';
import type { SkipReason } from '../core/findings/finding.ts';
import type { JsonObject } from '../core/json.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
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
}>;

/** What `waggle check` will do in one repository. */
export type CheckPlan = Readonly<{
  tasks: readonly TaskSpec[];
  agents: readonly AgentGroup[];
  notChecked: readonly NotChecked[];
  /** Parts that the sources are parsed in. */
  shards: number;
}>;

type Role = 'researcher' | 'reviewer' | 'security-reviewer' | 'architect' | 'tester' | 'orchestrator' | 'integrator';

type Planned = Readonly<{
  name: string;
  title: string;
  role: Role;
  /** Name of the function after `check:`; the task's own name when it is the same. */
  function?: string;
  needs: readonly string[];
  estimateMs: number;
  shard?: number;
  /** It makes the best of what is there, also when one of its needs has failed. */
  isTolerant?: true;
}>;

const MAX_SHARDS = 8;
/** Parsing this much takes about as long as starting a worker thread does four times. */
const SHARD_BYTES = 900_000;
const MAX_AGENTS = 64;
const TIMEOUT_MS = 120_000;

/** The tasks and agents of a check, made from what the repository has. What it has not is in `notChecked`, with the reason. */
export function planCheck(facts: CheckFacts, options: CheckPlanOptions): CheckPlan {
  const shards = shardsFor(facts);
  const planned = plannedTasks(facts, shards);
  const notChecked = whatIsNotChecked(facts);
  const base: JsonObject = {
    root: facts.root,
    data: options.data,
    shards,
    ...(options.searchPath === undefined ? {} : { searchPath: options.searchPath }),
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
  return [...detectors, { ...RANK, needs: detectors.map(({ name }) => name) }];
}

type Offered = Omit<Planned, 'function' | 'shard'> & Readonly<{ isWanted: (facts: CheckFacts) => boolean }>;

const always = (): boolean => true;
const hasHistory = ({ git }: CheckFacts): boolean => git === 'full';
const hasSources = ({ parsed }: CheckFacts): boolean => parsed.files > 0;

/** Everything a check can do, in the order of the report. A need that is not wanted is left out. */
const CATALOGUE: readonly Offered[] = [
  {
    name: 'inventory',
    title: 'Files, languages and sizes',
    role: 'researcher',
    needs: [],
    estimateMs: 400,
    isWanted: always,
  },
  {
    name: 'manifests',
    title: 'Packages and scripts',
    role: 'researcher',
    needs: ['inventory'],
    estimateMs: 100,
    isWanted: ({ manifests }) => manifests > 0,
  },
  {
    name: 'history',
    title: 'Who changed what, how often',
    role: 'researcher',
    needs: ['inventory'],
    estimateMs: 600,
    isWanted: hasHistory,
  },
  {
    name: 'parse',
    title: 'Imports, complexity, suspicious code',
    role: 'reviewer',
    needs: ['inventory'],
    estimateMs: 500,
    isWanted: hasSources,
  },
  {
    name: 'graph',
    title: 'Imports, cycles and dependencies',
    role: 'architect',
    needs: ['parse', 'manifests'],
    estimateMs: 250,
    isTolerant: true,
    isWanted: hasSources,
  },
  {
    name: 'hotspots',
    title: 'Where changes and complexity meet',
    role: 'researcher',
    needs: ['history', 'parse'],
    estimateMs: 100,
    isTolerant: true,
    isWanted: hasHistory,
  },
  {
    name: 'secrets',
    title: 'Keys and passwords in files',
    role: 'security-reviewer',
    needs: ['inventory'],
    estimateMs: 400,
    isWanted: always,
  },
  {
    name: 'docs',
    title: 'Links and commands in pages',
    role: 'researcher',
    needs: ['inventory', 'manifests'],
    estimateMs: 150,
    isTolerant: true,
    isWanted: (facts) => facts.docs > 0,
  },
  {
    name: 'hygiene',
    title: 'Leftovers and broken files',
    role: 'reviewer',
    needs: ['inventory'],
    estimateMs: 150,
    isWanted: always,
  },
  {
    name: 'tests-map',
    title: 'Sources that no test imports',
    role: 'tester',
    needs: ['graph', 'hotspots'],
    estimateMs: 100,
    isTolerant: true,
    isWanted: (facts) => facts.tests > 0 && hasSources(facts),
  },
];

const RANK: Omit<Planned, 'needs'> = {
  name: 'rank',
  title: 'Findings in order',
  role: 'orchestrator',
  estimateMs: 100,
  isTolerant: true,
};

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
    ...(task.isTolerant === true ? { when: 'always' as const } : {}),
    requires: [`function:${name}`, `agent:${task.role}`],
    timeoutMs: TIMEOUT_MS,
    retry: { maxAttempts: 2, nonRetryable: ['threw'] },
    estimateMs: task.estimateMs,
  };
}

/** Who can do what, for 1, 2, 3, and 4 or more agents. The first role gives an agent its name. */
const TEAMS: readonly (readonly (readonly Role[])[])[] = [
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

function whatIsNotChecked(facts: CheckFacts): readonly NotChecked[] {
  const skip = (task: string, reason: SkipReason, what: string, fix: string): NotChecked => ({
    task,
    reason,
    what,
    fix,
  });
  return [...historySkips(facts, skip), ...sourceSkips(facts, skip)];
}

type Skip = (task: string, reason: SkipReason, what: string, fix: string) => NotChecked;

const HISTORY = 'Who changed what, and how often';
const HOTSPOTS = 'Hot spots: where changes and complexity meet';

function historySkips({ git }: CheckFacts, skip: Skip): readonly NotChecked[] {
  if (git === 'full') return [];
  if (git === 'none') {
    const fix = 'Check a clone with its history: git clone <url>, then waggle check <folder>.';
    return [skip('history', 'no-git', HISTORY, fix), skip('hotspots', 'no-git', HOTSPOTS, fix)];
  }
  const fix =
    git === 'shallow'
      ? 'Get the whole history: git fetch --unshallow.'
      : 'There are no commits yet. Check again once there are some.';
  return [skip('history', 'shallow-history', HISTORY, fix), skip('hotspots', 'shallow-history', HOTSPOTS, fix)];
}

function sourceSkips({ parsed, manifests, docs, tests }: CheckFacts, skip: Skip): readonly NotChecked[] {
  const language = 'Only JavaScript and TypeScript are parsed, and there is none here.';
  const found: (NotChecked | false)[] = [
    manifests === 0 &&
      skip(
        'manifests',
        'no-manifest',
        'Packages, scripts, declared dependencies',
        'Only package.json is read, and there is none here.',
      ),
    parsed.files === 0 && skip('parse', 'unsupported-language', 'Complexity of functions, suspicious code', language),
    parsed.files === 0 &&
      skip('graph', 'unsupported-language', 'Imports, cycles, unused and undeclared dependencies', language),
    parsed.files === 0 && skip('tests-map', 'unsupported-language', 'Sources that no test imports', language),
    parsed.files > 0 &&
      tests === 0 &&
      skip(
        'tests-map',
        'no-tests-found',
        'Sources that no test imports',
        'There are no files that look like tests: name them thing.test.js or put them in test/.',
      ),
    docs === 0 && skip('docs', 'no-docs', 'Links and commands in pages', 'There is no Markdown file: add a README.md.'),
  ];
  return found.filter((one) => one !== false);
}
