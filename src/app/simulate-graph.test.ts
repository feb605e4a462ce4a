import { expect, test } from 'vitest';
import { userErrorsIn } from '../util/user-error.ts';
import { simulate } from './simulate-graph.ts';

const DIAMOND = {
  name: 'diamond',
  n: 4,
  kinds: ['build', 'test'],
  kind: [0, 1, 1, 0],
  runtime: [10, 20, 30, 5],
  parents: [[], [0], [0], [1, 2]],
};

test('a graph is simulated from code, on any agents or by kind', async () => {
  expect(await simulate(DIAMOND, { agents: 2 })).toMatchObject({ makespanMs: 45_000, lowerMs: 45_000 });
  expect(await simulate(DIAMOND, { agents: { build: 1, test: 1 } })).toMatchObject({
    makespanMs: 65_000,
    criticalPath: ['build.0', 'test.2', 'build.3'],
  });
});

test('mistakes in graph and agents are told', async () => {
  const told = async (doing: Promise<unknown>): Promise<readonly string[]> => {
    const error: unknown = await doing.catch((reason: unknown) => reason);
    return userErrorsIn(error).map(({ message }) => message);
  };
  expect(await told(simulate({ ...DIAMOND, runtime: [1] }))).toEqual(['It has 1 entries, but n is 4.']);
  expect(await told(simulate(DIAMOND, { agents: 0 }))).toEqual(['0 is no number of agents.']);
  expect(await told(simulate(DIAMOND, { agents: { build: 1, tset: 1 } }))).toEqual([
    'There is no role "tset" in diamond.',
    'No agent can do what task "test.1" asks for: kind:test.',
  ]);
});
