import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { halfOpened, NEW_BREAKER, nextStep, noteEnd } from '../../src/core/health/breaker.ts';
import { agentId } from '../../src/core/ids.ts';
import { DEFAULT_RULES } from '../../src/core/swarm-state.ts';
import { CoreWorld, type Play } from '../support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf, THREW } from '../support/core-world-specs.ts';
import { EngineRig, settle } from '../support/core-world-engine.ts';

/**
 * Rules of the design that this project began with, and what is wrong with them. Each test holds for ours, and fails
 * for a transcription of theirs.
 */
const { breaker: rules } = DEFAULT_RULES;

/** Counts failures for ever, admits everybody when half-open, counts late replies. */
class FirstBreaker {
  state: 'closed' | 'open' | 'half-open' = 'closed';
  failures = 0;
  successes = 0;
  admitted = 0;
  #openedMs = 0;

  admit(nowMs: number): boolean {
    if (this.state === 'open' && nowMs - this.#openedMs >= rules.openMs) {
      this.state = 'half-open';
      this.successes = 0;
    }
    if (this.state === 'open') return false;
    this.admitted++;
    return true;
  }

  end(ok: boolean, nowMs: number): void {
    if (ok && this.state === 'half-open' && ++this.successes >= rules.successes) {
      this.state = 'closed';
      this.failures = 0;
    }
    if (ok) return;
    this.#openedMs = nowMs;
    if (++this.failures >= rules.threshold) this.state = 'open';
  }
}

describe('breaker never forgets', () => {
  /** Five failures, each with a hundred successes between. */
  const ends = `${`-${'+'.repeat(100)}`.repeat(4)}-`.split('').map((end) => end === '+');

  test('a success forgets the failures before it', () => {
    assert.equal(
      nextStep(
        ends.reduce((one, ok) => noteEnd(one, ok, 0), NEW_BREAKER),
        rules,
      ),
      undefined,
    );
    const first = new FirstBreaker();
    for (const ok of ends) first.end(ok, 0);
    assert.equal(first.state, 'open');
  });
});

describe('half-open admits everybody', () => {
  test('one attempt at a time is let through', () => {
    let healed = false;
    const play = (): Play => ({ afterMs: 10, end: healed ? DONE : THREW });
    const world = new CoreWorld({ play });
    world.send({ type: 'agents.register', agents: [agentOf('a', { supervised: true, slots: 10 })] });
    world.send(submitOf(Array.from({ length: 40 }, (_, at) => taskOf(`t${at}`, { retry: { maxAttempts: 1 } }))));
    world.run(20);
    healed = true;
    const [opened] = world.all('breaker.opened');
    world.run(opened?.untilMs ?? 0);
    assert.equal(world.swarm.registry.agents.get(agentId('a'))?.used, 1);

    const first = new FirstBreaker();
    for (let failure = 0; failure < 5; failure++) first.end(false, 0);
    for (let waiting = 0; waiting < 10; waiting++) first.admit(rules.openMs);
    assert.equal(first.admitted, 10);
  });
});

describe('late replies from before the trip do not count', () => {
  test('a success that was under way since before closes nothing', () => {
    const late = [true, true, true].reduce((one, ok) => noteEnd(one, ok, 50), halfOpened(100));
    assert.equal(nextStep(late, rules), undefined);
    const first = new FirstBreaker();
    for (let failure = 0; failure < 5; failure++) first.end(false, 0);
    first.admit(rules.openMs);
    for (let reply = 0; reply < 3; reply++) first.end(true, rules.openMs);
    assert.equal(first.state, 'closed');
  });
});

describe('health probe without timeout', () => {
  test('an agent that hangs while it is asked is lost all the same', async () => {
    const rig = new EngineRig();
    const never = new Promise<never>(() => {});
    const supervisor = { keyOf: () => 'k', probe: () => never, restart: () => never };
    const engine = await rig.start({ healthWatch: { intervalMs: 1_000, maxMissed: 3 } }, { supervisor });
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('a', { supervised: true })] });
    for (let second = 0; second < 5; second++) {
      rig.clock.advance(1_000);
      await settle();
    }
    assert.equal((await rig.probe.next('agent.health-changed')).status, 'lost');
    engine.stop();

    /** Asks, and waits for the answer: as it never comes, nothing ever follows. */
    const first = async (): Promise<string> => {
      await supervisor.probe();
      return 'critical';
    };
    assert.equal(await Promise.race([first(), settle().then(() => 'still waiting')]), 'still waiting');
  });
});
