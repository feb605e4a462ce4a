import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { LIVE_NAMES } from '../core/settings/live-options.ts';
import { liveOptions } from './live-options.ts';
import { defaultOf, OPTIONS } from './options.ts';

describe('options that may be changed while somebody leads', () => {
  test('are the same in the table and in the core', () => {
    const rows = [...OPTIONS].filter(([, row]) => row.applies === 'live').map(([name]) => name);
    assert.deepEqual(rows.toSorted(), [...LIVE_NAMES].toSorted());
  });

  test('all have a value with a range, or choices', () => {
    const explained = [...OPTIONS].map(([name, row]) => ({ name, value: defaultOf(row, 4) }));
    assert.equal(liveOptions(explained).length, LIVE_NAMES.length);
  });
});
