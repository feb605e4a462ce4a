import type { AgentId, TaskId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import { type MeasuredAmounts, p95, USAGE_WINDOW_MS } from '../core/resources/shrink.ts';
import type { LoadSample } from '../core/scaling/load.ts';
import type { Swarm } from '../core/swarm-state.ts';
import { holdsSlot } from '../core/tasks/task.ts';
import type { Assignment } from '../ports/agent-driver.ts';
import type { LiveUsage } from '../ports/process-runner.ts';
import type { LedTime } from './led-time.ts';
import type { Wait, Waits } from './waits.ts';

/** A reservation is reviewed when its attempt takes this many percent of the time that was expected. */
const REVIEW_PERCENT = 120;
/** The kernel counts processor time in steps of 10 ms: over a shorter time a share of it says little, ms. */
const LEAST_STEP_MS = 500;

type Surroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
}>;

/** One attempt that is measured. */
type Meter = {
  readonly attempt: number;
  readonly agentId: AgentId;
  readonly review: Wait | undefined;
  /** At the last step. */
  stepMs: number;
  cpuMs: number;
  /** Milli-cores and bytes as they were last. */
  now: Readonly<{ cpu: number; memory: number }> | undefined;
  windowMs: number;
  cpu: number[];
  memory: number[];
  before: MeasuredAmounts | undefined;
};

/**
 * What running attempts use, as their drivers measure it. Samples stay here; the core is told what two windows of an
 * attempt with a reservation have shown, and when it takes much longer than expected.
 */
export class UsageWatch {
  readonly #surroundings: Surroundings;
  readonly #meters = new Map<TaskId, Meter>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** `startedMs`: when it began, be it under this leader or an earlier one. */
  begin({ taskId, attempt, agentId, spec }: Assignment, startedMs: number = this.#surroundings.time.nowMs()): void {
    // Nobody measures what is inside this process, and nothing is to be decided without a reservation.
    if (spec.resources === undefined && spec.work.kind !== 'command') return;
    const nowMs = this.#surroundings.time.nowMs();
    const review = spec.resources === undefined ? undefined : this.#reviewLater(taskId, attempt);
    const start = {
      stepMs: startedMs,
      cpuMs: 0,
      now: undefined,
      windowMs: nowMs,
      cpu: [],
      memory: [],
      before: undefined,
    };
    this.#meters.set(taskId, { attempt, agentId, review, ...start });
  }

  note({ taskId, attempt, spec }: Assignment, { cpuMs, memoryBytes }: LiveUsage): void {
    const meter = this.#meters.get(taskId);
    const nowMs = this.#surroundings.time.nowMs();
    if (meter?.attempt !== attempt || nowMs - meter.stepMs < LEAST_STEP_MS) return;
    const cpu = Math.round((1_000 * Math.max(0, cpuMs - meter.cpuMs)) / (nowMs - meter.stepMs));
    Object.assign(meter, { stepMs: nowMs, cpuMs, now: { cpu, memory: memoryBytes } });
    if (spec.resources === undefined) return;
    meter.cpu.push(cpu);
    meter.memory.push(memoryBytes);
    if (nowMs - meter.windowMs >= USAGE_WINDOW_MS) this.#closeWindow(taskId, meter, nowMs);
  }

  end({ taskId, attempt }: Assignment): void {
    const meter = this.#meters.get(taskId);
    // The next attempt may have begun while this one was still ending.
    if (meter?.attempt !== attempt) return;
    this.#meters.delete(taskId);
    if (meter.review !== undefined) this.#surroundings.waits.remove(meter.review);
  }

  /** What each agent's attempts use of its host, permille. Agents of which nothing is known are not there. */
  get samples(): ReadonlyMap<AgentId, LoadSample> {
    const used = new Map<AgentId, { cpu: number; memory: number }>();
    for (const { agentId, now } of this.#meters.values()) {
      if (now === undefined) continue;
      const sum = used.get(agentId) ?? { cpu: 0, memory: 0 };
      used.set(agentId, { cpu: sum.cpu + now.cpu, memory: sum.memory + now.memory });
    }
    const { registry, capacity } = this.#surroundings.swarm;
    const hosts = new Map(capacity.hosts.map((host) => [host.host, host]));
    const samples = new Map<AgentId, LoadSample>();
    for (const [agentId, { cpu, memory }] of used) {
      const host = hosts.get(registry.agents.get(agentId)?.spec.host ?? '');
      if (host === undefined) continue;
      samples.set(agentId, { cpu: permille(cpu, host.cpu), memory: permille(memory, host.memory) });
    }
    return samples;
  }

  #closeWindow(taskId: TaskId, meter: Meter, nowMs: number): void {
    const window = amountsOf(meter);
    const { before, attempt } = meter;
    Object.assign(meter, { windowMs: nowMs, cpu: [], memory: [], before: window });
    if (before === undefined) return;
    this.#surroundings.feed({ type: 'reservation.measure', taskId, attempt, windows: [before, window] });
  }

  #reviewLater(taskId: TaskId, attempt: number): Wait | undefined {
    const { swarm, waits, time, feed } = this.#surroundings;
    const task = swarm.tasks.get(taskId);
    // It was adopted without a slot, which it gave back to wait for sub-tasks: nobody knows when it should end.
    if (task === undefined || !holdsSlot(task)) return undefined;
    const expectedMs = Math.max(0, Math.round(swarm.registry.slotOf(taskId).expectedEndMs - time.nowMs()));
    const dueMs = time.nowMs() + Math.ceil((REVIEW_PERCENT * expectedMs) / 100);
    return waits.add(dueMs, () => feed({ type: 'reservation.review', taskId, attempt, expectedMs }));
  }
}

function amountsOf({ cpu, memory }: Meter): MeasuredAmounts {
  const [cpus, bytes] = [p95(cpu), p95(memory)];
  return { ...(cpus === undefined ? {} : { cpu: cpus }), ...(bytes === undefined ? {} : { memory: bytes }) };
}

function permille(used: number, offered: number): number {
  return offered <= 0 ? 0 : Math.min(1_000, Math.round((1_000 * used) / offered));
}
