import { SystemClock } from '../src/adapters/system/system-clock.ts';
import { SystemRandom } from '../src/adapters/system/system-random.ts';
import { InMemoryJournal } from '../src/adapters/in-memory/in-memory-journal.ts';
import type { AgentSpec } from '../src/core/agents/agent-spec.ts';
import { PROJECT_SWARM } from '../src/app/file-store.ts';
import { agentId, runId } from '../src/core/ids.ts';
import { DEFAULT_RULES } from '../src/core/swarm-state.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import { FunctionDriver } from '../src/agents/drivers/function/function-driver.ts';
import type { FunctionCall } from '../src/agents/drivers/function/registered-function.ts';
import { Engine } from '../src/engine/engine.ts';
import { Metrics } from '../src/observability/metrics.ts';
import type { EventSink } from '../src/ports/event-sink.ts';
import type { Journal, JournalRecord } from '../src/ports/journal.ts';
import type { Verifier } from '../src/ports/verifier.ts';
import type { Graph } from './graphs.ts';

/** Called when a task starts, with its index in the graph; what it returns is waited for. */
export type BenchWork = (index: number, call: FunctionCall) => unknown;

type RunOptions = Readonly<{
  /** @default / */
  project?: string;
  /** What a task declares besides its needs, by its index in the graph. */
  declare?: (index: number) => Partial<TaskSpec>;
}>;

/** The engine as the product runs it, over the given journal, with in-process agents. */
export class BenchSwarm {
  readonly #engine: Engine;
  readonly #agents: readonly AgentSpec[];
  readonly #finished = new Map<string, () => void>();

  private constructor(engine: Engine, slots: number) {
    this.#engine = engine;
    this.#agents = Array.from({ length: slots }, (_, index): AgentSpec => {
      const id = agentId(`local-${index + 1}`);
      return { id, role: 'local', driver: 'function', capabilities: ['function:bench'], slots: 1, host: 'bench' };
    });
  }

  /** `slots` agents with one slot each. `views` sees every committed record, as metrics and screens do. */
  static async lead(
    journal: Journal,
    slots: number,
    work: BenchWork,
    views: readonly EventSink[] = [],
  ): Promise<BenchSwarm> {
    const clock = new SystemClock();
    const run = (call: FunctionCall): unknown => work(Number(call.task.name.slice(1)), call);
    const functions = new FunctionDriver({ functions: { bench: { run } }, clock });
    const sink: EventSink = {
      committed: (records) => {
        made.#note(records);
        for (const view of views) view.committed(records);
      },
    };
    const drivers = { function: functions, command: functions };
    const ports = {
      journal,
      sink,
      drivers,
      verifier: NO_VERIFIER,
      clock,
      random: new SystemRandom(),
    };
    const made = new BenchSwarm(await Engine.lead(ports, { swarmId: PROJECT_SWARM, rules: DEFAULT_RULES }), slots);
    void made.#engine.ended.then((reason) => {
      if (made.#finished.size > 0) throw new Error(`The engine ended while a run was open: ${reason}`);
    });
    made.#engine.start();
    return made;
  }

  /** Submits the graph as one run and waits for its end. Set-up of the run is part of it. */
  async run(graph: Graph, name: string, { project = '/', declare }: RunOptions = {}): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const id = runId(name);
    this.#finished.set(id, ended.resolve);
    const tasks = tasksOf(graph).map((spec, index) => ({ ...spec, ...declare?.(index) }));
    const run = { name: graph.name, inputs: {}, budget: {}, project, source: 'code' };
    const agents = this.#agents.map((agent) => ({ ...agent, id: agentId(`${name}-${agent.id}`), runId: id }));
    const answer = await this.#engine.dispatch({ type: 'run.submit', runId: id, run, tasks, agents });
    if (!answer.ok) throw new Error(`The run was refused: ${JSON.stringify(answer.refusal)}`);
    await ended.promise;
  }

  stop(): void {
    this.#engine.stop();
  }

  #note(records: readonly JournalRecord[]): void {
    for (const { event } of records) {
      if (event.type !== 'run.finished') continue;
      if (event.outcome.state !== 'succeeded')
        throw new Error(`The run did not succeed: ${JSON.stringify(event.outcome)}`);
      this.#finished.get(event.runId)?.();
      this.#finished.delete(event.runId);
    }
  }
}

/** One run of `graph` in memory, metrics on, set-up of the swarm included. */
export async function runInMemory(graph: Graph, slots: number, work: () => unknown): Promise<void> {
  const swarm = await BenchSwarm.lead(new InMemoryJournal(), slots, work, [new Metrics()]);
  await swarm.run(graph, 'run');
  swarm.stop();
}

function tasksOf({ n, parents, kinds, kind, runtime }: Graph): readonly TaskSpec[] {
  return Array.from({ length: n }, (_, index): TaskSpec => ({
    name: `t${index}`,
    type: kinds[kind[index] ?? 0] ?? 'task',
    work: { kind: 'function', function: 'bench' },
    needs: (parents[index] ?? []).map((parent) => `t${parent}`),
    requires: ['function:bench'],
    estimateMs: Math.ceil((runtime[index] ?? 1) * 1_000),
  }));
}

const NO_VERIFIER: Verifier = {
  verify: () => Promise.reject(new Error('no task of a benchmark declares checks')),
};
