import { classKeyOf } from '../src/core/agents/agent-class.ts';
import type { AgentSpec } from '../src/core/agents/agent-spec.ts';
import { Durations } from '../src/core/agents/durations.ts';
import { Registry, type Strategy } from '../src/core/agents/registry.ts';
import { runId, taskId } from '../src/core/ids.ts';
import { Capacity } from '../src/core/resources/capacity.ts';
import { chooseAgent, expectedMs, type Market } from '../src/core/scheduling/choose-agent.ts';
import type { ReadyTask } from '../src/core/scheduling/ready-lane.ts';
import { ReadyQueue } from '../src/core/scheduling/ready-queue.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import { becomeReady, newTask, type Task } from '../src/core/tasks/task.ts';

type Question = Readonly<{ ready: ReadyTask; task: Task }>;

/** Filter, score, select and book, and nothing else: what any scheduler must do for each task. */
export class Chooser {
  readonly #market: Market;
  readonly #questions: readonly Question[];
  readonly #busy: ReturnType<typeof taskId>[] = [];
  #booked = 0;
  #nowMs = 0;

  constructor(strategy: Strategy, agents: readonly AgentSpec[], tasks: readonly TaskSpec[]) {
    const registry = new Registry(strategy);
    for (const agent of agents) registry.add(agent);
    this.#market = { registry, capacity: new Capacity(), durations: new Durations(), maxWaitMs: 600_000 };
    this.#questions = tasks.map((spec) => questionOf(registry, spec));
  }

  /** What earlier attempts have taught: ms that a task of this type takes on agents like this one. */
  learn(type: string, agent: AgentSpec, ms: number): void {
    this.#market.durations.note(type, classKeyOf(agent), ms, ms);
  }

  /** False when no agent is free for it, or a busy one is worth waiting for. */
  distribute(index: number): boolean {
    const question = this.#questions[index % this.#questions.length];
    if (question === undefined) return false;
    const choice = chooseAgent(this.#market, question.ready, question.task, this.#nowMs);
    if (choice.kind !== 'assign') return false;
    const { registry, durations } = this.#market;
    const id = taskId(RUN, `t${this.#booked++}`);
    const workMs = expectedMs(durations, question.task.identity.spec, choice.agent.class);
    registry.occupy(choice.agent, id, this.#nowMs + workMs);
    this.#busy.push(id);
    return true;
  }

  /** Frees the agents that have been busy longest, a second later. */
  free(count: number): void {
    const { registry } = this.#market;
    this.#nowMs += 1_000;
    for (const id of this.#busy.splice(0, count)) registry.release(id, { hasSucceeded: true, speed: 1 });
  }
}

const RUN = runId('run');

function questionOf(registry: Registry, spec: TaskSpec): Question {
  const queue = new ReadyQueue();
  queue.addRun(RUN, 1);
  const identity = { id: taskId(RUN, spec.name), runId: RUN, index: 0, spec };
  queue.push(identity, registry.signatureOf(spec, RUN), 0, 0);
  const ready = queue.peek();
  if (ready === undefined) throw new Error('a ready task is not offered');
  return { ready, task: becomeReady(newTask(identity), 0) };
}
