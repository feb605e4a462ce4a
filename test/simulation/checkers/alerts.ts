import type { AlertEvent } from '../../../src/core/alerts/alert-events.ts';
import type { AlertRule } from '../../../src/core/alerts/alert-rule.ts';
import { type Books, isActive } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

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
}>;

/** Each episode begins, fires and ends once, when its condition holds, and each of its actions is done once. */
export function alertChecker(tell: Tell, books: Books, rules: readonly AlertRule[]): Checker {
  const scene: Scene = { must: checkerOf(tell), books, rules, lines: new Map(), last: { episode: 0 } };
  return {
    before: ({ event, atMs }) => {
      if ('episode' in event) noteAlert(scene, event, atMs);
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

/** For the conditions that are easily recounted. */
function checkTruth({ must, books, rules }: Scene, key: string, isTrue: boolean): void {
  const condition = rules.find(({ name }) => name === key)?.condition ?? '';
  const [, metric, most] = /^(attempts_running|runs_open) > (\d+)$/.exec(condition) ?? [];
  if (metric === undefined) return;
  const open = [...books.runs.values()].filter(({ isFinished }) => !isFinished);
  const running = open.flatMap(({ tasks }) => [...tasks.values()].filter(isActive));
  const figure = metric === 'runs_open' ? open.length : running.length;
  must(figure > Number(most) === isTrue, 'alert-true', `${key} is ${isTrue} with ${figure} of ${most}`);
}
