import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { runId, taskId } from '../ids.ts';
import { Capacity, RESERVABLE_PERCENT } from './capacity.ts';

const [A, B] = [taskId(runId('r1'), 'a'), taskId(runId('r1'), 'b')];

function capacityOf(cpu: number, memory = 1_000): Capacity {
  const capacity = new Capacity();
  capacity.setHost({ host: 'here', cpu, memory });
  return capacity;
}

describe('capacity', () => {
  test('is 80 % of what a host offers, for all reservations together', () => {
    assert.equal(RESERVABLE_PERCENT, 80);
    const capacity = capacityOf(1_000);
    capacity.reserve(A, 'here', { cpu: 500 });
    assert.equal(capacity.check('here', { cpu: 300 }), 'fits');
    assert.equal(capacity.check('here', { cpu: 301 }), 'wait');
    capacity.reserve(B, 'here', { cpu: 300 });
    assert.equal(capacity.check('here', { cpu: 1 }), 'wait');
    assert.equal(capacity.check('here', { memory: 800 }), 'fits');
  });

  test('is exact where 80 % is no whole number', () => {
    assert.equal(capacityOf(1_003).check('here', { cpu: 802 }), 'fits');
    assert.equal(capacityOf(1_003).check('here', { cpu: 803 }), 'never');
  });

  test('says never to what the empty host could not hold, whatever is reserved', () => {
    const capacity = capacityOf(1_000);
    assert.equal(capacity.check('here', { cpu: 801 }), 'never');
    capacity.reserve(A, 'here', { memory: 800 });
    assert.equal(capacity.check('here', { cpu: 801, memory: 1 }), 'never');
  });

  test('comes back with the release, kind by kind', () => {
    const capacity = capacityOf(1_000);
    capacity.reserve(A, 'here', { cpu: 800, memory: 10 });
    capacity.release(A);
    assert.deepEqual(capacity.reservedOn('here'), { cpu: 0, memory: 0, storage: 0, network: 0 });
  });

  test('that became less is given back as what it has become', () => {
    const capacity = capacityOf(1_000);
    capacity.reserve(A, 'here', { cpu: 800, memory: 10 });
    capacity.shrink(A, { cpu: 200, memory: 10 });
    assert.equal(capacity.check('here', { cpu: 600 }), 'fits');
    capacity.reserve(B, 'here', { cpu: 600 });
    capacity.release(A);
    assert.deepEqual(capacity.reservedOn('here'), { cpu: 600, memory: 0, storage: 0, network: 0 });
  });

  test('of who holds nothing cannot become less, and is not given back', () => {
    const capacity = capacityOf(1_000);
    capacity.shrink(A, { cpu: 10 });
    capacity.release(A);
    assert.deepEqual(capacity.reservedOn('here'), { cpu: 0, memory: 0, storage: 0, network: 0 });
  });

  test('of a kind that the host says nothing about, or of a host that nobody knows, is not limited', () => {
    const capacity = capacityOf(1_000);
    assert.equal(capacity.check('here', { network: 1e12 }), 'fits');
    assert.equal(capacity.check('elsewhere', { cpu: 1e12 }), 'fits');
    capacity.reserve(A, 'elsewhere', { cpu: 1 });
    assert.equal(capacity.reservedOn('elsewhere'), undefined);
  });

  test('of a host that registers again has its new figures, with what is reserved on it', () => {
    const capacity = capacityOf(1_000);
    capacity.reserve(A, 'here', { cpu: 800 });
    capacity.setHost({ host: 'here', cpu: 2_000, memory: 1_000 });
    assert.equal(capacity.check('here', { cpu: 800 }), 'fits');
    assert.equal(capacity.check('here', { cpu: 801 }), 'wait');
  });

  describe('of processes on one machine', () => {
    const spec = { machine: 'm1', cpu: 1_000, memory: 1_000 };

    test('is one: what one of them has reserved, the others have not', () => {
      const capacity = new Capacity();
      for (const host of ['local', 'w1', 'w2']) capacity.setHost({ ...spec, host });
      capacity.setHost({ ...spec, host: 'far', machine: 'm2' });
      capacity.reserve(A, 'w1', { cpu: 500 });
      for (const host of ['local', 'w1', 'w2']) {
        assert.equal(capacity.check(host, { cpu: 300 }), 'fits', host);
        assert.equal(capacity.check(host, { cpu: 301 }), 'wait', host);
      }
      assert.equal(capacity.check('far', { cpu: 800 }), 'fits');
      capacity.release(A);
      assert.equal(capacity.check('local', { cpu: 800 }), 'fits');
    });

    test('is for each of them no more than it says itself', () => {
      const capacity = new Capacity();
      capacity.setHost({ ...spec, host: 'local' });
      capacity.setHost({ ...spec, host: 'small', cpu: 500 });
      assert.equal(capacity.check('small', { cpu: 401 }), 'never');
      capacity.reserve(A, 'local', { cpu: 300 });
      assert.equal(capacity.check('small', { cpu: 100 }), 'fits');
      assert.equal(capacity.check('small', { cpu: 101 }), 'wait');
      assert.equal(capacity.check('local', { cpu: 500 }), 'fits');
    });

    test('goes along with a host that comes back on another machine, and so does what is reserved on it', () => {
      const capacity = new Capacity();
      capacity.setHost({ host: 'w1', cpu: 1_000, memory: 1_000 });
      capacity.setHost({ ...spec, host: 'local' });
      capacity.reserve(A, 'w1', { cpu: 500 });
      capacity.reserve(B, 'local', { cpu: 100 });
      capacity.setHost({ ...spec, host: 'w1' });
      assert.equal(capacity.reservedOn('local')?.cpu, 600);
      capacity.setHost({ ...spec, host: 'w1', machine: 'm2' });
      assert.deepEqual([capacity.reservedOn('local')?.cpu, capacity.reservedOn('w1')?.cpu], [100, 500]);
      capacity.release(A);
      assert.deepEqual([capacity.reservedOn('local')?.cpu, capacity.reservedOn('w1')?.cpu], [100, 0]);
    });

    test('is not mixed up with a host that is named like the machine', () => {
      const capacity = new Capacity();
      capacity.setHost({ ...spec, host: 'local' });
      capacity.setHost({ host: 'm1', cpu: 1_000, memory: 1_000 });
      capacity.reserve(A, 'local', { cpu: 800 });
      assert.equal(capacity.check('m1', { cpu: 800 }), 'fits');
    });
  });

  test('is not taken by who declares nothing', () => {
    const capacity = capacityOf(0, 0);
    assert.equal(capacity.check('here', undefined), 'fits');
    assert.equal(capacity.check('here', {}), 'fits');
  });
});
