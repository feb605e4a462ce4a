import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { Durations } from './durations.ts';

describe('expected durations', () => {
  test('are the estimate of the task when nothing is known', () => {
    assert.equal(new Durations().expectedMs('build', 'fast', 500, 60_000), 500);
  });

  test('are the plain mean of the first five, then lean to the newest by a fifth', () => {
    const durations = new Durations();
    const expected = (): number => durations.expectedMs('build', 'fast', undefined, 60_000);
    for (const ms of [100, 200, 300, 400, 500]) durations.note('build', 'fast', undefined, ms);
    assert.ok(Math.abs(expected() - 300) < 1e-9);
    durations.note('build', 'fast', undefined, 1_300);
    assert.ok(Math.abs(expected() - 500) < 1e-9);
    assert.equal(durations.meanMs('build'), expected());
  });

  test('follow the estimate of each task, by how wrong estimates of its type were', () => {
    const durations = new Durations();
    for (let time = 0; time < 3; time++) durations.note('build', 'fast', 1_000, 2_000);
    assert.equal(durations.expectedMs('build', 'fast', 300, 60_000), 600);
    assert.equal(durations.expectedMs('build', 'fast', 5_000, 60_000), 10_000);
  });

  test('without an estimate are the mean of the type, by how much longer the kind of agent takes', () => {
    const durations = new Durations();
    for (let time = 0; time < 400; time++) {
      durations.note('build', 'fast', undefined, 1_000);
      durations.note('build', 'slow', undefined, 3_000);
    }
    const [fast, slow] = ['fast', 'slow'].map((kind) => durations.expectedMs('build', kind, undefined, 60_000));
    assert.ok(Math.abs((slow ?? 0) / (fast ?? 1) - 3) < 0.5, `${fast} and ${slow}`);
  });

  test('are learned for each kind of agent apart', () => {
    const durations = new Durations();
    durations.note('build', 'fast', 1_000, 500);
    durations.note('build', 'slow', 1_000, 4_000);
    assert.deepEqual(
      [durations.expectedMs('build', 'fast', 1_000, 60_000), durations.expectedMs('build', 'slow', 1_000, 60_000)],
      [500, 4_000],
    );
  });

  test('of a type that an agent has never done follow from how it does others', () => {
    const durations = new Durations();
    durations.note('build', 'slow', 1_000, 3_000);
    assert.equal(durations.expectedMs('test', 'slow', 100, 60_000), 300);
    assert.equal(durations.expectedMs('test', 'unknown', 100, 60_000), 100);
  });

  test('of a known type on a new kind of agent are those of the type', () => {
    const durations = new Durations();
    durations.note('build', 'fast', 1_000, 700);
    assert.equal(durations.expectedMs('build', 'unknown', 1_000, 60_000), 700);
  });

  test('come back from what was dumped', () => {
    const durations = new Durations();
    for (const ms of [100, 300, 900]) durations.note('build', 'fast', 200, ms);
    const other = new Durations();
    other.load(durations.dump());
    for (const each of [durations, other]) each.note('build', 'fast', 200, 500);
    assert.deepEqual(other.dump(), durations.dump());
  });

  test('are kept for 20,000 types at most; the first one learned goes first', () => {
    const durations = new Durations();
    for (let type = 0; type <= 20_000; type++) durations.note(`type${type}`, 'fast', 1, 5);
    assert.equal(durations.dump().types.length, 20_000);
    assert.equal(durations.dump().types[0]?.[0], 'type1');
  });

  test('are kept for 256 kinds of agents at most, in all and for each type', () => {
    const durations = new Durations();
    for (let kind = 0; kind < 2_000; kind++) durations.note('build', `kind${kind}`, 1, 5);
    const { types, factors } = durations.dump();
    assert.deepEqual([types[0]?.[3].length, factors.length], [256, 256]);
  });
});
