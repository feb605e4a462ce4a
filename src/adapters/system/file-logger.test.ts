import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileLogger } from './file-logger.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (path: string): readonly unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

test('writes one JSON object per line, and nothing quieter than its level', () => {
  const path = join(folder, 'logs', 'waggle.log');
  const logger = new FileLogger({ path, now: () => 0 });
  logger.log('debug', 'too quiet');
  logger.log('warn', 'two\nlines', { run: 'r1', error: new TypeError('no'), level: 'faked' });
  logger.close();
  expect(linesOf(path)).toMatchObject([
    { at: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'two\nlines', run: 'r1', error: { message: 'no' } },
  ]);
});

test('starts a new file when one is full and keeps the one before it', () => {
  const path = join(folder, 'waggle.log');
  for (let number = 0; number < 30; number++) {
    // A new logger each time: what is there already counts as well.
    const logger = new FileLogger({ path, maxBytes: 1_000, now: () => 0 });
    logger.log('info', `entry ${number}`);
    logger.close();
  }
  const kept = [...linesOf(`${path}.1`), ...linesOf(path)];
  expect(kept.at(-1)).toMatchObject({ message: 'entry 29' });
  expect(kept.length).toBeGreaterThan(12);
  expect(statSync(path).size).toBeLessThanOrEqual(1_000);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1_000);
});

test('what cannot be written as JSON does not stop the entry, and a missing folder does not stop the work', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const path = join(folder, 'waggle.log');
  const logger = new FileLogger({ path, now: () => 0 });
  logger.log('info', 'round', circle);
  logger.close();
  expect(linesOf(path)).toMatchObject([{ message: 'round', note: 'data was left out: it cannot be written as JSON' }]);
  const lost = new FileLogger({ path: join(path, 'below-a-file.log'), now: () => 0 });
  lost.log('error', 'nowhere to go');
  expect(lost.lostEntries).toBe(1);
});
