import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { nameOf, runId } from '../../src/core/ids.ts';
import { CoreWorld } from '../support/core-world.ts';
import { agentsOf, DONE, submitOf, taskOf } from '../support/core-world-specs.ts';
import { personSends, sendOf, subscribeOf } from '../support/message-specs.ts';

type Told = 'ok' | 'refused';

/** What both hubs are asked to do. */
interface Hub {
  send(from: string, to: string, id: string, replyTo?: string): Told;
  /** The agent ends. */
  end(agent: string): void;
  waitingFor(agent: string): number;
}

/** The first rule, as it was written down: a queue per name, made when it is first asked for, and never emptied. */
class FirstHub implements Hub {
  readonly #queues = new Map<string, string[]>();

  send(_from: string, to: string, id: string): Told {
    const queue = this.#queues.get(to) ?? [];
    this.#queues.set(to, queue);
    queue.push(id);
    return 'ok';
  }

  end(_agent: string): void {}

  waitingFor(agent: string): number {
    return this.#queues.get(agent)?.length ?? 0;
  }
}

class CoreHub implements Hub {
  readonly #world: CoreWorld;

  constructor() {
    this.#world = new CoreWorld({
      play: ({ taskId }) => ({ afterMs: nameOf(taskId) === 'b' ? 100 : 60_000, end: DONE }),
    });
    this.#world.send({ type: 'agents.register', agents: agentsOf(2) });
    this.#world.send(submitOf([taskOf('a'), taskOf('b')]));
  }

  send(from: string, to: string, id: string, replyTo?: string): Told {
    const more = { id, to: `task:${to}`, ...(replyTo === undefined ? {} : { replyTo }) };
    return this.#world.send(sendOf(from, more)).ok ? 'ok' : 'refused';
  }

  end(_agent: string): void {
    this.#world.run(200);
  }

  waitingFor(agent: string): number {
    return this.#world.swarm.runs.get(runId('r1'))?.mail?.boxes.get(`task:${agent}`)?.size ?? 0;
  }
}

const hubs = [
  ['the core', () => new CoreHub(), true],
  ['the first rule', () => new FirstHub(), false],
] as const;

describe.each(hubs)('in %s', (_name, make, holds) => {
  const expectThat = (found: boolean): void => assert.equal(found, holds);

  test('messages to dead agents pile up', () => {
    const hub = make();
    for (let index = 0; index < 10; index++) hub.send('a', 'b', `early-${index}`);
    hub.end('b');
    for (let index = 0; index < 10; index++) hub.send('a', 'b', `late-${index}`);
    expectThat(hub.waitingFor('b') === 0);
  });

  test('messages to agents that never were pile up', () => {
    const hub = make();
    expectThat(hub.send('a', 'nobody', 'm1') === 'refused' && hub.waitingFor('nobody') === 0);
  });

  test('unbounded queues and maps', () => {
    const hub = make();
    const answers = Array.from({ length: 1_500 }, (_, index) => hub.send('a', 'b', `m${index}`));
    expectThat(hub.waitingFor('b') === 1_000 && answers.filter((told) => told === 'refused').length === 500);
  });

  test('a repeat is delivered twice', () => {
    const hub = make();
    for (let round = 0; round < 2; round++) hub.send('a', 'b', 'same');
    expectThat(hub.waitingFor('b') === 1);
  });

  test('two agents answer one another without end', () => {
    const hub = make();
    let sent = 0;
    while (sent < 100) {
      const [from, to] = sent % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      if (hub.send(from, to, `m${sent}`, sent === 0 ? undefined : `m${sent - 1}`) === 'refused') break;
      sent++;
    }
    expectThat(sent === 8);
  });
});

test('subscribers that are gone stay in the map of the first rule, and leave ours', () => {
  const world = new CoreWorld({
    play: ({ taskId }) => ({ afterMs: nameOf(taskId) === 'b' ? 100 : 60_000, end: DONE }),
  });
  world.send({ type: 'agents.register', agents: agentsOf(2) });
  world.send(submitOf([taskOf('a'), taskOf('b')]));
  world.send(subscribeOf('b', '**'));
  assert.equal(world.swarm.runs.get(runId('r1'))?.mail?.topics.size, 1);
  world.run(200);
  assert.equal(world.swarm.runs.get(runId('r1'))?.mail?.topics.size, 0);
  const first = new Map<string, Set<string>>();
  const subscribe = (agent: string, type: string): unknown =>
    first.set(type, (first.get(type) ?? new Set()).add(agent));
  subscribe('b', 'finding');
  assert.equal(first.get('finding')?.size, 1); // nothing in it ever takes an agent out
});

test('mail of a run leaves memory with it', () => {
  const world = new CoreWorld();
  world.send({ type: 'agents.register', agents: agentsOf(1) });
  world.send(submitOf([taskOf('b')]));
  world.send(personSends());
  world.run();
  assert.equal(world.swarm.runs.size, 0);
  assert.equal(world.swarm.deadMail.size, 0);
});
