import { type Outlook, PAUSED_BY_ALERT, type RunView, type TaskStatus, type TaskView } from '../../app/views.ts';
import { failureSentence, outcomeReason, skipSentence } from './failure.ts';
import { duration, elapsed, plural, roughly } from './format.ts';
import { line, type Piece } from './line.ts';
import type { Style } from './style.ts';
import { fit, fitRight, visible, widthOf } from './text.ts';

/** What the picture of a run is drawn for. */
export type ScreenOptions = Readonly<{
  /** Led time now, ms. */
  nowMs: number;
  /** Size of the place to draw in; lines are never wider and there are never more of them. */
  columns: number;
  rows: number;
  style: Style;
  outlook: Outlook;
}>;

/** The picture of a run as it is now, line by line, safe for the terminal. */
export function runScreen(view: RunView, options: ScreenOptions): readonly string[] {
  const head = [titleLine(view, options), progressLine(view, options), ...outlookLines(view, options)];
  const room = Math.max(0, options.rows - head.length);
  const waits = waitLines(view, options);
  const recent = recentLines(view, options);
  const shares = shareRows(room, [view.active.size, waits.length, recent.length]);
  const [runningRows = 0, waitRows = 0, recentRows = 0] = shares;
  return [
    ...head,
    ...runningLines(view, options, runningRows),
    ...(waitRows > 0 ? waits.slice(0, waitRows) : []),
    ...(recentRows > 0 ? recent.slice(-recentRows) : []),
  ].slice(0, options.rows);
}

/** Rows for each part: what runs first, then what waits, then what has ended; each keeps two if there is room. */
function shareRows(room: number, wanted: readonly number[]): readonly number[] {
  const least = wanted.map((count) => Math.min(count, 2));
  let left = room - least.reduce((sum, count) => sum + count, 0);
  return wanted.map((count, index) => {
    const base = least[index] ?? 0;
    if (left <= 0) return Math.min(base, room);
    const more = Math.min(count - base, left);
    left -= more;
    return base + more;
  });
}

function titleLine(view: RunView, { columns, nowMs, style }: ScreenOptions): string {
  const state = stateOf(view);
  const busy = `${busyCount(view)} of ${plural(view.slots, 'agent')} busy`;
  const clock = elapsed((view.hasEnded ? view.atMs : nowMs) - view.startedAtMs);
  const left: Piece[] = [[titleOf(view), style.bold], `  ${state}  ${clock}`];
  const used = left.reduce((sum, piece) => sum + widthOf(typeof piece === 'string' ? piece : piece[0]), 0);
  const gap = columns - used - widthOf(busy);
  return gap < 2 ? line(columns, ...left) : line(columns, ...left, ' '.repeat(gap), [busy, style.dim]);
}

/** The id of a run begins with the name of its workflow, unless that has other letters. */
function titleOf({ spec, runId }: RunView): string {
  const name = spec?.name ?? '';
  return visible(runId.startsWith(name) ? runId : `${name} ${runId}`);
}

/** The state of the run in one or two words. */
export function stateOf(view: RunView): string {
  if (view.outcome !== undefined) return view.outcome.state;
  if (view.state === 'paused') return view.active.size > 0 ? 'pausing' : 'paused';
  return isWaitingForPerson(view) ? 'waits for you' : 'running';
}

/** Nothing runs or will run before a person has answered. */
export function isWaitingForPerson({ counts }: RunView): boolean {
  const moving =
    counts.ready +
    counts.running +
    counts.verifying +
    counts['backing-off'] +
    counts['awaiting-quota'] +
    counts.cancelling;
  return counts['outcome-unknown'] > 0 && moving === 0;
}

/** And what ran has ended. Who pauses a run by hand knows of it, and may resume it at any time. */
export function isPausedByAlert({ state, pauseReason, active }: RunView): boolean {
  return state === 'paused' && active.size === 0 && pauseReason?.startsWith(PAUSED_BY_ALERT) === true;
}

/** Attempts that take up an agent: those that wait for sub-tasks do not. */
function busyCount({ active, counts }: RunView): number {
  return active.size - counts['awaiting-children'];
}

function progressLine(view: RunView, { columns, style }: ScreenOptions): string {
  const { counts, ended } = view;
  const total = view.tasks.size;
  const numbers = ` ${ended}/${total}`;
  const asleep =
    counts['backing-off'] + counts['awaiting-quota'] + counts['outcome-unknown'] + counts['awaiting-children'];
  const waiting = counts.blocked + counts.ready + asleep;
  const words: Piece[] = [
    [counts.failed > 0 ? `  ${counts.failed} failed` : '', style.red],
    [counts.skipped > 0 ? `  ${counts.skipped} skipped` : '', style.yellow],
    [counts.cancelled > 0 ? `  ${counts.cancelled} cancelled` : '', style.yellow],
    [`  ${busyCount(view)} running  ${waiting} waiting`, style.dim],
  ];
  const bar = Math.min(30, Math.max(6, Math.floor(columns / 4)));
  const [full, empty] = barOf(total === 0 ? 0 : ended / total, bar, style);
  return line(columns, [full, counts.failed > 0 ? style.yellow : style.green], [empty, style.dim], numbers, ...words);
}

function barOf(ratio: number, columns: number, { signs }: Style): readonly [string, string] {
  const filled = Math.min(columns, Math.floor(ratio * columns));
  return [signs.full.repeat(filled), signs.empty.repeat(columns - filled)];
}

function outlookLines(view: RunView, { columns, outlook, style }: ScreenOptions): readonly string[] {
  if (view.hasEnded) return [];
  const left = line(columns, ['time left ', style.dim], timeLeftWords(outlook));
  const path = outlook.criticalPath;
  if (path.length < 2) return [left];
  const names = path.map(({ spec }) => visible(spec.name)).join(` ${style.signs.to} `);
  const time = outlook.criticalMs === undefined ? '' : ` (${roughly(outlook.criticalMs)})`;
  const label = columns < 60 ? 'path ' : 'longest path ';
  return [left, line(columns, [label, style.dim], `${plural(path.length, 'task')}${time}: `, names)];
}

/** What is known about the time left, in words. */
export function timeLeftWords({ timeLeft }: Outlook): string {
  if (timeLeft.kind === 'unknown') return 'no history yet';
  if (timeLeft.kind === 'at-least') {
    const without = plural(timeLeft.withoutEstimate, 'task');
    return `at least ${roughly(timeLeft.fromMs)} (no history yet for ${without})`;
  }
  const [from, to] = [roughly(timeLeft.fromMs), roughly(timeLeft.toMs)];
  if (from !== to) return `${from} to ${to}`;
  return from.startsWith('under') ? from : `about ${from}`;
}

function runningLines(view: RunView, options: ScreenOptions, rows: number): readonly string[] {
  if (rows === 0 || view.active.size === 0) return [];
  const active = [...view.active];
  const shown = active.length > rows ? active.slice(0, rows - 1) : active;
  const nameColumns = columnsForNames(shown, options.columns);
  const lines = shown.map((task) => runningLine(view, task, nameColumns, options));
  if (shown.length < active.length) {
    lines.push(line(options.columns, [`  and ${active.length - shown.length} more`, options.style.dim]));
  }
  return lines;
}

function columnsForNames(tasks: readonly TaskView[], columns: number): number {
  const longest = tasks.reduce((most, { spec }) => Math.max(most, widthOf(visible(spec.name))), 0);
  return Math.min(longest, Math.max(12, Math.floor(columns * 0.4)));
}

function runningLine(view: RunView, task: TaskView, nameColumns: number, options: ScreenOptions): string {
  const { stand } = task;
  const { columns, nowMs, style } = options;
  if (!('startedAtMs' in stand)) return '';
  const spentMs = nowMs - stand.startedAtMs;
  const sign = stand.status === 'running' ? style.signs.running : style.signs.waiting;
  const start: Piece[] = [
    [`${sign} `, style.cyan],
    fit(visible(task.spec.name), nameColumns),
    fitRight(elapsed(spentMs), 8),
  ];
  if (columns < 60) return line(columns, ...start, detailOf(task));
  const agent = `  ${fit(agentName(stand.agentId, view.runId), Math.min(14, Math.floor(columns / 6)))}`;
  return line(columns, ...start, [agent, style.dim], ...shareOfTask(view, task, spentMs, style), detailOf(task));
}

/** Agents of a run are named after it; beside the run that says nothing. */
export function agentName(agentId: string, run: string): string {
  return visible(agentId.startsWith(`${run}/`) ? agentId.slice(run.length + 1) : agentId);
}

/** A bar only where something was measured: reported progress, or time spent of a known estimate. */
function shareOfTask(view: RunView, task: TaskView, spentMs: number, style: Style): readonly Piece[] {
  const { stand } = task;
  const report = 'report' in stand && stand.report?.kind === 'progress' ? stand.report.percentage : null;
  if (report !== null) {
    const [full, empty] = barOf(report / 100, 8, style);
    return [' ', [full, style.green], [empty, style.dim], ` ${Math.round(report)}%`];
  }
  const estimate = view.estimateOf(task);
  if (estimate === undefined || stand.status !== 'running') return [];
  const [full, empty] = barOf(spentMs / estimate, 8, style);
  return [
    ' ',
    [full, style.cyan],
    [empty, style.dim],
    [` of ${estimate < 1000 ? '' : 'about '}${roughly(estimate)}`, style.dim],
  ];
}

/** What an attempt does that does not work. */
const BUSY_WITH: Partial<Record<TaskStatus, string>> = {
  verifying: 'being checked',
  'awaiting-children': 'waits for its sub-tasks',
  cancelling: 'being stopped',
};

function detailOf({ stand, attempt }: TaskView): string {
  const word = BUSY_WITH[stand.status];
  const parts: string[] = word === undefined ? [] : [word];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if ('report' in stand && stand.report?.kind === 'progress' && stand.report.step !== null) {
    parts.push(visible(stand.report.step));
  }
  if ('report' in stand && stand.report?.kind === 'note') parts.push(visible(stand.report.text));
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}

/** What holds things up, most important first. */
function waitLines(view: RunView, { columns, nowMs, style }: ScreenOptions): readonly string[] {
  const lines: string[] = [];
  const add = (...pieces: readonly Piece[]): number => lines.push(line(columns, ...pieces));
  if (view.state === 'paused') {
    add([`${style.signs.warn} `, style.yellow], `paused: ${visible(view.pauseReason ?? 'no reason given')}`);
  }
  if (!view.hasEnded) {
    for (const { name, sentence } of waitingTasks(view, nowMs)) {
      add([`${style.signs.waiting} `, style.yellow], `${visible(name)}  ${sentence}`);
    }
    const busy = readySentence(view);
    if (busy !== undefined) add([`${style.signs.waiting} `, style.dim], [busy, style.dim]);
  }
  return lines;
}

/** Most lines of one kind: the picture stays small and quick with 100,000 tasks. */
const MOST_WAITING = 20;

function waitingTasks(view: RunView, nowMs: number): readonly Readonly<{ name: string; sentence: string }>[] {
  const lines: { name: string; sentence: string }[] = [];
  if (view.counts['outcome-unknown'] + view.counts['backing-off'] + view.counts['awaiting-quota'] === 0) return lines;
  for (const { spec, stand, attempt } of view.tasks.values()) {
    if (lines.length >= MOST_WAITING) break;
    if (stand.status === 'outcome-unknown') {
      lines.unshift({ name: spec.name, sentence: `waits for you: waggle tasks settle ${view.runId}/${spec.name}` });
    } else if (stand.status === 'backing-off' || stand.status === 'awaiting-quota') {
      lines.push({
        name: spec.name,
        sentence: `attempt ${attempt} ${failureSentence(stand.failure)}${againIn(stand.retryAtMs - nowMs)}`,
      });
    }
  }
  return lines;
}

function againIn(ms: number): string {
  return ms < 1000 ? '; again soon' : `; again in ${elapsed(ms)}`;
}

function readySentence(view: RunView): string | undefined {
  const { ready } = view.counts;
  const holder = biggestHolder(view);
  const parts: string[] = [];
  if (ready > 0 && view.state !== 'paused') parts.push(`${plural(ready, 'task')} ready, no agent free`);
  if (holder !== undefined) parts.push(`${visible(holder.spec.name)} holds up ${plural(holder.count, 'task')}`);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** The running task that most blocked tasks wait for. */
function biggestHolder(view: RunView): Readonly<{ spec: TaskView['spec']; count: number }> | undefined {
  let most: { spec: TaskView['spec']; count: number } | undefined;
  for (const task of view.active) {
    const count = task.dependents.reduce((sum, { stand }) => sum + (stand.status === 'blocked' ? 1 : 0), 0);
    if (count > (most?.count ?? 0)) most = { spec: task.spec, count };
  }
  return most;
}

function recentLines(view: RunView, { columns, style }: ScreenOptions): readonly string[] {
  return view.recent.map((task) => endLine(task, columns, style));
}

/** How a task ended, in one line. */
export function endLine(task: TaskView, columns: number, style: Style): string {
  const name = visible(task.spec.name);
  const { stand } = task;
  switch (stand.status) {
    case 'succeeded':
      return line(columns, [`${style.signs.done} `, style.green], name, [took(stand.tookMs), style.dim]);
    case 'failed':
      return line(columns, [`${style.signs.failed} ${name}`, style.red], `  ${failureSentence(stand.failure)}`);
    case 'skipped':
      return line(columns, [`${style.signs.skipped} ${name}`, style.yellow], `  skipped: ${skipSentence(stand.cause)}`);
    case 'cancelled':
      return line(columns, [`${style.signs.skipped} ${name}`, style.yellow], `  cancelled: ${visible(stand.reason)}`);
    case 'blocked':
    case 'ready':
    case 'running':
    case 'verifying':
    case 'awaiting-children':
    case 'cancelling':
    case 'backing-off':
    case 'awaiting-quota':
    case 'outcome-unknown':
      return line(columns, `${style.signs.waiting} ${name}  ${stand.status}`);
  }
}

function took(ms: number | undefined): string {
  return ms === undefined ? '' : `  ${duration(ms)}`;
}

/** The last word on a run: outcome, counts, time. */
export function summaryLines(view: RunView, style: Style): readonly string[] {
  const { outcome } = view;
  if (outcome === undefined) return [`${titleOf(view)}: ${stateOf(view)}`];
  const name = style.bold(titleOf(view));
  const time = duration(view.atMs - view.startedAtMs);
  if (outcome.state === 'succeeded') {
    return [`${style.green(style.signs.done)} ${name} succeeded: ${countWords(view)} in ${time}`];
  }
  const isPlain = outcome.state === 'failed' && outcome.failure.reason === 'task-failed';
  const why = isPlain ? '' : `${outcomeReason(outcome)}; `;
  return [`${style.red(style.signs.failed)} ${name} ${outcome.state} after ${time}: ${why}${countWords(view)}`];
}

/** Names of failed tasks in one line. */
const MOST_NAMES = 3;

function countWords({ counts, tasks, failures }: RunView): string {
  const total = plural(tasks.size, 'task');
  const parts = [counts.succeeded === tasks.size ? total : `${counts.succeeded} of ${total} succeeded`];
  if (counts.failed > 0) {
    const names = failures.slice(0, MOST_NAMES).map(({ spec }) => visible(spec.name));
    parts.push(`${counts.failed} failed (${names.join(', ')}${failures.length > MOST_NAMES ? ' …' : ''})`);
  }
  if (counts.skipped > 0) parts.push(`${counts.skipped} skipped`);
  if (counts.cancelled > 0) parts.push(`${counts.cancelled} cancelled`);
  return parts.join(', ');
}
