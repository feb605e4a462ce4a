import { SEVERITIES, type Finding } from '../core/findings/finding.ts';
import { isProduction } from './classify.ts';
import type { ParseData } from './data.ts';
import { needData, readData } from './data-files.ts';
import { COMPLEX, type CheckFigures } from './trends.ts';

export type Measured = Readonly<{
  run: string;
  atMs: number;
  /** Folder that the tasks left their data in. */
  data: string;
  parts: readonly ParseData[];
  /** No task has failed. */
  isWhole: boolean;
  findings: readonly Finding[];
}>;

/** What this check measured. A task that was skipped or failed measured nothing, which is not 0. */
export function figuresNow(measured: Measured): CheckFigures {
  const { run, atMs } = measured;
  const known = Object.entries({ ...countConfirmed(measured), ...countCode(measured) });
  const values = known.filter((entry): entry is [string, number] => entry[1] !== undefined);
  return { run, atMs, values: Object.fromEntries(values) };
}

type Counts = Readonly<Record<string, number | undefined>>;

/** With a failed task, fewer findings would look like better code. */
function countConfirmed({ findings, isWhole }: Measured): Counts {
  const wasVoted = findings.length === 0 || findings.some(({ state }) => state !== 'not-voted');
  if (!wasVoted || !isWhole) return {};
  const confirmed = findings.filter(({ state }) => state === 'confirmed');
  const bySeverity = SEVERITIES.map((severity): [string, number] => [
    `confirmed-${severity}`,
    confirmed.filter((one) => one.severity === severity).length,
  ]);
  return { confirmed: confirmed.length, ...Object.fromEntries(bySeverity) };
}

function countCode({ data, parts, isWhole }: Measured): Counts {
  const { files, languages, total } = needData(data, 'inventory');
  const shipped = new Set(files.filter(({ context }) => isProduction(context)).map(({ path }) => path));
  const complex = parts
    .flatMap(({ functions }) => functions)
    .filter(({ file, complexity }) => complexity >= COMPLEX && shipped.has(file));
  const hotspots = readData(data, 'hotspots')?.hotspots;
  const count = (id: 'tests-map' | 'hygiene', kind: string): number | undefined =>
    readData(data, id)?.findings.filter((one) => one.kind === kind).length;
  return {
    cycles: readData(data, 'graph')?.cycles.length,
    'duplicated-lines': readData(data, 'duplication')?.total,
    'complex-functions': parts.length === 0 || !isWhole ? undefined : complex.length,
    'untested-hotspots': count('tests-map', 'untested-hot-spot'),
    hottest: hotspots && (hotspots[0]?.score ?? 0),
    todos: count('hygiene', 'old-todo'),
    'test-files': files.filter(({ context }) => context === 'test').length,
    files: total,
    lines: languages.reduce((sum, { lines }) => sum + lines, 0),
  };
}
