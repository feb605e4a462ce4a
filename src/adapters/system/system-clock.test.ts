import { expect, test } from 'vitest';
import { SystemClock } from './system-clock.ts';

test('wakes once, after the delay and never before the call returns', async () => {
  const clock = new SystemClock();
  const startMs = clock.monotonicMs();
  let woken = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.wakeAfter(5, () => {
    woken++;
    resolve();
  });
  expect(woken).toBe(0);
  await promise;
  expect(woken).toBe(1);
  expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(5);
});

test('a wake that is cancelled does not come', async () => {
  const clock = new SystemClock();
  const woken: string[] = [];
  const cancel = clock.wakeAfter(1, () => woken.push('cancelled'));
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.wakeAfter(2, () => resolve());
  cancel();
  await promise;
  expect(woken).toEqual([]);
});

test('a wait longer than a timer can be does not fire at once', async () => {
  const clock = new SystemClock();
  const woken: string[] = [];
  const cancel = clock.wakeAfter(2 ** 33, () => woken.push('too early'));
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.wakeAfter(5, () => resolve());
  await promise;
  cancel();
  expect(woken).toEqual([]);
});
