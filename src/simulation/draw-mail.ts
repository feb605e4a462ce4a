import type { MessageSpec } from '../core/messaging/message.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { Stream } from './draw.ts';
import type { MailPart } from './plan.ts';

/** In some worlds some tasks talk with each other, with people and on topics. */
export function withMail(seed: number, run: string, tasks: readonly TaskSpec[]): readonly TaskSpec[] {
  const stream = new Stream(seed, `mail ${run}`);
  if (stream.chance(500)) return tasks;
  const permille = stream.whole(100, 600);
  return tasks.map((task) => {
    const own = new Stream(seed, `mail ${run} ${task.name}`);
    const isFree = task.work.kind === 'function' && task.work.input === undefined;
    return isFree && own.chance(permille) ? talking(own, task, tasks) : task;
  });
}

function talking(stream: Stream, task: TaskSpec, all: readonly TaskSpec[]): TaskSpec {
  const mail: MailPart = {
    send: Array.from({ length: stream.whole(0, 6) }, (_, index) => drawMessage(stream, `${task.name}-${index}`, all)),
    answers: stream.chance(600),
    waitMs: stream.pick(0, 200, 1_500),
    ...(stream.chance(400) ? { subscribe: stream.pick('news.*', 'news.**', 'news.red', '**') } : {}),
  };
  return { ...task, work: { kind: 'function', function: 'talk', input: { mail } } };
}

function drawMessage(stream: Stream, id: string, all: readonly TaskSpec[]): MessageSpec {
  const near = stream.of(all).name;
  const to = stream.pick(`task:${near}`, `task:${near}`, 'all', 'role:worker', 'user:m1', 'task:nobody');
  const where = stream.chance(250) ? { topic: stream.pick('news.red', 'news.blue', 'other') } : { to };
  return {
    id,
    ...where,
    type: 'news',
    body: { from: id },
    priority: stream.pick('critical', 'high', 'normal', 'normal', 'low'),
    ...(stream.chance(150) ? { expiresMs: stream.whole(1, 3_000) } : {}),
  };
}
