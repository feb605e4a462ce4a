import type { FileEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { runGit } from './git.ts';
import { countOf } from './words.ts';

/** A note to do something, where it stands. */
export type Todo = Readonly<{ path: string; line: number; text: string }>;

const YEAR_MS = 365 * 24 * 3_600_000;
const MAX_LINES = 200;
/** As many files are dated, those with most notes. */
const MAX_FILES = 4;
/** Wall time for all questions to git, far more than they take: what is not answered by then is left out. */
const BUDGET_MS = 2_000;
const AT_ONCE = 2;
const SHOWN = 6;
const NOTE = /(?:^|\s)(?:\/\/|#|\*|\/\*|<!--|--|;)\s*(?:(?:TODO|FIXME|XXX|HACK)\b|@?(?:todo|fixme)\b\s*[:(])/;

/** Notes in comments of code that people wrote and ship. */
export function todosIn({ path, context, bytes }: FileEntry, text: string): readonly Todo[] {
  if (context !== 'production' || bytes > 512 * 1024 || !/\b(?:todo|fixme|xxx|hack)\b/i.test(text)) return [];
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.length < 300 && NOTE.test(line) ? [{ path, line: index + 1, text: line.trim() }] : [],
    );
}

export type TodoOptions = Readonly<{ searchPath?: string | undefined; signal: AbortSignal; nowMs: number }>;

export type OldTodos = Readonly<{ findings: readonly Detected[]; leftOut: readonly string[] }>;

/** One finding for all notes older than a year in the files with most notes, at the file that has most of all. */
export async function oldTodos(root: string, todos: readonly Todo[], options: TodoOptions): Promise<OldTodos> {
  const byFile = [...Map.groupBy(todos, ({ path }) => path).values()].toSorted((a, b) => b.length - a.length);
  const queue = byFile.slice(0, MAX_FILES);
  const old: Todo[] = [];
  const sinceMs = options.nowMs - YEAR_MS;
  let [asked, answered] = [0, 0];
  const endAtMs = performance.now() + BUDGET_MS;
  const ask = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && asked < MAX_LINES; next = queue.shift()) {
      const timeoutMs = Math.ceil(endAtMs - performance.now());
      if (timeoutMs <= 0) return;
      const lines = next.slice(0, MAX_LINES - asked);
      asked += lines.length;
      const older = await olderThan(sinceMs, root, { ...options, lines, timeoutMs });
      answered += older === undefined ? 0 : lines.length;
      old.push(...(older ?? []));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const left = todos.length - answered;
  const leftOut =
    left === 0 || answered === 0
      ? []
      : [`${countOf(left, 'TODO note')} of ${todos.length}: dating them all would take too long.`];
  return { findings: oldOnes(old, byFile, sinceMs), leftOut };
}

type BlameOptions = TodoOptions & Readonly<{ lines: readonly Todo[]; timeoutMs: number }>;

/**
 * Those of one file that were there before; undefined when git does not say. git is told to stop looking there, which
 * takes a tenth of the time, so the day they came in is not known. Lines that were changed since are left out.
 */
async function olderThan(sinceMs: number, root: string, options: BlameOptions): Promise<readonly Todo[] | undefined> {
  const { lines, searchPath, signal, timeoutMs } = options;
  const path = lines[0]?.path ?? '';
  const ranges = lines.flatMap(({ line }) => ['-L', `${line},${line}`]);
  const since = `--since=${new Date(sinceMs).toISOString()}`;
  const blamed = await runGit(
    root,
    ['blame', '--no-textconv', '--line-porcelain', since, ...ranges, 'HEAD', '--', path],
    { searchPath, signal, timeoutMs, maxOutput: 1024 * 1024, settings: { 'blame.ignoreRevsFile': '' } },
  );
  if (!blamed.ok) return undefined;
  const entries = blamed.stdout.toString('utf8').split(/^(?=[0-9a-f]{40,64} \d+ \d+)/m);
  const times = new Map(entries.map((entry) => [/^\t(.*)$/m.exec(entry)?.[1]?.trim(), committedMs(entry)]));
  return lines.filter(({ text }) => (times.get(text) ?? sinceMs) < sinceMs);
}

function committedMs(entry: string): number | undefined {
  const seconds = /^committer-time (\d+)$/m.exec(entry)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

/** Files in the order they were asked for, so that the same notes give the same finding every time. */
function oldOnes(old: readonly Todo[], byFile: readonly (readonly Todo[])[], sinceMs: number): readonly Detected[] {
  const ordered = byFile.flatMap((notes) => notes.filter((note) => old.includes(note)));
  const [first] = ordered;
  if (first === undefined || ordered.length < 2) return [];
  const files = new Set(ordered.map(({ path }) => path)).size;
  return [
    {
      kind: 'old-todo',
      severity: 'low',
      confidence: 0.75,
      title: `${countOf(ordered.length, 'TODO note')} in ${countOf(files, 'file')} stand for more than a year`,
      file: first.path,
      line: first.line,
      anchor: 'old notes',
      evidence: [
        ...ordered
          .slice(0, SHOWN)
          .map(({ path, line, text }) => ({ source: 'hygiene', text: text.slice(0, 160), ref: `${path}:${line}` })),
        { source: 'history', text: `All of them came in before ${new Date(sinceMs).toISOString().slice(0, 10)}.` },
      ],
      fix: 'Do it, turn it into an issue, or remove the note: after a year nobody will do it by chance.',
    },
  ];
}
