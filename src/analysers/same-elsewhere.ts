import type { Detected } from './detected.ts';

/** Shorter code is the same in two files by chance. */
const MIN_ANCHOR = 30;
/** Files that are named. */
const MAX_NAMED = 8;
/** A focus that leaves out no test is a habit, mended in all files in one go; one that does is a loss of its own. */
function isHabit({ kind, severity }: Detected): boolean {
  return kind === 'focused-test' && severity === 'low';
}

/** The same code in several files has one cause and is mended in one go: one finding, with its places. */
export function joinSame(found: readonly Detected[]): readonly Detected[] {
  const groups = Map.groupBy(found, (one) =>
    isHabit(one) || (one.anchor !== one.kind && one.anchor.length >= MIN_ANCHOR)
      ? `${one.kind} ${one.severity} ${one.anchor}`
      : one,
  );
  return [...groups.values()].flatMap(joined);
}

function joined(some: readonly Detected[]): readonly Detected[] {
  const inOrder = some.toSorted((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  const [first] = inOrder;
  const byFile = [...Map.groupBy(inOrder, ({ file }) => file).values()].flatMap(([one]) => one ?? []);
  if (first === undefined || byFile.length < 2) return some;
  const named = byFile.slice(0, MAX_NAMED).flatMap(({ evidence }) => evidence.slice(0, 1));
  const rest = byFile.length - MAX_NAMED;
  const more = rest > 0 ? [{ source: first.evidence[0]?.source ?? 'parse', text: `And ${rest} more files.` }] : [];
  const others = byFile.length - 1;
  const title = `${first.title} (the same in ${others} more ${others === 1 ? 'file' : 'files'})`;
  return [{ ...first, title, evidence: [...named, ...more] }];
}
