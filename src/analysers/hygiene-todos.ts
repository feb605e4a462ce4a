import type { FileEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { runGit } from './git.ts';
import { countOf } from './words.ts';

/** A note to do something, where it stands. */
export type Todo = Readonly<{ path: string; line: number; text: string }>;

const YEAR_MS = 365 * 24 * 3_600_000;
const MAX_LINES = 200;
const MAX_FILES = 5;
/** Wall time for all questions to git: notes that are left over are not dated. */
const BUDGET_MS = 600;
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

type Dated = Todo & Readonly<{ atMs: number }>;

export type OldTodos = Readonly<{ findings: readonly Detected[]; leftOut: readonly string[] }>;

/** One finding for all notes older than a year. Files with most notes are asked first, until the time is up. */
export async function oldTodos(root: string, todos: readonly Todo[], options: TodoOptions): Promise<OldTodos> {
  const byFile = [...Map.groupBy(todos, ({ path }) => path).values()].toSorted((a, b) => b.length - a.length);
  const queue = byFile.slice(0, MAX_FILES);
  const dated: Dated[] = [];
  let [asked, answered] = [0, 0];
  const endAtMs = performance.now() + BUDGET_MS;
  const ask = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && asked < MAX_LINES; next = queue.shift()) {
      const timeoutMs = Math.ceil(endAtMs - performance.now());
      if (timeoutMs <= 0) return;
      const lines = next.slice(0, MAX_LINES - asked);
      asked += lines.length;
      const dates = await datesOf(root, lines, { ...options, timeoutMs });
      answered += dates === undefined ? 0 : lines.length;
      dated.push(...(dates ?? []));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const left = todos.length - answered;
  const leftOut =
    left === 0 || answered === 0
      ? []
      : [`${countOf(left, 'TODO note')} of ${todos.length}: dating them all would take too long.`];
  return { findings: oldOnes(dated, options.nowMs), leftOut };
}

type BlameOptions = TodoOptions & Readonly<{ timeoutMs: number }>;

/** When each line came in, as committed; undefined when git does not say. Lines that were changed since are left out. */
async function datesOf(
  root: string,
  lines: readonly Todo[],
  { searchPath, signal, timeoutMs }: BlameOptions,
): Promise<readonly Dated[] | undefined> {
  const path = lines[0]?.path ?? '';
  const ranges = lines.flatMap(({ line }) => ['-L', `${line},${line}`]);
  const blamed = await runGit(root, ['blame', '--no-textconv', '--line-porcelain', ...ranges, 'HEAD', '--', path], {
    searchPath,
    signal,
    timeoutMs,
    maxOutput: 1024 * 1024,
    settings: { 'blame.ignoreRevsFile': '' },
  });
  if (!blamed.ok) return undefined;
  const entries = blamed.stdout.toString('utf8').split(/^(?=[0-9a-f]{40,64} \d+ \d+)/m);
  const known = new Map(
    entries.map((entry) => [/^\t(.*)$/m.exec(entry)?.[1]?.trim() ?? '', /^author-time (\d+)$/m.exec(entry)?.[1]]),
  );
  return lines.flatMap((todo) => {
    const seconds = known.get(todo.text);
    return seconds === undefined ? [] : [{ ...todo, atMs: Number(seconds) * 1_000 }];
  });
}

function oldOnes(dated: readonly Dated[], nowMs: number): readonly Detected[] {
  const old = dated.filter(({ atMs }) => nowMs - atMs > YEAR_MS).toSorted((a, b) => a.atMs - b.atMs);
  const [oldest] = old;
  if (oldest === undefined || old.length < 2) return [];
  const years = Math.floor((nowMs - oldest.atMs) / YEAR_MS);
  return [
    {
      kind: 'old-todo',
      severity: 'low',
      confidence: 0.75,
      title: `${countOf(old.length, 'TODO note')} stand for more than a year, one for ${countOf(years, 'year')}`,
      file: oldest.path,
      line: oldest.line,
      anchor: 'old notes',
      evidence: old.slice(0, SHOWN).map(({ path, line, text, atMs }) => ({
        source: 'hygiene',
        text: `${new Date(atMs).toISOString().slice(0, 10)}: ${text.slice(0, 140)}`,
        ref: `${path}:${line}`,
      })),
      fix: 'Do it, turn it into an issue, or remove the note: after a year nobody will do it by chance.',
    },
  ];
}
