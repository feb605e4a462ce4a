import { type JournalRecord, type Outlook, outlookOf, type RunId, RunView, type TaskView } from '../app/views.ts';
import { LedClock } from './led-clock.ts';
import type { Output } from './output.ts';
import { eventLine } from './render/event-line.ts';
import { failureBlock, type LogPlace } from './render/failure.ts';
import { LiveScreen } from './render/live-screen.ts';
import { plainLine, stillRunningLine } from './render/plain-lines.ts';
import { isPausedByAlert, isWaitingForPerson, runScreen } from './render/run-screen.ts';
import type { Style } from './render/style.ts';

/** Failures told in full; the others get a line. */
const MOST_BLOCKS = 5;
/** Silence after which plain output says that all is well. */
const SILENCE_MS = 30_000;

export type FollowOptions = Readonly<{
  out: Output;
  runId: RunId;
  /** Where the log of a failed task is. */
  logOf: (task: TaskView) => LogPlace | undefined;
  /** Wall time at which the task's running attempt began, for clocks on screen while nothing new is recorded. */
  wallStartOf: (task: TaskView) => number | undefined;
  /** Records up to this seq are history: they count, but are not told again. @default 0 */
  pastSeq?: number;
}>;

/**
 * Shows one run while it goes on: a picture on a terminal, lines elsewhere, JSON lines with `--json`. Feed it the
 * run's records in order.
 */
export class RunFollower implements Disposable {
  readonly view: RunView;
  readonly clock: LedClock = new LedClock();
  readonly #options: FollowOptions;
  readonly #screen: LiveScreen | undefined;
  readonly #style: Style;
  readonly #settled = Promise.withResolvers<'ended' | 'waiting' | 'paused'>();
  #silence: NodeJS.Timeout | undefined;
  #blocks = 0;
  #outlook: Outlook | undefined;
  #outlookDueMs = 0;

  constructor(options: FollowOptions) {
    const { out, runId } = options;
    this.#options = options;
    this.#style = out.talkStyle;
    this.view = new RunView(runId);
    if (out.screen !== undefined) {
      this.#screen = new LiveScreen(out.screen, (columns, rows) => this.#draw(columns, rows));
      out.showAbove(this.#screen);
    }
    this.#breakSilence();
  }

  /**
   * Resolves when the run has ended, when it goes on only after a person's answer and nobody is here to give it, or when an
   * alert has paused it and nothing of it runs any more.
   */
  get settled(): Promise<'ended' | 'waiting' | 'paused'> {
    return this.#settled.promise;
  }

  /** Takes the records of `Coordinator.follow`. */
  readonly onRecords = (records: readonly JournalRecord[]): void => {
    const { out, pastSeq = 0 } = this.#options;
    for (const record of records) {
      this.view.apply([record]);
      out.json(eventLine(record, this.view.runId));
      if (record.seq > pastSeq) this.#tell(record);
    }
    const last = records.at(-1);
    const isNew = last !== undefined && last.seq > pastSeq;
    if (isNew) this.clock.anchor(last.atMs);
    else if (!this.clock.isKnown) this.#anchorByWall();
    this.#settle(isNew);
  };

  /** What is history may have been followed by more: whoever resumes a run that an alert has paused sees the pause again. */
  #settle(isNew: boolean): void {
    if (this.view.hasEnded) this.#settled.resolve('ended');
    else if (isWaitingForPerson(this.view) && !this.#options.out.hasPerson) this.#settled.resolve('waiting');
    else if (isNew && isPausedByAlert(this.view)) this.#settled.resolve('paused');
  }

  /** Takes the picture away. */
  [Symbol.dispose](): void {
    clearTimeout(this.#silence);
    this.#screen?.[Symbol.dispose]();
    this.#options.out.showAbove(undefined);
  }

  /** History does not say how long ago it was; the newest start of what still runs does. */
  #anchorByWall(): void {
    const newest = [...this.view.active].at(-1);
    const wallMs = newest === undefined ? undefined : this.#options.wallStartOf(newest);
    if (newest === undefined || wallMs === undefined || !('startedAtMs' in newest.stand)) return;
    this.clock.anchor(newest.stand.startedAtMs, Math.max(0, Date.now() - wallMs));
  }

  #tell(record: JournalRecord): void {
    const { out } = this.#options;
    if (out.isJson) return;
    const asksSomebody =
      record.event.type === 'proposal.opened' && record.event.spec.members.some(({ id }) => id.startsWith('user:'));
    if ((this.#screen === undefined || asksSomebody) && !out.isQuiet) {
      const text = plainLine(record, this.view, this.#style);
      if (text !== undefined) {
        out.say(text);
        this.#breakSilence();
      }
    }
    if (record.event.type === 'task.failed') this.#tellFailure(record.event.taskId);
  }

  #tellFailure(id: string): void {
    const task = this.view.tasks.get(id.slice(this.view.runId.length + 1));
    if (task?.stand.status !== 'failed') return;
    this.#blocks += 1;
    if (this.#blocks > MOST_BLOCKS) return;
    const { failure } = task.stand;
    const told = { name: task.spec.name, failure, attempt: task.attempt, work: task.spec.work };
    const { out } = this.#options;
    out.warn(...failureBlock(told, this.#options.logOf(task), { style: this.#style, columns: out.talkColumns }));
  }

  #draw(columns: number, rows: number): readonly string[] {
    if (this.view.tasks.size === 0) return [];
    const nowMs = this.clock.nowMs(this.view.atMs);
    return runScreen(this.view, { nowMs, columns, rows, style: this.#style, outlook: this.#look(nowMs) });
  }

  /** Looking ahead costs a pass over the graph: rarer for large ones. */
  #look(nowMs: number): Outlook {
    if (this.#outlook === undefined || performance.now() >= this.#outlookDueMs) {
      const startedAt = performance.now();
      this.#outlook = outlookOf(this.view, nowMs);
      this.#outlookDueMs = performance.now() + Math.max(200, 50 * (performance.now() - startedAt));
    }
    return this.#outlook;
  }

  #breakSilence(): void {
    const { out } = this.#options;
    if (this.#screen !== undefined || out.isQuiet || out.isJson) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      const nowMs = this.clock.nowMs(this.view.atMs);
      out.say(stillRunningLine(this.view, nowMs, outlookOf(this.view, nowMs)));
      this.#breakSilence();
    }, SILENCE_MS);
    this.#silence.unref();
  }
}
