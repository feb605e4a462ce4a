import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TaskLog } from '../../app/project.ts';
import type { TaskRecord } from '../../app/views.ts';
import { userError, type UserError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findTask } from '../find.ts';
import { bytes } from '../render/format.ts';
import { visible, visibleOutput } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

type Options = Readonly<{ attempt?: number; raw?: true }>;

/** `waggle tasks logs`: what the last attempt printed, or the one asked for. */
export function tasksLogs(cli: Cli, name: string, options: Options): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const task = findTask(archiveOf(project), name);
    const all = project.logs(task.taskId);
    const attempt = options.attempt ?? all.at(-1)?.attempt;
    const logs = all.filter((log) => log.attempt === attempt);
    if (logs.length === 0) {
      const why = whyEmpty(task, options.attempt);
      if (why === undefined) throw noLog(task, all, options.attempt);
      cli.out.say(why);
    }
    for (const log of logs) {
      if (options.raw === true && !cli.out.isJson) await printRaw(log, cli);
      else await printLines(log, task, cli, logs.length > 1);
    }
    return EXIT.ok;
  });
}

async function printLines(log: TaskLog, task: TaskRecord, { out }: Cli, hasOthers: boolean): Promise<void> {
  if (hasOthers) out.say(out.talkStyle.dim(`${visible(log.name)}, attempt ${log.attempt}, ${bytes(log.bytes)}`));
  const head = { type: 'log.line', run: task.runId, task: task.spec.name, attempt: log.attempt, log: log.name };
  for await (const line of await linesOf(log)) {
    if (out.closed.aborted) return;
    const text = visibleOutput(line);
    if (out.isJson) out.json({ ...head, text });
    else out.result(text);
  }
}

/** One after another: a log may be larger than memory should be. */
async function linesOf(log: TaskLog): Promise<AsyncIterable<string>> {
  const { path, tail, bytes: size } = log;
  if (path === undefined) return createInterface({ input: Readable.from([await tail(size)]) });
  return createInterface({ input: (await openLog(log, path)).createReadStream({ encoding: 'utf8' }) });
}

/** As they are: for files and for tools that understand them. */
async function printRaw(log: TaskLog, { out }: Cli): Promise<void> {
  if (log.path === undefined) {
    process.stdout.write(await log.tail(log.bytes));
    return;
  }
  const file = await openLog(log, log.path);
  await pipeline(file.createReadStream(), process.stdout, { end: false, signal: out.closed });
}

/** History stays when logs are removed, so a log that is known may be gone. */
async function openLog({ attempt, name }: TaskLog, path: string): Promise<FileHandle> {
  return open(path).catch((error: unknown) => {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isGone ? 'is not kept any more' : `cannot be read: ${String(error)}`;
    const fix = isGone ? 'Old logs go with waggle runs prune; run the task again.' : 'Make it readable for yourself.';
    throw userError({
      code: isGone ? 'LOG_GONE' : 'LOG_UNREADABLE',
      at: path,
      message: `"${name}" of attempt ${attempt} ${why}.`,
      fix,
    });
  });
}

const WITH_ATTEMPT: ReadonlySet<string> = new Set(['running', 'verifying', 'cancelling', 'awaiting-children']);
const WITH_RESULT: ReadonlySet<string> = new Set(['succeeded', 'failed', 'backing-off']);

/** Empty output is not kept, and what was lost with its process is not either. Undefined: it has not come to that. */
function whyEmpty({ status, attempt }: TaskRecord, asked: number | undefined): string | undefined {
  if (WITH_ATTEMPT.has(status) || attempt === 0 || (asked !== undefined && asked > attempt)) return undefined;
  return WITH_RESULT.has(status) ? 'It printed nothing.' : 'No output of it was kept.';
}

function noLog(task: TaskRecord, all: readonly TaskLog[], attempt: number | undefined): UserError {
  const name = `${task.runId}/${task.spec.name}`;
  if (attempt !== undefined && all.length > 0) {
    const known = [...new Set(all.map((log) => log.attempt))].join(', ');
    const message = `There is no log of attempt ${attempt} of "${name}".`;
    return userError({ code: 'LOG_UNKNOWN', message, fix: `There are logs of attempts ${known}.` });
  }
  const message = `"${name}" is ${task.status} and has no log.`;
  const fix = WITH_ATTEMPT.has(task.status) ? 'Its log is kept when the attempt ends.' : 'It has not run.';
  return userError({ code: 'LOG_UNKNOWN', message, fix });
}
