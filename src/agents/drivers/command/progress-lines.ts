import type { AgentReport } from '../../../core/tasks/attempt.ts';
import type { Clock } from '../../../ports/clock.ts';

type Progress = Extract<AgentReport, { kind: 'progress' }>;

const MARKER = '::waggle ';
const NEWLINE = 0x0a;
/** Longer lines are no progress lines: their rest is skipped. */
const MAX_LINE_BYTES = 2_048;
const MAX_STEP_LENGTH = 200;
const MS_BETWEEN_REPORTS = 1_000;
/** `step` may be quoted, and then hold spaces. */
const FIELD = /(\w+)=(?:"([^"]*)"|(\S*))/g;
// oxlint-disable-next-line no-control-regex -- what a program prints must not steer a terminal later
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Reads `::waggle progress=40 step="build docs"`; undefined when the line is anything else or says nothing. */
export function parseProgress(line: string): Progress | undefined {
  if (!line.startsWith(MARKER)) return undefined;
  const fields = new Map([...line.matchAll(FIELD)].map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']));
  const percentage = percentageOf(fields.get('progress'));
  const step = fields.get('step')?.replace(CONTROL, '').slice(0, MAX_STEP_LENGTH).toWellFormed();
  if (percentage === null && !step) return undefined;
  return { kind: 'progress', percentage, step: step || null };
}

function percentageOf(text: string | undefined): number | null {
  const figure = text === undefined || text === '' ? Number.NaN : Number(text.replace(/%$/, ''));
  return figure >= 0 && figure <= 100 ? figure : null;
}

/** Finds progress lines in stdout and reports the newest, at most once a second; the last one is never lost. */
export class ProgressLines {
  readonly #report: (report: AgentReport) => void;
  readonly #clock: Clock;
  #line: Buffer = Buffer.alloc(0);
  #isSkipping = false;
  #waiting: Progress | undefined;
  #nextMs = -Infinity;
  #cancelWake: (() => void) | undefined;

  constructor(report: (report: AgentReport) => void, clock: Clock) {
    this.#report = report;
    this.#clock = clock;
  }

  push(chunk: Uint8Array): void {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      this.#addToLine(rest.subarray(0, end));
      this.#endLine();
      rest = rest.subarray(end + 1);
    }
    this.#addToLine(rest);
  }

  /** Reports what is still waiting. */
  close(): void {
    this.#endLine();
    this.#cancelWake?.();
    this.#send();
  }

  #addToLine(piece: Buffer): void {
    if (this.#isSkipping || piece.length === 0) return;
    const line = Buffer.concat([this.#line, piece.subarray(0, MAX_LINE_BYTES)]);
    this.#isSkipping = line.length > MAX_LINE_BYTES || !couldBeMarked(line);
    this.#line = this.#isSkipping ? Buffer.alloc(0) : line;
  }

  #endLine(): void {
    const progress = this.#line.length === 0 ? undefined : parseProgress(this.#line.toString('utf8').trimEnd());
    this.#line = Buffer.alloc(0);
    this.#isSkipping = false;
    if (progress === undefined) return;
    this.#waiting = progress;
    const delayMs = this.#nextMs - this.#clock.monotonicMs();
    if (delayMs <= 0) return this.#send();
    this.#cancelWake ??= this.#clock.wakeAfter(delayMs, () => this.#send());
  }

  #send(): void {
    this.#cancelWake = undefined;
    const progress = this.#waiting;
    this.#waiting = undefined;
    if (progress === undefined) return;
    this.#nextMs = this.#clock.monotonicMs() + MS_BETWEEN_REPORTS;
    this.#report(progress);
  }
}

/** Whether the line starts as a progress line does, as far as it is there. */
function couldBeMarked(line: Buffer): boolean {
  const start = line.toString('latin1', 0, MARKER.length);
  return MARKER.startsWith(start);
}
