import assert from 'node:assert/strict';
import { test } from 'vitest';
import { runId, type TaskId, taskId } from '../../src/core/ids.ts';
import { Capacity } from '../../src/core/resources/capacity.ts';

/** 80 % of 5 are 4. */
const OFFERED = 5;
const MOST = 4;
const STEPS = 4;
const HOLDERS: readonly TaskId[] = ['a', 'b', 'c'].map((name) => taskId(runId('r1'), name));

type Step = Readonly<{ holder: TaskId; amount: number; what: 'reserve' | 'shrink' | 'release' }>;

const CHOICES: readonly Step[] = HOLDERS.flatMap((holder) => [
  ...[1, 2, 3].map((amount): Step => ({ holder, amount, what: 'reserve' })),
  { holder, amount: 1, what: 'shrink' },
  { holder, amount: 0, what: 'release' },
]);

/** A count of its own. */
type Held = ReadonlyMap<TaskId, number>;

function take({ holder, amount, what }: Step, capacity: Capacity, held: Held): Held {
  const next = new Map(held);
  const amounts = { cpu: amount };
  if (what === 'release') {
    capacity.release(holder);
    next.delete(holder);
  } else if (what === 'shrink') {
    if (amount > (held.get(holder) ?? 0)) return held;
    capacity.shrink(holder, amounts);
    next.set(holder, amount);
  } else if (!held.has(holder) && capacity.check('here', amounts) === 'fits') {
    capacity.reserve(holder, 'here', amounts);
    next.set(holder, amount);
  }
  return next;
}

function play(steps: readonly Step[]): void {
  const capacity = new Capacity();
  capacity.setHost({ host: 'here', cpu: OFFERED, memory: OFFERED });
  let held: Held = new Map();
  for (const step of steps) {
    held = take(step, capacity, held);
    const sum = [...held.values()].reduce((total, amount) => total + amount, 0);
    assert.ok(sum <= MOST, `${sum} of ${OFFERED} are reserved`);
    assert.equal(capacity.reservedOn('here')?.cpu, sum);
    for (let amount = 1; amount <= MOST; amount++) {
      assert.equal(capacity.check('here', { cpu: amount }) === 'fits', sum + amount <= MOST);
    }
  }
  for (const holder of HOLDERS) capacity.release(holder);
  assert.equal(capacity.reservedOn('here')?.cpu, 0);
}

test('reservations in every order never take more than 80 % of a host together, and all comes back', () => {
  let played = 0;
  const steps: Step[] = [];
  const go = (): void => {
    if (steps.length === STEPS) {
      play(steps);
      played++;
      return;
    }
    for (const step of CHOICES) {
      steps.push(step);
      go();
      steps.pop();
    }
  };
  go();
  assert.equal(played, CHOICES.length ** STEPS);
});
