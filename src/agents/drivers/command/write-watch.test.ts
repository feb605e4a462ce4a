import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { assignmentOf } from '../../../../test/support/assignments.ts';
import type { TaskSpec } from '../../../core/tasks/task-spec.ts';
import type { Assignment } from '../../../ports/agent-driver.ts';
import { WriteWatch } from './write-watch.ts';

let project: string;
let marker: string;
let watch: WriteWatch;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'waggle-writes-'));
  marker = mkdtempSync(join(tmpdir(), 'waggle-marker-'));
  for (const folder of ['dist', 'src']) mkdirSync(join(project, folder));
  watch = new WriteWatch();
});
afterEach(() => {
  for (const folder of [project, marker]) rmSync(folder, { recursive: true });
});

const assigned = (spec: Partial<TaskSpec> = {}): Assignment =>
  assignmentOf({ kind: 'command', argv: ['x'] }, { project, spec });

/** Written later than the marker, also where the clock of the file system stands still for a moment. */
function write(...names: readonly string[]): void {
  const { ctimeMs } = statSync(marker);
  for (const name of names) {
    writeFileSync(join(project, name), 'x');
    while (statSync(join(project, name)).ctimeMs <= ctimeMs) utimesSync(join(project, name), 1, 1);
  }
}

describe('what a command has written', () => {
  test('is told but for what its task declares, and many files of a folder are the folder', async () => {
    const watching = await watch.begin(assigned({ writes: ['src/', 'known.txt'] }), marker);
    write('a.txt', 'known.txt', 'src/x', ...['1', '2', '3', '4', '5'].map((name) => `dist/${name}`));
    assert.deepEqual(await watching.written(), ['a.txt', 'dist/']);
    watching.end();
  });

  test('is compared with what the task declares however that is written', async () => {
    const watching = await watch.begin(assigned({ writes: ['./dist//', 'SRC/./y', 'known'] }), marker);
    write('a.txt', 'dist/1', 'src/x', 'src/y', 'knownBy.txt');
    assert.deepEqual(await watching.written(), ['a.txt', 'knownBy.txt', 'src/x']);
    watching.end();
  });

  test('is unknown when another command ran beside it', async () => {
    const first = await watch.begin(assigned(), marker);
    const second = await watch.begin(assigned({ type: 'other' }), marker);
    write('a.txt');
    assert.deepEqual([await first.written(), await second.written()], [undefined, undefined]);
    first.end();
    second.end();
    const third = await watch.begin(assigned(), marker);
    assert.deepEqual(await third.written(), ['a.txt']);
  });

  test('is measured three times for each type', async () => {
    const seen: unknown[] = [];
    for (let time = 0; time < 4; time++) {
      const watching = await watch.begin(assigned(), marker);
      seen.push(await watching.written());
      watching.end();
    }
    assert.deepEqual(seen, [[], [], [], undefined]);
  });
});
