import { createHash } from 'node:crypto';
import type { CheckFacts } from '../core/findings/check-facts.ts';
import type { CheckedTask, CheckReport, NotChecked } from '../core/findings/check-report.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';
import {
  baselineFor,
  baselineKey,
  compareWith,
  decodeBaseline,
  encodeBaseline,
  nextBaseline,
  rulesNow,
  type Baseline,
  type StoredBaseline,
} from './baseline.ts';
import { contextOf, isProduction } from './classify.ts';
import type { ParseData, PlanData } from './data.ts';
import { needData, readData, readParts } from './data-files.ts';
import { figuresOf } from './figures.ts';
import { folderMap } from './folder-map.ts';
import { figuresNow } from './measure.ts';
import { leftOutOf, orderedFindings } from './order-findings.ts';
import { toFinding } from './propose.ts';
import { trendsOf, withFigures, type CheckFigures } from './trends.ts';

const MAX_FINDINGS = 300;
const MAX_FUNCTIONS = 40;
/** Findings that the report says anything of, if only their ids. */
const MAX_IDS = 2_000;

/** The part of a plan that a report shows. */
export type PlannedTask = Readonly<{ name: string; title: string; role: string }>;

export type CollectInput = Readonly<{
  facts: CheckFacts;
  /** Tasks of the run, in their order. */
  tasks: readonly PlannedTask[];
  notChecked: readonly NotChecked[];
  shards: number;
  /** Absolute path of the data folder. */
  data: string;
  run: string;
  /** Wall time, ms since 1970. */
  checkedAtMs: number;
}>;

/** Remembers findings from check to check. Without one nothing is known or gone. */
export type BaselineMemory = Pick<KeyValueTier, 'get' | 'set'>;

/**
 * Puts together what all tasks have left, compares it with the check before, and remembers it for the next one. With a
 * baseline of its own it compares with that, and memory is left alone.
 */
export async function collectReport(input: CollectInput, memory?: BaselineMemory): Promise<CheckReport> {
  const given = readData(input.data, 'baseline');
  if (given !== undefined) return assemble(input, given.baseline, given.figures).report;
  if (memory === undefined) return assemble(input, undefined, []).report;
  const stored = decodeBaseline((await memory.get(memoryKeyOf(input.facts)))?.value);
  const before = baselineFor(input.run, stored);
  const { report, next } = assemble(input, before, stored?.figures ?? []);
  await memory.set(memoryKeyOf(input.facts), encodeBaseline(next));
  return report;
}

/** Where memory keeps what is known of a repository: by its oldest commit, or its path where there is no history. */
export function memoryKeyOf({ rootCommit, root }: CheckFacts): string {
  return baselineKey(rootCommit ?? createHash('sha256').update(root).digest('hex').slice(0, 40));
}

type Assembled = Readonly<{ report: CheckReport; next: StoredBaseline }>;

function assemble(
  input: CollectInput,
  before: Baseline | undefined,
  measuredBefore: readonly CheckFigures[],
): Assembled {
  const judged = judgedFindings(input);
  const tried = triedInVain(input);
  const states = input.tasks.flatMap((task) =>
    tried.some((one) => one.task === task.name) ? [] : taskOf(task, input),
  );
  const notChecked = [...input.notChecked, ...tried];
  const done = new Set(doneTasks(states));
  const compared = compareWith(before, judged.findings, done);
  const parts = readParts(input.data, input.shards);
  const { run, checkedAtMs: atMs, data } = input;
  const isWhole = states.every(({ state }) => state !== 'failed');
  const now = figuresNow({ run, atMs, data, parts, isWhole, findings: compared.findings });
  const figures = withFigures(measuredBefore, now);
  const report: CheckReport = {
    format: 'waggle-check/1',
    run: input.run,
    checkedAtMs: input.checkedAtMs,
    provenance: 'function',
    repository: repositoryOf(input),
    size: sizeOf(input.data, parts),
    findings: compared.findings.slice(0, MAX_FINDINGS),
    past: compared.past,
    rules: rulesNow(),
    furtherIds: compared.findings.slice(MAX_FINDINGS, MAX_IDS).map(({ id }) => id),
    before: before === undefined ? null : { run: before.run, checkedAtMs: before.checkedAtMs, commit: before.commit },
    hotspots: readData(input.data, 'hotspots')?.hotspots ?? null,
    functions: hardestFunctions(input.data, parts),
    modules: modulesOf(input.data),
    plan: judged.plan,
    trends: trendsOf(figures),
    tasks: [...states, ...skippedTasks(notChecked)],
    notChecked,
    leftOut: [...leftOutOf(input.data), ...tooMany(compared.findings.length)],
  };
  const head = { run, checkedAtMs: atMs, commit: report.repository.commit };
  const newest = nextBaseline(head, compared.findings, before, done);
  return { report, next: { newest, previous: before ?? null, figures } };
}

/** As far as the vote came: with states, else as they were proposed, else as the detectors left them. */
function judgedFindings({ facts, data, shards }: CollectInput): PlanData {
  const planned = readData(data, 'plan');
  if (planned !== undefined) return planned;
  const findings =
    readData(data, 'propose')?.findings ?? orderedFindings({ root: facts.root, data, shards }).map(toFinding);
  return { findings, plan: null };
}

function repositoryOf({ facts, data }: CollectInput): CheckReport['repository'] {
  const { repository } = needData(data, 'inventory');
  const commits = readData(data, 'history')?.commits ?? null;
  const { name, root: path, rootCommit } = facts;
  return { name, path, git: facts.git !== 'none', rootCommit, ...repository, commits };
}

function sizeOf(data: string, parts: readonly ParseData[]): CheckReport['size'] {
  const { files, languages, unread, total } = needData(data, 'inventory');
  return {
    files: total,
    lines: languages.reduce((sum, { lines }) => sum + lines, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    languages,
    unread: [...unread, ...causes(parts.flatMap(({ failed }) => failed))],
  };
}

function modulesOf(data: string): CheckReport['modules'] {
  const graph = readData(data, 'graph');
  if (graph === undefined) return null;
  const { modules, imports, cycles, typeCycles, mostImported } = graph;
  const map = folderMap(graph.nodes, graph.edges, (path) => isProduction(contextOf(path)));
  return { modules, imports, cycles, typeCycles, mostImported, map };
}

/** Tasks that found out only when they tried that they could not look. */
function triedInVain({ tasks, data }: CollectInput): readonly NotChecked[] {
  if (tasks.every(({ name }) => name !== 'advisories')) return [];
  const skipped = readData(data, 'advisories')?.skipped;
  return skipped === undefined ? [] : [{ task: 'advisories', ...skipped }];
}

/** Done means: it left its data. Why it did not is in the journal. */
function taskOf(task: PlannedTask, { data }: CollectInput): CheckedTask {
  const figures = task.name === 'report' ? [] : figuresOf(task.name, data);
  return { ...task, state: figures === undefined ? 'failed' : 'done', figures: figures ?? [] };
}

/** `parse` is done when all of its parts are. */
function doneTasks(states: readonly CheckedTask[]): readonly string[] {
  const done = states.filter(({ state }) => state === 'done').map(({ name }) => name);
  const parts = states.filter(({ name }) => name.startsWith('parse.'));
  return parts.length > 0 && parts.every(({ state }) => state === 'done') ? [...done, 'parse'] : done;
}

function skippedTasks(notChecked: readonly NotChecked[]): readonly CheckedTask[] {
  return notChecked.map(({ task, reason, what }) => ({
    name: task,
    title: what,
    role: '',
    state: 'skipped',
    figures: [],
    note: reason,
  }));
}

function hardestFunctions(data: string, parts: readonly ParseData[]): CheckReport['functions'] {
  if (parts.length === 0) return null;
  const { files } = needData(data, 'inventory');
  const shipped = new Set(files.filter(({ context }) => context === 'production').map(({ path }) => path));
  return parts
    .flatMap(({ functions }) => functions)
    .filter(({ file }) => shipped.has(file))
    .toSorted((a, b) => b.complexity - a.complexity)
    .slice(0, MAX_FUNCTIONS)
    .map(({ file, line, name, complexity, nesting, lines }) => ({ file, line, name, complexity, nesting, lines }));
}

function causes(failed: readonly Readonly<{ path: string; cause: string }>[]): CheckReport['size']['unread'] {
  const byCause = Map.groupBy(failed, ({ cause }) => cause.replace(/:.*$/s, ''));
  return [...byCause].map(([cause, files]) => ({
    cause,
    files: files.length,
    examples: files.slice(0, 3).map(({ path }) => path),
  }));
}

function tooMany(count: number): readonly string[] {
  return count > MAX_FINDINGS ? [`${count - MAX_FINDINGS} further findings at the end of the order.`] : [];
}
