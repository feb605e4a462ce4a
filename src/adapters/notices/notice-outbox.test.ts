import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'vitest';
import type { Notice } from '../../core/health/notice.ts';
import type { NoticeTarget, Told } from '../../ports/notifier.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { NoticeOutbox } from './notice-outbox.ts';

const noticeOf = (key: string, severity: Notice['severity'] = 'warning'): Notice => ({
  key,
  severity,
  title: key,
  text: 'x',
});
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const AGAIN: Told = { ok: false, problem: 'away', mayRetry: true };

/** Answers as the test says; hangs where it says nothing. */
class Target implements NoticeTarget {
  readonly told: string[] = [];
  readonly name: string;
  readonly atLeast: Notice['severity'];
  answer: ((key: string) => Told) | undefined = () => ({ ok: true });

  constructor(name: string, atLeast: Notice['severity'] = 'info') {
    this.name = name;
    this.atLeast = atLeast;
  }

  async tell({ key }: Notice): Promise<Told> {
    this.told.push(key);
    return this.answer === undefined ? new Promise(() => {}) : this.answer(key);
  }
}

let folder: string;
let path: string;
let clock: ManualClock;
let complaints: string[];
let targets: Target[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-outbox-'));
  path = join(folder, 'notices.jsonl');
  clock = new ManualClock();
  complaints = [];
  targets = [new Target('one'), new Target('two')];
});
afterEach(() => rmSync(folder, { recursive: true }));

const logger = {
  log: (_level: string, _message: string, data?: Readonly<Record<string, unknown>>): void => {
    complaints.push(`${String(data?.['target'])} ${String(data?.['problem'])}`);
  },
  wants: () => true,
};
const open = (retries = 2): NoticeOutbox =>
  new NoticeOutbox({ path, targets, timeoutMs: 1_000, retries, clock, logger });
const [one, two] = [(): Target => targets[0] ?? assert.fail(), (): Target => targets[1] ?? assert.fail()];

describe('a notice', () => {
  test('reaches every target once, however often it is given, over restarts too', async () => {
    const outbox = open();
    outbox.notify(noticeOf('a'));
    outbox.notify(noticeOf('a'));
    await turn();
    await outbox.close(0);
    const next = open();
    assert.equal(next.isNew(noticeOf('a')), false);
    next.notify(noticeOf('a'));
    next.notify(noticeOf('b'));
    await turn();
    assert.deepEqual(
      [one().told, two().told],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    );
  });

  test('that could not be told is told by the next process, to those whom it had not reached', async () => {
    one().answer = undefined;
    const outbox = open();
    outbox.notify(noticeOf('a'));
    outbox.notify(noticeOf('b'));
    await turn();
    const closed = outbox.close(2_000);
    clock.advance(2_000);
    await closed;
    one().answer = () => ({ ok: true });
    one().told.length = 0;
    open();
    await turn();
    assert.deepEqual(
      [one().told, two().told],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    );
    assert.deepEqual(complaints, []);
  });

  test('waits behind one that hangs at its own target alone, and that one is given up in time', async () => {
    one().answer = (): Told => assert.fail('not called');
    one().answer = undefined;
    const outbox = open(0);
    outbox.notify(noticeOf('a'));
    outbox.notify(noticeOf('b'));
    await turn();
    assert.deepEqual([one().told, two().told], [['a'], ['a', 'b']]);
    clock.advance(6_000);
    await turn();
    assert.deepEqual(one().told, ['a', 'b']);
    assert.deepEqual(complaints, ['one it took too long']);
  });

  test('is tried again with growing pauses where that may help, and given up after so many tries', async () => {
    one().answer = () => AGAIN;
    open().notify(noticeOf('a'));
    const tried: number[] = [];
    for (let second = 0; second < 10; second++) {
      await turn();
      tried.push(one().told.length);
      clock.advance(1_000);
    }
    assert.deepEqual(tried, [1, 2, 2, 3, 3, 3, 3, 3, 3, 3]);
    assert.deepEqual(complaints, ['one away']);
  });

  test('is not for targets that want graver ones', async () => {
    targets = [new Target('one', 'critical'), new Target('two')];
    const outbox = open();
    outbox.notify(noticeOf('a', 'warning'));
    outbox.notify(noticeOf('b', 'critical'));
    await turn();
    assert.deepEqual([one().told, two().told], [['b'], ['a', 'b']]);
  });

  test('goes when a hundred wait before the same target, the oldest first, and the log says so', async () => {
    one().answer = undefined;
    const outbox = open();
    for (let index = 0; index < 150; index++) outbox.notify(noticeOf(`k${index}`));
    await turn();
    assert.equal(two().told.length, 150 - 49);
    assert.equal(complaints.filter((text) => text === 'one too many notices wait for it').length, 49);
  });

  test('of a target that throws is a notice that did not get through, and the next one is told', async () => {
    one().answer = (key) => {
      if (key === 'a') throw new Error('broken');
      return { ok: true };
    };
    const outbox = open(0);
    outbox.notify(noticeOf('a'));
    outbox.notify(noticeOf('b'));
    await turn();
    assert.deepEqual(one().told, ['a', 'b']);
    assert.deepEqual(complaints, ['one broken']);
  });
});

describe('the file', () => {
  test('is read past lines that a crash has cut, and is nobody else’s to read', async () => {
    const outbox = open();
    outbox.notify(noticeOf('a'));
    await turn();
    appendFileSync(path, '{"given":{"key":"b","sev');
    assert.equal(open().isNew(noticeOf('a')), false);
    assert.equal(open().isNew(noticeOf('b')), true);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('stays small however many notices there were', async () => {
    targets = [];
    const outbox = open();
    for (let index = 0; index < 12_000; index++) outbox.notify(noticeOf(`k${index}`));
    assert.ok(readFileSync(path, 'utf8').split('\n').length <= 5_001);
    assert.equal(outbox.isNew(noticeOf('k11999')), false);
  });

  test('owes nothing after a day', async () => {
    const line = { given: noticeOf('old'), to: ['one'], atMs: clock.wallTimeMs() - 86_400_001 };
    writeFileSync(path, `${JSON.stringify(line)}\n`);
    open();
    await turn();
    assert.deepEqual(one().told, []);
  });
});
