import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { p95, shrunk } from './shrink.ts';

describe('a reservation', () => {
  test('becomes less when less than half of it was used in both windows: 1.2 times the most of these', () => {
    assert.deepEqual(shrunk({ cpu: 1_000 }, [{ cpu: 100 }, { cpu: 200 }]), {
      reserved: { cpu: 240 },
      used: { cpu: 200 },
    });
    assert.equal(shrunk({ cpu: 1_000 }, [{ cpu: 100 }, { cpu: 500 }]), undefined);
    assert.equal(shrunk({ cpu: 1_000 }, [{ cpu: 500 }, { cpu: 100 }]), undefined);
    assert.deepEqual(shrunk({ cpu: 1_000 }, [{ cpu: 499 }, { cpu: 1 }])?.reserved, { cpu: 599 });
  });

  test('changes in the kinds that were too large alone, and never in those that nobody measures', () => {
    const reserved = { cpu: 1_000, memory: 1_000, storage: 9, network: 9 };
    const [first, second] = [
      { cpu: 10, memory: 900 },
      { cpu: 10, memory: 900 },
    ];
    assert.deepEqual(shrunk(reserved, [first, second])?.reserved, { ...reserved, cpu: 12 });
    assert.equal(shrunk({ storage: 9, network: 9 }, [first, second]), undefined);
    assert.equal(shrunk({ cpu: 1_000 }, [{ memory: 1 }, { memory: 1 }]), undefined);
  });

  test('keeps at least one unit, and one that is that small is left alone', () => {
    assert.deepEqual(shrunk({ cpu: 10 }, [{ cpu: 0 }, { cpu: 0 }])?.reserved, { cpu: 1 });
    assert.equal(shrunk({ cpu: 1 }, [{ cpu: 0 }, { cpu: 0 }]), undefined);
  });
});

describe('the highest twentieth', () => {
  test('of the samples does not count', () => {
    const samples = Array.from({ length: 20 }, (_, at) => (at === 7 ? 1_000 : at));
    assert.equal(p95(samples), 19);
    assert.equal(p95([...samples, 1_000]), 1_000);
    assert.equal(p95([5]), 5);
    assert.equal(p95([]), undefined);
  });
});
