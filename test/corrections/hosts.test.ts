import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { agentId, runId, taskId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import { nextEvents } from '../../src/core/scheduling/next-event.ts';
import { apply, decide } from '../../src/core/swarm.ts';
import { newSwarm } from '../../src/core/swarm-state.ts';
import { DONE, submitOf, taskOf } from '../support/core-world-specs.ts';

/** Where a task runs, and whose word about it counts. */
type Balancer = Readonly<{
  /** The agent that has the task is given up, and another one gets it. */
  move: () => void;
  /** An agent says that the task is done: whether that counts. `try` is which of its starts the agent means. */
  complete: (by: 'first' | 'second') => boolean;
}>;

/** The rule that this project began with: a task is taken from one list and put into another; who reports, reports. */
function firstBalancer(): Balancer {
  const loads = { first: ['t1'], second: new Array<string>() };
  const completed: string[] = [];
  return {
    move: () => loads.second.push(...loads.first.splice(0)),
    complete: (by) => {
      completed.push(by);
      return true;
    },
  };
}

function ours(): Balancer {
  const swarm = newSwarm();
  const context = { nowMs: 1, wallTimeMs: 0, random: 0 };
  const give = (input: SwarmInput): boolean => {
    const ruling = decide(swarm, input, context);
    for (const event of ruling.ok ? ruling.events : []) apply(swarm, event, 1);
    for (let events = nextEvents(swarm, 1); events !== undefined; events = nextEvents(swarm, 1)) {
      for (const event of events) apply(swarm, event, 1);
    }
    return ruling.ok;
  };
  const join = (host: string): void => {
    const agents = [{ id: agentId(`${host}.1`), role: 'worker', capabilities: ['work'], slots: 1 }];
    give({ type: 'host.join', description: { host, instance: 1, agents, capacity: { cpu: 1, memory: 1 } } });
  };
  join('first');
  give(submitOf([taskOf('t1'), taskOf('t2', { needs: ['t1'] })]));
  return {
    move: () => {
      join('second');
      give({ type: 'host.lose', host: 'first', why: 'lease' });
    },
    complete: (by) => {
      const attempt = by === 'first' ? 1 : 2;
      return give({ type: 'attempt.end', taskId: taskId(runId('r1'), 't1'), attempt, result: DONE });
    },
  };
}

/** What is expected of both. */
function expectOneWord({ move, complete }: Balancer): void {
  move();
  assert.equal(complete('first'), false, 'the agent that lost the task');
  assert.equal(complete('second'), true, 'the agent that has it');
  assert.equal(complete('first'), false, 'the agent that lost the task, later');
}

describe('moved tasks without a token', () => {
  test('only the agent that a task was moved to can end it', () => {
    expectOneWord(ours());
  });

  test('with the first rule whoever comes first ends it, and others end it again', () => {
    assert.throws(() => expectOneWord(firstBalancer()), /the agent that lost the task/);
  });
});
