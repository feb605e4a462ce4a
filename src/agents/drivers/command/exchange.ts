import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOf } from '../../../core/ids.ts';
import type { Assignment } from '../../../ports/agent-driver.ts';
import { readResultFile, type ResultFile } from './result-file.ts';

/** The private folder through which a command gets its input and gives its result. */
export class Exchange {
  /** Absolute path; made just before the command starts. */
  readonly folder: string;
  /** `WAGGLE_INPUT`, `WAGGLE_OUTPUT`, `WAGGLE_MESSAGES`, `WAGGLE_RUN`, `WAGGLE_TASK`, `WAGGLE_ATTEMPT`. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(folder: string, { runId, taskId, attempt }: Assignment) {
    this.folder = folder;
    this.environment = {
      WAGGLE_INPUT: join(folder, 'input.json'),
      WAGGLE_OUTPUT: join(folder, 'output.json'),
      WAGGLE_MESSAGES: join(folder, 'messages.jsonl'),
      WAGGLE_RUN: runId,
      WAGGLE_TASK: nameOf(taskId),
      WAGGLE_ATTEMPT: String(attempt),
    };
  }

  /** Readable by our user only. `mail`: messages that wait, as JSON lines. */
  static async open(assignment: Assignment, mail: string, parent: string = tmpdir()): Promise<Exchange> {
    const folder = await mkdtemp(join(parent, 'waggle-'));
    const { runId, taskId, attempt, inputs, needs, spec } = assignment;
    const task = nameOf(taskId);
    const input = {
      run: runId,
      task,
      attempt,
      inputs,
      needs,
      ...(spec.matrix !== undefined && { matrix: spec.matrix }),
    };
    await Promise.all([
      writeFile(join(folder, 'input.json'), `${JSON.stringify(input)}\n`, { mode: 0o600 }),
      writeFile(join(folder, 'messages.jsonl'), mail, { mode: 0o600 }),
    ]);
    return new Exchange(folder, assignment);
  }

  readResult(): Promise<ResultFile> {
    return readResultFile(join(this.folder, 'output.json'));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
