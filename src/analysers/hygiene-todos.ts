import type { FileEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { runGit, type GitOptions } from './git.ts';

/** A note to do something, where it stands. */
export type Todo = Readonly<{ path: string; line: number; text: string }>;

const YEAR_S = 365 * 24 * 3_600;
const SHOWN = 6;
const MAX_QUOTED = 58;
const SHOWN_PLACES = 4;
/** Names of files that git is asked about in one call. */
const MAX_NAMES = 500;
const NOTE = /(?:^|\s)(?:\/\/|#|\*|\/\*|<!--|--|;)\s*(?:(?:TODO|FIXME|XXX|HACK)\b|@?(?:todo|fixme)\b\s*[:(])/;
const COMMENT = /^\s*(?:\/\/|#|\*|\/\*|<!--|--|;)/;
/** An issue, or a page that keeps track of it. */
const TRACKED =
  /(?:^|[\s(])(?:[\w.-]+\/[\w.-]+|GH)?#\d+\b|\bGH-\d+|\b(?:issue|bug|ticket|PR)s? #?\d+|\/(?:issues|pull|browse|discussions)\/|\b[A-Z]{2,}-\d{2,}\b/;
const DANGER =
  /secur(?!e context)|\b(?:un)?escaped\b|\bnot escap|\bescap\w* (?:properly|correctly)|\bneeds? (?:to )?(?:be )?escap|\bunsafe\b|saniti[sz](?:e[ds]?|ing|ation)\b|(?<!dependency[ -])\binject(?:ion|able)|vulnerab|\b(?:xss|XSS|csrf|CSRF)\b|untrusted|\brac(?:e conditions?|es with|y)\b|\b(?:data race|deadlock)|\b(?:memory|handle|socket|descriptor|fd|connection|listener|goroutine|thread) leak|\b(?:this|it|that|which|still) leaks?\b|(?:los(?:e|es|s of)|losing) (?:\w+ )?data\b|data loss|wrong (?:result|answer|value)s?\b|corrupt|\b(?:integer|int|buffer|stack)[ -]overflow|\b(?:may|can|could|might|will) overflow|\boverflows\b/;
const FAULT = /\bFIXME\b.*\b(?:bug|broken|wrong|incorrect|crash\w*|fails?|leaks?|race)\b/i;

/** Left on purpose until something may break. */
const WAITS =
  /\bnext major\b|\bmajor (?:version|release|bump)|\bbreaking (?:change|release|BC)|\bbreak(?:s|ing)? (?:BC|compat|backwards?)|\b(?:in|for|until|by|with|at|remove in) v?\d+\.0\b|\bremove (?:\w+ )?in \w+ ?\d+\b/i;

/** Notes in comments of code that people wrote and ship; those that name an issue are looked after there. */
export function todosIn({ path, context, bytes }: FileEntry, text: string): readonly Todo[] {
  if (context !== 'production' || bytes > 512 * 1024 || !/\b(?:todo|fixme|xxx|hack)\b/i.test(text)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    line.length < 300 && NOTE.test(line) && !isTracked(lines, index)
      ? [{ path, line: index + 1, text: line.trim() }]
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

export type TodoOptions = Pick<GitOptions, 'searchPath' | 'signal'>;

/**
 * One finding for all notes that tell of danger and stood there a year before the newest commit. The commit of then is
 * asked, not the clock: the same commit gives the same finding.
 */
export async function oldTodos(
  root: string,
  todos: readonly Todo[],
  options: TodoOptions,
): Promise<readonly Detected[]> {
  const telling = todos.filter(isTelling);
  if (telling.length === 0) return [];
  const then = await commitOfThen(root, options);
  const known = then === undefined ? undefined : await notesOf(then.hash, { root, todos: telling, options });
  if (then === undefined || known === undefined) return [];
  const old = telling.filter(({ text }) => known.has(text));
  if (old.length === 0) return [];
  return [findingOf([...old.filter(isDangerous), ...old.filter((one) => !isDangerous(one))], then.day)];
}

function isTelling({ text }: Todo): boolean {
  return (DANGER.test(text) || FAULT.test(text)) && !WAITS.test(text);
}

function isDangerous({ text }: Todo): boolean {
  return DANGER.test(text);
}

type Then = Readonly<{ hash: string; day: string }>;

/** The newest commit that was a year old when the newest of all was made. */
async function commitOfThen(root: string, options: TodoOptions): Promise<Then | undefined> {
  const newest = await runGit(root, ['log', '-1', '--format=%ct', 'HEAD'], options);
  if (!newest.ok) return undefined;
  const before = Number(newest.stdout.toString('utf8').trim()) - YEAR_S;
  const found = await runGit(root, ['rev-list', '-1', `--before=${before}`, 'HEAD'], options);
  const hash = found.ok ? found.stdout.toString('utf8').trim() : '';
  return /^[0-9a-f]{40,64}$/.test(hash)
    ? { hash, day: new Date(before * 1_000).toISOString().slice(0, 10) }
    : undefined;
}

type Asked = Readonly<{ root: string; todos: readonly Todo[]; options: TodoOptions }>;

/** Lines with such words in files of the same names, wherever they stood then; undefined when git does not say. */
async function notesOf(hash: string, { root, todos, options }: Asked): Promise<ReadonlySet<string> | undefined> {
  const names = [...new Set(todos.map(({ path }) => path.split('/').at(-1) ?? ''))].slice(0, MAX_NAMES);
  const patterns = names.map((name) => `:(glob)**/${name.replaceAll(/[*?[\\]/g, '?')}`);
  const words = ['-e', 'TODO', '-e', 'FIXME', '-e', 'XXX', '-e', 'HACK'];
  const told = await runGit(root, ['grep', '-h', '-I', '-i', '-F', ...words, hash, '--', ...patterns], options);
  if (!told.ok) return told.reason === 'failed' && told.message === '' ? new Set() : undefined;
  return new Set(
    told.stdout
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim()),
  );
}

/** The most telling note first, those with the same words together. */
function findingOf(notes: readonly Todo[], day: string): Detected {
  const groups = [...Map.groupBy(notes, ({ text }) => wordsOf(text)).values()];
  const { path, line, text } = notes[0] ?? { path: '', line: 0, text: '' };
  const rest = groups.length - SHOWN;
  return {
    kind: 'old-todo',
    severity: 'low',
    confidence: 0.75,
    title: titleOf(text),
    file: path,
    line,
    anchor: 'old notes',
    evidence: [
      ...groups.slice(0, SHOWN).map(groupEvidence),
      ...(rest > 0 ? [{ source: 'hygiene', text: `And ${rest} more.` }] : []),
      {
        source: 'history',
        text: `${notes.length === 1 ? 'It' : 'All'} stood there on ${day}, a year before the newest commit.`,
      },
    ],
    fix: 'Do it, turn it into an issue, or remove the note: after a year nobody will do it by chance.',
  };
}

function groupEvidence(group: readonly Todo[]): Detected['evidence'][number] {
  const [first, ...more] = group;
  const { path, line, text } = first ?? { path: '', line: 0, text: '' };
  const others = more.slice(0, SHOWN_PLACES).map((one) => `${one.path}:${one.line}`);
  const further = more.length - others.length;
  const also = others.length === 0 ? '' : `; also at ${others.join(', ')}${further > 0 ? ` and ${further} more` : ''}`;
  return { source: 'hygiene', text: `${text.slice(0, 160)}${also}`, ref: `${path}:${line}` };
}

function wordsOf(text: string): string {
  return text
    .replace(/^.*?(?:\/\/|#|\*|\/\*|<!--|--|;)\s*@?(?=TODO|FIXME|XXX|HACK)/i, '')
    .replace(/\s*(?:\*\/|-->)$/, '')
    .trim();
}

function titleOf(text: string): string {
  const words = wordsOf(text);
  return `Left so for over a year: "${words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED - 1).trim()}…` : words}"`;
}
