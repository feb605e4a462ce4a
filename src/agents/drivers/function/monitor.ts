import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Json } from '../../../core/json.ts';
import type { RunOverview, WorkingTask } from '../../../ports/run-tasks.ts';
import type { FunctionCall } from './registered-function.ts';
import { checkedForm } from './checked-form.ts';
import { isSystemTask } from './is-system-task.ts';
import { steadyId } from './steady-id.ts';

/** `input` of a task whose function is `waggle.monitor`. */
const INPUT = z.strictObject({
  /** Between two looks, ms. */
  everyMs: z.int().min(10).max(3_600_000).default(1_000),
  /** An attempt is slow beyond so many times what was expected of it, and never before `slowMs`. */
  slowFactor: z.number().min(1).max(1_000).default(3),
  slowMs: z.int().min(1).default(60_000),
  /** Nothing runs although something could, for so many looks: the run is stuck. */
  stuckLooks: z.int().min(1).max(1_000).default(3),
});

type Seen = { readonly slow: Set<string>; readonly failed: Set<string>; idle: number; stuck: number; looks: number };

/**
 * The system agent that watches a run: it reports how far it is, and tells the topics `monitor.slow`, `monitor.failed`
 * and `monitor.stuck` what it sees, each once. It ends when all other tasks have ended, and gives what it has seen.
 */
export async function monitor({ tasks, messages, report, input, signal, task }: FunctionCall): Promise<Json> {
  const options = checkedForm('waggle.monitor', INPUT, input ?? {});
  const seen: Seen = { slow: new Set(), failed: new Set(), idle: 0, stuck: 0, looks: 0 };
  /** `once`: what it is about. Another attempt, which sees it again, sends no other message. */
  const tell = async (kind: string, body: Json, ...once: readonly string[]): Promise<void> => {
    const own = once.length === 0 ? {} : { id: steadyId(kind, task.name, ...once) };
    await messages.send({ ...own, topic: `monitor.${kind}`, type: 'monitor', body });
  };
  for (;;) {
    const view = await tasks.overview();
    seen.looks++;
    const working = view.working.filter((one) => one.name !== task.name && !isSystemTask(one));
    const late = working.filter((one) => isSlow(one, options) && !seen.slow.has(keyOf(one)));
    for (const one of late) {
      seen.slow.add(keyOf(one));
      const { name, attempt, agentId: agent, forMs, expectedMs } = one;
      await tell('slow', { task: name, attempt, agent, forMs, expectedMs }, name, String(attempt));
    }
    for (const name of view.failed) {
      if (seen.failed.has(name)) continue;
      seen.failed.add(name);
      await tell('failed', { task: name }, name);
    }
    seen.idle = working.length === 0 && view.counts.ready > 0 ? seen.idle + 1 : 0;
    if (seen.idle === options.stuckLooks) {
      seen.stuck++;
      await tell('stuck', { ready: view.counts.ready });
    }
    report({ kind: 'progress', percentage: shareOf(view), step: stepOf(view, working.length, seen) });
    if (isOver(view)) return { looks: seen.looks, slow: [...seen.slow], failed: [...seen.failed], stuck: seen.stuck };
    await sleep(options.everyMs, undefined, { signal });
  }
}

/** Only system agents are left. */
export function isOver({ openCount, working }: RunOverview): boolean {
  return openCount <= working.filter(isSystemTask).length;
}

function isSlow({ forMs, expectedMs, status }: WorkingTask, { slowFactor, slowMs }: z.infer<typeof INPUT>): boolean {
  return status === 'running' && forMs > Math.max(slowMs, slowFactor * expectedMs);
}

function keyOf({ name, attempt }: WorkingTask): string {
  return `${name}#${attempt}`;
}

function shareOf({ taskCount, openCount }: RunOverview): number {
  return taskCount === 0 ? 100 : Math.floor((100 * (taskCount - openCount)) / taskCount);
}

function stepOf({ taskCount, openCount }: RunOverview, working: number, { slow, failed }: Seen): string {
  return `${taskCount - openCount} of ${taskCount} ended, ${working} under way, ${failed.size} failed, ${slow.size} slow`;
}
