import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import type { AgentSpec } from '../core/agents/agent-spec.ts';
import { agentId } from '../core/ids.ts';
import type { Notice } from '../core/health/notice.ts';
import type { AgentSupervisor, Sign } from '../ports/agent-supervisor.ts';
import type { Engine } from './engine.ts';

const A = agentId('a');
const supervised = agentOf('a', { supervised: true });

/** A supervisor that the test plays. */
class Played implements AgentSupervisor {
  readonly asked: AgentSpec[] = [];
  readonly restarted: AgentSpec[] = [];
  sign: Sign | Error | undefined = { ok: true };
  canRestart: boolean | Error = true;

  keyOf({ driver }: AgentSpec): string {
    return driver;
  }

  readonly signals: AbortSignal[] = [];
  /** Of every answer. */
  delayMs = 0;

  async probe(agent: AgentSpec, signal: AbortSignal): Promise<Sign> {
    this.asked.push(agent);
    this.signals.push(signal);
    if (this.delayMs > 0) await new Promise<void>((resolve) => void rig.clock.wakeAfter(this.delayMs, resolve));
    if (this.sign instanceof Error) throw this.sign;
    return this.sign ?? new Promise<never>(() => {});
  }

  async restart(agent: AgentSpec): Promise<boolean> {
    this.restarted.push(agent);
    if (this.canRestart instanceof Error) throw this.canRestart;
    return this.canRestart;
  }
}

let rig: EngineRig;
let played: Played;
let notices: Notice[];
beforeEach(() => {
  rig = new EngineRig();
  played = new Played();
  notices = [];
});

let intervalMs = 1_000;
beforeEach(() => {
  intervalMs = 1_000;
});

async function startWith(...agents: readonly AgentSpec[]): Promise<Engine> {
  const notifier = { notify: (notice: Notice): void => void notices.push(notice) };
  const healthWatch = { intervalMs, maxMissed: 3 };
  const engine = await rig.start({ healthWatch }, { supervisor: played, notifier });
  await engine.dispatch({ type: 'agents.register', agents });
  return engine;
}

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    rig.clock.advance(1_000);
    await settle();
  }
}

describe('a watch', () => {
  test('asks once for all agents that share a process, and nobody who is not supervised', async () => {
    await startWith(supervised, agentOf('b', { supervised: true }), agentOf('c'));
    await pass(3);
    assert.equal(played.asked.length, 3);
    assert.deepEqual(new Set(played.asked.map(({ id }) => id)), new Set([A]));
  });

  test('takes three questions without an answer for a loss, and none before', async () => {
    const engine = await startWith(supervised);
    played.sign = undefined;
    await pass(3);
    assert.equal(rig.types().includes('agent.health-changed'), false);
    await pass(1);
    assert.deepEqual((await rig.probe.next('agent.health-changed')).status, 'lost');
    assert.deepEqual(
      notices.map(({ severity }) => severity),
      ['critical'],
    );
    engine.stop();
    assert.equal(rig.clock.pending, 0);
  });

  test('forgets a miss with the next answer', async () => {
    await startWith(supervised);
    for (const sign of [undefined, undefined, { ok: true }, undefined, undefined, { ok: true }] as const) {
      played.sign = sign;
      await pass(1);
    }
    await pass(3);
    assert.equal(rig.types().includes('agent.health-changed'), false);
  });

  test('takes an answer that comes after the next question for slow, and for no loss however often it does', async () => {
    intervalMs = 5_000;
    played.delayMs = 5_500;
    await startWith(supervised);
    await pass(60);
    assert.deepEqual((await rig.probe.next('agent.health-changed')).causes, ['slow']);
    assert.equal(rig.types().filter((type) => type === 'agent.health-changed').length, 1);
  });

  test('hears nothing more of what was there before, once it is lost', async () => {
    await startWith(supervised);
    played.sign = undefined;
    await pass(4);
    assert.equal((await rig.probe.next('agent.health-changed')).status, 'lost');
    assert.equal(
      played.signals.every(({ aborted }) => aborted),
      true,
    );
  });

  test('takes a supervisor that throws for one that does not answer', async () => {
    await startWith(supervised);
    played.sign = new Error('broken');
    await pass(5);
    assert.equal((await rig.probe.next('agent.health-changed')).status, 'lost');
  });
});

describe('a lost agent', () => {
  test('is ended here, its task goes to another, and it comes back when its restart succeeds', async () => {
    const engine = await startWith(supervised);
    await engine.dispatch(submitOf([taskOf('t')]));
    const first = await rig.agent.nextAttempt();
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('b')] });
    await engine.dispatch({ type: 'agents.lose', agentIds: [A] });
    const second = await rig.agent.nextAttempt();
    assert.deepEqual(
      [first.signal.reason, second.assignment.agentId, second.assignment.attempt],
      ['agent-lost', 'b', 2],
    );
    first.end(DONE);
    await settle();
    assert.equal(engine.task(second.assignment.taskId)?.status, 'running');
    await pass(1);
    assert.deepEqual(
      [played.restarted.map(({ id }) => id), (await rig.probe.next('agent.restarted')).agentId],
      [[A], A],
    );
    second.end(DONE);
    await rig.probe.next('task.succeeded');
  });

  test('is tried again when a restart fails or throws', async () => {
    const engine = await startWith(supervised);
    played.canRestart = new Error('no');
    await engine.dispatch({ type: 'agents.lose', agentIds: [A] });
    await pass(1);
    played.canRestart = true;
    await pass(2);
    assert.equal(played.restarted.length, 2);
    await rig.probe.next('agent.restarted');
  });

  test('is started anew by the next leader too', async () => {
    const engine = await startWith(supervised);
    await engine.dispatch({ type: 'agents.lose', agentIds: [A] });
    engine.stop();
    await rig.start({}, { supervisor: played });
    await pass(1);
    assert.equal(played.restarted.length, 1);
  });
});
