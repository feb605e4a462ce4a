import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { agentOf } from '../../../test/support/core-world-specs.ts';
import { agentId } from '../ids.ts';
import type { Agent } from '../agents/agent-class.ts';
import { Registry } from '../agents/registry.ts';
import { loadOf, overloadOf, summarise } from './load.ts';
import { DEFAULT_SCALING } from './scale-group.ts';

function agent(slots: number, used: number): Agent {
  const registry = new Registry('adaptive');
  registry.add(agentOf('a', { slots }));
  const made = registry.agents.get(agentId('a'));
  assert.ok(made);
  made.used = used;
  return made;
}

describe('the load of an agent', () => {
  test('is the largest of its slots, processor, memory and mailbox', () => {
    assert.equal(loadOf(agent(4, 1)), 250);
    assert.equal(loadOf(agent(4, 1), { cpu: 300 }), 300);
    assert.equal(loadOf(agent(4, 1), { cpu: 300, memory: 400, mailbox: 350 }), 400);
    assert.equal(loadOf(agent(4, 1), { mailbox: 999 }), 999);
    assert.equal(loadOf(agent(3, 1)), 333);
  });

  test('is what is known: a figure that nobody measured counts for nothing', () => {
    assert.equal(loadOf(agent(2, 0), {}), 0);
  });
});

describe('the load of a group', () => {
  test('is a whole number for every number of agents, none included', () => {
    assert.deepEqual(summarise([], DEFAULT_SCALING), { agents: 0, averagePermille: 0, hot: 0 });
    assert.deepEqual(summarise([1_000, 0, 0], DEFAULT_SCALING), { agents: 3, averagePermille: 333, hot: 1 });
  });

  test('counts as hot who is above the limit, not at it', () => {
    assert.equal(summarise([800, 801], DEFAULT_SCALING).hot, 1);
  });
});

describe('an agent is overloaded', () => {
  test.each([
    [{ cpu: 800 }, undefined],
    [{ cpu: 801 }, 'cpu'],
    [{ memory: 850 }, undefined],
    [{ memory: 851 }, 'memory'],
    [{ mailbox: 900 }, undefined],
    [{ mailbox: 901 }, 'mailbox'],
    [{}, undefined],
  ])('above the limits and not at them: %j is %s', (sample, expected) => {
    assert.equal(overloadOf(sample), expected);
  });
});
