import { expect, test } from 'vitest';
import { userErrorsIn } from '../util/user-error.ts';
import { readSimulateFlags } from './simulate-flags.ts';

test('agents are a number or numbers by role, and nothing in between', () => {
  const told = (agents: string): readonly string[] => {
    try {
      readSimulateFlags({ agents });
      return [];
    } catch (error) {
      return userErrorsIn(error).map(({ message }) => message);
    }
  };
  expect(readSimulateFlags({ agents: '8' }).agents).toBe(8);
  expect(readSimulateFlags({ agents: 'build=4, test=0' }).agents).toEqual(
    new Map([
      ['build', 4],
      ['test', 0],
    ]),
  );
  expect(told('build=4=9')).toEqual(['"build=4=9" is no number of agents.']);
  expect(told('build=4=')).toEqual(['"build=4=" is no number of agents.']);
  expect(told('build=4,build=9')).toEqual(['"build" stands in it twice.']);
});
