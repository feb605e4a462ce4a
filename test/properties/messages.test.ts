import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { type RunId, runId, taskId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import type { MessageSpec } from '../../src/core/messaging/message.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { CoreWorld, type Play, type WorldOptions } from '../support/core-world.ts';
import { Ledger } from '../support/core-world-ledger.ts';
import { agentsOf, DONE, submitOf, taskOf, THREW } from '../support/core-world-specs.ts';
import { cases } from '../support/core-world-plans.ts';

/*
 * Mail of one run under random senders, readers, ends of tasks and crashes of the coordinator, against a recount of its
 * events that knows nothing of the core.
 */

const RUN: RunId = runId('r1');
const NAMES = ['a', 'b', 'c', 'd'] as const;
const ADDRESSES = [...NAMES.map((name) => `task:${name}`), 'agent:a1', 'user:ann', 'role:local', 'all', 'task:none'];
const TOPICS = ['x.y', 'x.z', 'q'];
const PATTERNS = ['x.*', 'x.y', '**'];

type Step =
  | Readonly<{ does: 'send'; by: number; message: Partial<MessageSpec> }>
  | Readonly<{ does: 'ack'; by: number; no: number }>
  | Readonly<{ does: 'subscribe' | 'unsubscribe'; by: number; pattern: string }>
  | Readonly<{ does: 'wait'; ms: number }>
  | Readonly<{ does: 'crash'; from: 'events' | 'snapshot' }>;

const by = fc.nat(NAMES.length - 1);
const messageId = fc.nat(30).map((no) => `m${no}`);
const message: fc.Arbitrary<Partial<MessageSpec>> = fc
  .record(
    {
      id: messageId,
      to: fc.constantFrom(...ADDRESSES),
      topic: fc.constantFrom(...TOPICS),
      body: fc.constantFrom(1, 'two', { three: 3 }),
      priority: fc.constantFrom('critical', 'high', 'normal', 'low'),
      replyTo: messageId,
      expiresMs: fc.integer({ min: 1, max: 60 }),
    },
    { requiredKeys: ['id', 'body'] },
  )
  .map(({ to, topic, ...rest }) => ({ ...rest, ...(topic === undefined ? { to: to ?? 'all' } : { topic }) }));

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('send' as const), by, message }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('ack' as const), by, no: fc.nat(30) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constantFrom('subscribe' as const, 'unsubscribe' as const),
        by,
        pattern: fc.constantFrom(...PATTERNS),
      }),
    },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constant('crash' as const),
        from: fc.constantFrom('events' as const, 'snapshot' as const),
      }),
    },
  ),
  { maxLength: 60 },
);

/** Task `a` lasts; the others end after a while, `c` only at its second try. */
const play: NonNullable<WorldOptions['play']> = ({ taskId: task, attempt }): Play => {
  if (task.endsWith('a')) return { afterMs: 5_000, end: DONE };
  if (task.endsWith('c') && attempt === 1) return { afterMs: 30, end: THREW };
  return { afterMs: 120, end: DONE };
};

class Played {
  readonly ledger = new Ledger();
  readonly world: CoreWorld;
  readonly #isDoubled: boolean;

  constructor(isDoubled = false) {
    this.#isDoubled = isDoubled;
    this.world = new CoreWorld({ play, rules: { maxMailboxMessages: 5 }, onEvent: this.ledger.note });
    this.world.send({ type: 'agents.register', agents: agentsOf(3) });
    // Without a delay there is no jitter, whose draw depends on the number of inputs.
    const retry = { firstDelayMs: 0 };
    this.world.send(
      submitOf(NAMES.map((name) => taskOf(name, { retry, ...(name === 'd' ? { subscribes: ['x.**'] } : {}) }))),
    );
  }

  play(all: readonly Step[]): this {
    for (const step of all) {
      if (step.does === 'crash') this.world.crash(step.from);
      else if (step.does === 'wait') this.world.run(this.world.nowMs + step.ms);
      else this.#input(this.#inputOf(step));
    }
    return this;
  }

  /** Each input may come twice, as on a line that repeats. */
  #input(input: SwarmInput): void {
    const first = this.world.send(input);
    if (!this.#isDoubled) return;
    const before = this.world.events.length;
    const again = this.world.send(input);
    assert.equal(this.world.events.length, before, 'a repeat changes something');
    if (input.type !== 'attempt.send') assert.equal(again.ok, first.ok);
    else if (first.ok) assert.ok(again.ok);
  }

  #inputOf(step: Exclude<Step, { does: 'crash' | 'wait' }>): SwarmInput {
    const id = taskId(RUN, NAMES[step.by] ?? 'a');
    const who = { taskId: id, attempt: this.world.task(NAMES[step.by] ?? 'a')?.attempt ?? 0 };
    switch (step.does) {
      case 'send':
        return { type: 'attempt.send', ...who, message: { id: 'm', type: 'message', body: null, ...step.message } };
      case 'ack':
        return { type: 'attempt.acknowledge', ...who, received: [[`m${step.no}`, this.world.nowMs]] };
      case 'subscribe':
      case 'unsubscribe':
        return { type: `attempt.${step.does}`, ...who, pattern: step.pattern };
    }
  }

  /** What the core has, and what the recount has. */
  compare(): void {
    const mail = this.world.swarm.runs.get(RUN)?.mail;
    for (const address of ADDRESSES) {
      const box = mail?.boxes.get(address);
      const waiting = [...(box?.messages() ?? [])];
      assert.equal(waiting.length, this.ledger.mail.waitingFor(RUN, address), address);
      assert.equal(box?.size ?? 0, waiting.length);
      assertOrder(waiting);
    }
  }
}

/** By priority, and messages of one sender and priority in the order of sending. */
function assertOrder(waiting: readonly Readonly<{ no: number; spec: MessageSpec }>[]): void {
  const ranks = ['critical', 'high', 'normal', 'low'];
  const order = waiting.map(({ no, spec }): number => ranks.indexOf(spec.priority ?? 'normal') * 1e6 + no);
  assert.deepEqual(
    order,
    order.toSorted((one, other) => one - other),
  );
}

test('the mail of a run is what its events say, over ends, expiry and crashes', () => {
  const holds = fc.property(steps, (all) => {
    const played = new Played().play(all);
    played.compare();
    played.world.run();
    assert.equal(played.world.swarm.runs.size, 0);
    for (const address of ADDRESSES.filter((one) => !one.startsWith('user:'))) {
      assert.equal(played.ledger.mail.waitingFor(RUN, address), 0, `${address} has mail after the end of its run`);
    }
  });
  fc.assert(holds, cases(300));
});

test('doubled messages change nothing: the same events, and the same end', () => {
  const holds = fc.property(steps, (all) => {
    const once = new Played().play(all);
    const twice = new Played(true).play(all);
    assert.deepEqual(twice.world.entries, once.world.entries);
    assert.equal(snapshotOf(twice.world.swarm, 0), snapshotOf(once.world.swarm, 0));
  });
  fc.assert(holds, cases(200));
});

test('a crash of the coordinator changes nothing of the mail', () => {
  const holds = fc.property(steps, (all) => {
    const played = new Played().play(all.filter(({ does }) => does !== 'crash'));
    const before = JSON.stringify(played.world.swarm.runs.get(RUN)?.mail?.dump());
    played.world.crash('events');
    assert.equal(JSON.stringify(played.world.swarm.runs.get(RUN)?.mail?.dump()), before);
  });
  fc.assert(holds, cases(200));
});
