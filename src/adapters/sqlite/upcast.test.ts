import { expect, test } from 'vitest';
import { upcast, type Upcaster } from './upcast.ts';

/** The members of an event in an old form. */
function membersOf(event: unknown): Record<string, unknown> {
  return typeof event === 'object' && event !== null ? { ...event } : {};
}

/** Once the run's id was called `run`, and before that there was no reason. */
const UPCASTERS: readonly Upcaster[] = [
  { from: 1, lift: (event) => ({ ...membersOf(event), reason: 'unknown' }) },
  {
    from: 2,
    lift: (event) => {
      const { run: runId, ...rest } = membersOf(event);
      return { ...rest, runId };
    },
  },
];

test('lifts an event through all forms since the one it was written in', () => {
  const first = '{"type":"run.paused","run":"r"}';
  expect(upcast(first, 1, UPCASTERS, 3)).toEqual({ type: 'run.paused', runId: 'r', reason: 'unknown' });
  const second = '{"type":"run.paused","run":"r","reason":"why"}';
  expect(upcast(second, 2, UPCASTERS, 3)).toEqual({ type: 'run.paused', runId: 'r', reason: 'why' });
});

test('leaves an event of today as it is', () => {
  const today = '{"type":"run.paused","runId":"r","reason":"why"}';
  expect(upcast(today, 3, UPCASTERS, 3)).toEqual(JSON.parse(today));
});
