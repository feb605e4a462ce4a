import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { Stream } from './draw.ts';
import type { DelegationPart } from './plan.ts';

/** In some worlds some tasks add sub-tasks, which may do so again. */
export function withDelegation(seed: number, run: string, tasks: readonly TaskSpec[]): readonly TaskSpec[] {
  const stream = new Stream(seed, `delegation ${run}`);
  if (stream.chance(650)) return tasks;
  const permille = stream.whole(50, 300);
  return tasks.map((task) => {
    const own = new Stream(seed, `delegation ${run} ${task.name}`);
    // What it remembers goes on.
    const isFree = task.work.kind === 'function' && task.work.function !== 'remember';
    return isFree && own.chance(permille) ? delegating(own, task) : task;
  });
}

function delegating(stream: Stream, { grant: _grant, ...task }: TaskSpec): TaskSpec {
  const rights = {
    ...(stream.chance(300) ? { fanOut: stream.whole(1, 3) } : {}),
    ...(stream.chance(300) ? { depth: 1 } : {}),
  };
  const delegate = drawPart(stream, 1);
  const work = { kind: 'function', function: 'lead', input: { delegate } } as const;
  return { ...task, work, effect: 'A', timeoutMs: 30_000, delegate: rights };
}

function drawPart(stream: Stream, depth: number): DelegationPart {
  const subtasks = Array.from({ length: stream.whole(1, 4) }, (_, index): DelegationPart['subtasks'][number] => ({
    name: `s${index}`,
    function: 'work',
    requires: ['work'],
    needs: index > 0 && stream.chance(300) ? [`s${index - 1}`] : [],
    estimateMs: stream.pick(20, 100, 400),
    timeoutMs: 10_000,
    ...(stream.chance(200) ? { verify: [['check']] } : {}),
    // Deeper than anybody may go, too.
    ...(depth < 5 && stream.chance(200)
      ? { delegate: true as const, input: { delegate: drawPart(stream, depth + 1) } }
      : {}),
  }));
  return { subtasks, isAwaited: stream.chance(700), isRepeated: stream.chance(300) };
}
