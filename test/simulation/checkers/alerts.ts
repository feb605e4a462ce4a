import type { AlertEvent } from '../../../src/core/alerts/alert-events.ts';
import type { AlertRule } from '../../../src/core/alerts/alert-rule.ts';
import type { JournalRecord } from '../../../src/ports/journal.ts';
import { type Books, isActive, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';
import { LeadClock } from './lead-clock.ts';

/** What a leader that is free needs to notice that a time has come, ms. */
const NOTICED_WITHIN_MS = 100;

type Must = ReturnType<typeof checkerOf>;
type Line = Readonly<{ status: 'pending' | 'firing'; episode: number; dueMs: number; actions: readonly string[] }> & {
  acted: number;
};
type Scene = Readonly<{
  must: Must;
  books: Books;
  rules: readonly AlertRule[];
  lines: Map<string, Line>;
  last: { episode: number };
  lately: Lately;
  clock: LeadClock;
}>;

/**
 * Each episode begins, fires and ends once and in time, when its condition holds, and each of its actions is done once.
 */
export function alertChecker(
  tell: Tell,
  books: Books,
  { rules, nowUs }: Readonly<{ rules: readonly AlertRule[]; nowUs: () => number }>,
): Checker {
  const own = { lines: new Map<string, Line>(), last: { episode: 0 }, lately: new Lately() };
  const scene: Scene = { must: checkerOf(tell), books, rules, ...own, clock: new LeadClock(nowUs) };
  return {
    host: (sign) => scene.clock.host(sign),
    before: (record) => {
      const { event, epoch, atMs } = record;
      // What was decided together has the same time; the books hold all of it now.
      const isNext = epoch !== books.epoch || atMs > books.atMs;
      if (isNext && books.seq > 0 && !scene.clock.isDraining) checkTold(scene, books.atMs);
      scene.clock.note(record);
      scene.lately.seen(atMs);
      if ('episode' in event) noteAlert(scene, event, atMs);
      scene.lately.note(record);
    },
  };
}

function noteAlert(scene: Scene, event: AlertEvent, atMs: number): void {
  const { must, lines } = scene;
  const { key, episode } = event;
  const line = lines.get(key);
  switch (event.type) {
    case 'alert.pending':
      must(line === undefined, 'episode-once', `${key} is pending and was ${line?.status}`);
      checkBegin(scene, event);
      must(event.dueMs === atMs + forMs(scene, event.rule), 'alert-time', `${key} is due at ${event.dueMs}`);
      lines.set(key, { status: 'pending', episode, dueMs: event.dueMs, actions: [], acted: 0 });
      return;
    case 'alert.fired':
      return noteFired(scene, event, atMs);
    case 'alert.acted': {
      const next = line?.actions[line.acted];
      must(line?.episode === episode && next === event.action, 'acts-once', `${key} does ${event.action}, not ${next}`);
      if (line !== undefined) line.acted++;
      return;
    }
    case 'alert.cleared':
    case 'alert.resolved': {
      const status = event.type === 'alert.cleared' ? 'pending' : 'firing';
      must(
        line?.status === status && line.episode === episode,
        'episode-once',
        `${event.type} of ${key}, ${line?.status}`,
      );
      checkTruth(scene, key, false);
      lines.delete(key);
    }
  }
}

function noteFired(scene: Scene, event: Extract<AlertEvent, { type: 'alert.fired' }>, atMs: number): void {
  const { must, lines } = scene;
  const { key, episode, actions } = event;
  const line = lines.get(key);
  if (line === undefined) {
    must(forMs(scene, event.rule) === 0, 'alert-time', `${key} fires at once`);
    checkBegin(scene, event);
  } else {
    must(line.status === 'pending' && line.episode === episode, 'episode-once', `${key} fires, and was ${line.status}`);
    must(atMs >= line.dueMs, 'alert-time', `${key} fires at ${atMs}, before ${line.dueMs}`);
    const lateMs = atMs - Math.max(line.dueMs, scene.clock.freeMs ?? atMs) - NOTICED_WITHIN_MS;
    must(lateMs <= 0, 'alert-in-time', `${key} fires ${lateMs} ms too late`);
    checkTruth(scene, key, true);
  }
  lines.set(key, { status: 'firing', episode, dueMs: atMs, actions, acted: 0 });
}

function checkBegin(scene: Scene, { key, episode }: Readonly<{ key: string; episode: number }>): void {
  const { must, last } = scene;
  must(episode === last.episode + 1, 'episode-once', `episode ${episode} of ${key} after ${last.episode}`);
  last.episode = episode;
  checkTruth(scene, key, true);
}

function forMs({ rules }: Scene, name: string): number {
  return rules.find((rule) => rule.name === name)?.forMs ?? 0;
}

/** Whether the condition holds by the books; undefined for those that are not recounted. */
function holds(scene: Scene, { condition }: AlertRule): boolean | undefined {
  const [, metric = '', most] = /^(\w+|increase\(tasks_failed, "5s"\)) > ([\d.]+)$/.exec(condition) ?? [];
  const figure = figureOf(scene, metric);
  return figure === undefined ? undefined : figure > Number(most);
}

function figureOf({ books, lately }: Scene, metric: string): number | undefined {
  switch (metric) {
    case 'attempts_running':
      return tasksOf(books, isActive);
    case 'tasks_ready':
      return tasksOf(books, ({ status }) => status === 'ready');
    case 'runs_open':
      return openRuns(books);
    case 'agents':
      return books.agents.size;
    case 'memory_ratio':
      return lately.memory;
    case 'increase(tasks_failed, "5s")':
      return lately.failures;
    default:
      return undefined;
  }
}

function openRuns({ runs }: Books): number {
  let count = 0;
  for (const { isFinished } of runs.values()) if (!isFinished) count++;
  return count;
}

function tasksOf({ runs }: Books, isMeant: (task: TaskLine) => boolean): number {
  let count = 0;
  for (const run of runs.values()) {
    if (run.isFinished) continue;
    for (const task of run.tasks.values()) if (isMeant(task)) count++;
  }
  return count;
}

function checkTruth(scene: Scene, key: string, isTrue: boolean): void {
  const rule = scene.rules.find(({ name }) => name === key);
  const isSo = rule === undefined ? undefined : holds(scene, rule);
  scene.must(isSo === undefined || isSo === isTrue, 'alert-true', `${key} is ${isTrue}: ${rule?.condition}`);
}

/** When a leader has decided what it had to: what holds is told, after its time, and what does not is told no more. */
function checkTold(scene: Scene, atMs: number): void {
  const { must, rules, lines } = scene;
  scene.lately.seen(atMs);
  for (const rule of rules) {
    const { name, condition } = rule;
    const isSo = holds(scene, rule);
    const line = lines.get(name);
    if (isSo === undefined) continue;
    must(isSo === (line !== undefined), 'alert-told', `${name} is ${line?.status} at ${atMs} ms: ${condition}`);
    const isDue = line?.status === 'pending' && line.dueMs <= atMs;
    must(!isDue, 'alert-in-time', `${name} is pending at ${atMs} ms, and was due at ${line?.dueMs}`);
  }
}

/** What happened in the last five whole seconds, and the newest figures of the machine. */
class Lately {
  #failedMs: number[] = [];
  memory = -1;

  note({ event, atMs }: JournalRecord): void {
    if (event.type === 'task.failed') this.#failedMs.push(atMs);
    if (event.type === 'metrics.sampled') this.memory = event.samples.memory_ratio ?? this.memory;
  }

  /** Drops what is too long ago at that time. */
  seen(nowMs: number): void {
    const firstMs = (Math.floor(nowMs / 1_000) - 4) * 1_000;
    this.#failedMs = this.#failedMs.filter((atMs) => atMs >= firstMs);
  }

  get failures(): number {
    return this.#failedMs.length;
  }
}
