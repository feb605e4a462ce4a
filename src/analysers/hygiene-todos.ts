import type { FileEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { runGit, type GitOptions } from './git.ts';
import { dueOf, isPassed, Versions } from './overdue.ts';

/** A note to do something, where it stands. `words`: with the line after it, where that goes on. */
export type Todo = Readonly<{ path: string; line: number; text: string; words: string }>;

const GRACE_S = 30 * 24 * 3_600;
const SHOWN = 6;
const MAX_QUOTED = 58;
const SHOWN_PLACES = 4;
const NOTE = /(?:^|\s)(?:\/\/|#|\*|\/\*|<!--|--|;)\s*(?:(?:TODO|FIXME|XXX|HACK)\b|@?(?:todo|fixme)\b\s*[:(])/;
const COMMENT = /^\s*(?:\/\/|#|\*|\/\*|<!--|--|;)/;
/** An issue, or a page that keeps track of it. */
const TRACKED =
  /(?:^|[\s(])(?:[\w.-]+\/[\w.-]+|GH)?#\d+\b|\bGH-\d+|\b(?:issue|bug|ticket|PR)s? #?\d+|\/(?:issues|pull|browse|discussions)\/|\b[A-Z]{2,}-\d{2,}\b/;
/** Notes in comments of code that people wrote and ship; those that name an issue are looked after there. */
export function todosIn({ path, context, bytes }: FileEntry, text: string): readonly Todo[] {
  if (context !== 'production' || bytes > 512 * 1024 || !/\b(?:todo|fixme|xxx|hack)\b/i.test(text)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    line.length < 300 && NOTE.test(line) && !isTracked(lines, index)
      ? [{ path, line: index + 1, text: line.trim(), words: wordsAt(lines, index) }]
      : [],
  );
}

/** By the whole comment: its line, and the comment lines before and after it. */
function isTracked(lines: readonly string[], index: number): boolean {
  const isComment = (at: number): boolean => COMMENT.test(lines[at] ?? '') && Math.abs(at - index) < 15;
  let [from, to] = [index, index];
  while (isComment(from - 1)) from -= 1;
  while (isComment(to + 1)) to += 1;
  return lines.slice(from, to + 1).some((line) => TRACKED.test(line));
}

function wordsAt(lines: readonly string[], index: number): string {
  const [here = '', next = ''] = lines.slice(index, index + 2).map((line) => line.trim());
  const goesOn = COMMENT.test(next) && !NOTE.test(next) && !next.includes('*/');
  return goesOn ? `${here} ${next.replace(COMMENT, '').trim()}` : here;
}

export type TodoOptions = Pick<GitOptions, 'searchPath' | 'signal'> &
  Readonly<{
    /** Text of a file of the repository; undefined where there is none. */
    read: (path: string) => string | undefined;
  }>;

/**
 * One finding for all notes that are overdue: they wait for a version that the project has passed, or for a day that
 * has gone by when the newest commit was made. The same commit gives the same finding, whatever the clock says.
 */
export async function oldTodos(
  root: string,
  todos: readonly Todo[],
  options: TodoOptions,
): Promise<readonly Detected[]> {
  const due = todos.flatMap((todo) => dueOf(todo.words).map((one) => ({ todo, due: one })));
  if (due.length === 0) return [];
  const today = await newestDay(root, options);
  const versions = new Versions(options.read, await newestTag(root, options));
  const late = due.flatMap(({ todo, due: one }): readonly Late[] => {
    if (one.kind === 'day')
      return today !== undefined && one.day < today ? [{ ...todo, why: `${one.day} is past.` }] : [];
    const now = versions.of(todo.path);
    return now !== undefined && isPassed(one, now) ? [{ ...todo, why: `The project is at ${now.text}.` }] : [];
  });
  const single = [...Map.groupBy(late, ({ path, line }) => `${path}:${line}`).values()].flatMap((all) =>
    all.slice(0, 1),
  );
  return single.length === 0 ? [] : [findingOf(single)];
}

type Late = Todo & Readonly<{ why: string }>;

/** 30 days are given. */
async function newestDay(root: string, { searchPath, signal }: TodoOptions): Promise<string | undefined> {
  const newest = await runGit(root, ['log', '-1', '--format=%ct', 'HEAD'], { searchPath, ...signalOf(signal) });
  const seconds = newest.ok ? Number(newest.stdout.toString('utf8').trim()) : Number.NaN;
  return Number.isNaN(seconds) ? undefined : new Date((seconds - GRACE_S) * 1_000).toISOString().slice(0, 10);
}

async function newestTag(root: string, { searchPath, signal }: TodoOptions): Promise<string | undefined> {
  const told = await runGit(root, ['describe', '--tags', '--abbrev=0', 'HEAD'], { searchPath, ...signalOf(signal) });
  return told.ok ? told.stdout.toString('utf8').trim() : undefined;
}

function signalOf(signal: AbortSignal | undefined): Pick<GitOptions, 'signal'> {
  return signal === undefined ? {} : { signal };
}

/** Those with the same words together. */
function findingOf(notes: readonly Late[]): Detected {
  const groups = [...Map.groupBy(notes, ({ text }) => wordsOf(text)).values()];
  const { path, line, text } = notes[0] ?? { path: '', line: 0, text: '' };
  const rest = groups.length - SHOWN;
  return {
    kind: 'old-todo',
    severity: 'low',
    confidence: 0.85,
    title: titleOf(text, notes.length - 1),
    file: path,
    line,
    anchor: 'overdue notes',
    evidence: [
      ...groups.slice(0, SHOWN).map(groupEvidence),
      ...(rest > 0 ? [{ source: 'hygiene', text: `And ${rest} more.` }] : []),
    ],
    fix: 'Do what it says, or write down what it waits for now.',
  };
}

function groupEvidence(group: readonly Late[]): Detected['evidence'][number] {
  const [first, ...more] = group;
  const { path, line, text, why } = first ?? { path: '', line: 0, text: '', why: '' };
  const others = more.slice(0, SHOWN_PLACES).map((one) => `${one.path}:${one.line}`);
  const further = more.length - others.length;
  const also = others.length === 0 ? '' : `; also at ${others.join(', ')}${further > 0 ? ` and ${further} more` : ''}`;
  return { source: 'hygiene', text: `${text.slice(0, 160)}${also}. ${why}`, ref: `${path}:${line}` };
}

function wordsOf(text: string): string {
  return text
    .replace(/^.*?(?:\/\/|#|\*|\/\*|<!--|--|;)\s*@?(?=TODO|FIXME|XXX|HACK)/i, '')
    .replace(/\s*(?:\*\/|-->)$/, '')
    .trim();
}

function titleOf(text: string, more: number): string {
  const words = wordsOf(text);
  const shown = words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED - 1).trim()}…` : words;
  return `Overdue: "${shown}"${more > 0 ? ` and ${more} more` : ''}`;
}
