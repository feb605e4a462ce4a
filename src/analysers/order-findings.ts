import { SEVERITIES, type Severity } from '../core/findings/finding.ts';
import type { CheckInput } from './analyser.ts';
import { contextOf, isProduction } from './classify.ts';
import { complexFindings } from './complex-functions.ts';
import { needData, readData, readParts } from './data-files.ts';
import type { Detected } from './detected.ts';
import { findingIds } from './finding-id.ts';
import { joinSame } from './same-elsewhere.ts';

const WEIGHT: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 2.5, low: 1 };
/** Outside shipped code a finding matters less. */
const ELSEWHERE = 0.5;
/** Each further finding of a kind, or in a file, counts this much of the one before: the first page shows all sorts. */
const SAME_KIND = 0.8;
const SAME_FILE = 0.8;
/** So many of a severity are put in order with an eye on variety; the rest follows by score. */
const MIXED = 60;
/** More of one kind, or of one kind in one file, come after everything else: no rule fills a report alone. */
const MOST_OF_KIND = 12;
const MOST_LOW_OF_KIND = 3;
const MOST_IN_PLACE = 5;

/** Tasks that leave a plain list of findings. */
const LOOKING = [
  'secrets',
  'risky-code',
  'supply-chain',
  'ci',
  'duplication',
  'lint',
  'advisories',
  'docs',
  'hygiene',
  'tests-map',
] as const;
const DETECTING = ['graph', 'hotspots', ...LOOKING] as const;

/** A finding of a detector with its id, in the order of the report. */
export type Ordered = Readonly<{ id: string; detected: Detected }>;

type Scored = Ordered & Readonly<{ score: number }>;

/** The findings of all detectors, and those in no file (`early`): by severity, then confidence × how hot the file is. */
export function orderedFindings(input: CheckInput, early: readonly Detected[] = []): readonly Ordered[] {
  const found = merge([...gather(input), ...early]);
  const ids = findingIds(found);
  const heat = heatOf(input);
  const scored = found.map((detected, index) => ({ id: ids[index] ?? '', detected, score: scoreOf(detected, heat) }));
  return mixed(scored.toSorted((a, b) => b.score - a.score || compareText(a.id, b.id)));
}

/** What the detectors left out on purpose, in words. */
export function leftOutOf(data: string): readonly string[] {
  return [...LOOKING, 'graph' as const].flatMap((id) => readData(data, id)?.leftOut ?? []);
}

function gather(input: CheckInput): readonly Detected[] {
  const parts = readParts(input.data, input.shards ?? 0);
  const files = needData(input.data, 'inventory').files;
  const lists = [
    readData(input.data, 'manifests')?.findings,
    joinSame(parts.flatMap(({ findings }) => findings)),
    readData(input.data, 'hotspots') === undefined ? complexFindings(parts, files) : [],
    ...DETECTING.map((id) => readData(input.data, id)?.findings),
  ];
  return lists.flatMap((list) => list ?? []);
}

/** What says the same of one file becomes one finding, with the evidence of both. */
function merge(found: readonly Detected[]): readonly Detected[] {
  const hot = new Set(found.filter(({ kind }) => kind === 'hot-spot').map(({ file }) => file));
  const untested = new Map(found.filter(({ kind }) => kind === 'untested-hot-spot').map((one) => [one.file, one]));
  return found
    .filter(({ kind, file }) => !(hot.has(file) && (kind === 'complex-function' || kind === 'untested-hot-spot')))
    .map((one) => {
      const more = one.kind === 'hot-spot' ? untested.get(one.file) : undefined;
      return more === undefined ? one : { ...one, evidence: [...one.evidence, ...more.evidence.slice(0, 1)] };
    });
}

/** 0 to 1 for each file: the root of its share of the hottest score. */
function heatOf(input: CheckInput): ReadonlyMap<string, number> {
  const hotspots = readData(input.data, 'hotspots')?.hotspots ?? [];
  const most = hotspots[0]?.score ?? 1;
  return new Map(hotspots.map(({ file, score }) => [file, Math.sqrt(score / most)]));
}

function scoreOf({ severity, confidence, file, kind }: Detected, heat: ReadonlyMap<string, number>): number {
  const isAbout =
    kind === 'dead-link' || kind === 'missing-script' || kind === 'focused-test' || isProduction(contextOf(file));
  return WEIGHT[severity] * confidence * (1 + (heat.get(file) ?? 0)) * (isAbout ? 1 : ELSEWHERE);
}

/** By severity; among equals with an eye on variety. Too many of a kind wait behind all others. */
function mixed(scored: readonly Scored[]): readonly Ordered[] {
  const order = SEVERITIES.flatMap((severity) => varied(scored.filter((one) => one.detected.severity === severity)));
  const [kinds, places] = [new Map<string, number>(), new Map<string, number>()];
  const isFirst = ({ detected: { kind, file, severity } }: Ordered): boolean =>
    countIn(kinds, kind) <= (severity === 'low' ? MOST_LOW_OF_KIND : MOST_OF_KIND) &&
    countIn(places, `${kind} ${file}`) <= MOST_IN_PLACE;
  const { first = [], later = [] } = Object.groupBy(order, (one) => (isFirst(one) ? 'first' : 'later'));
  return [...first, ...later];
}

function countIn(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

function varied(scored: readonly Scored[]): readonly Ordered[] {
  const rest = scored.slice(0, MIXED);
  const chosen: Ordered[] = [];
  const [kinds, files] = [new Map<string, number>(), new Map<string, number>()];
  while (rest.length > 0) {
    const worth = ({ detected, score }: Scored): number =>
      score * (kinds.get(detected.kind) ?? 1) * (files.get(detected.file) ?? 1);
    const best = rest.reduce((top, one) => (worth(one) > worth(top) ? one : top));
    rest.splice(rest.indexOf(best), 1);
    const { kind, file } = best.detected;
    chosen.push(best);
    kinds.set(kind, (kinds.get(kind) ?? 1) * SAME_KIND);
    files.set(file, (files.get(file) ?? 1) * SAME_FILE);
  }
  return [...chosen, ...scored.slice(MIXED)];
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
