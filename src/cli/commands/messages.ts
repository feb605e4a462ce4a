import type { MessageFilter, MessageRecord, RunArchive, RunId } from '../../app/views.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { when } from '../render/format.ts';
import { addressWords, messageLines, standingColour, standingWords } from '../render/message-lines.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** What `--limit` may ask for. */
const MOST_SHOWN = 1_000;

type ListOptions = Readonly<{ limit: number; to?: string; from?: string; dead?: true; waiting?: true }>;

/** `waggle messages list` */
export function messagesList(cli: Cli, id: string, options: ListOptions): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId } = findRun(archive, id);
    // One more than shown: whether there are any.
    const found = archive.messages(runId, { ...filterOf(options), limit: options.limit + 1 });
    const shown = found.slice(-options.limit).toReversed();
    for (const one of shown) cli.out.json({ type: 'message', ...messageData(one) });
    if (shown.length === 0) cli.out.result('No such messages.');
    else cli.out.result(...messageTable(shown, cli.out.style, cli.out.columns));
    if (found.length > shown.length) cli.out.say(moreLine(runId, options.limit));
    return EXIT.ok;
  });
}

/** `waggle messages show` */
export function messagesShow(cli: Cli, id: string, { run }: Readonly<{ run: string }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const record = findMessage(archive, findRun(archive, run).runId, id);
    cli.out.json({ type: 'message', ...messageData(record) });
    cli.out.result(...messageLines(record, cli.out.style, cli.out.columns));
    return EXIT.ok;
  });
}

/** Its id, or its number with or without `#`. */
function findMessage(archive: RunArchive, runId: RunId, text: string): MessageRecord {
  const [exact] = archive.messages(runId, { ids: [text] });
  const number = /^#?(\d+)$/.exec(text)?.[1];
  const found = exact ?? (number === undefined ? undefined : archive.messages(runId, { no: Number(number) })[0]);
  if (found !== undefined) return found;
  const message = `Run ${runId} has no message "${text}".`;
  throw userError({ code: 'MESSAGE_UNKNOWN', message, fix: `See: waggle messages list ${runId}` });
}

function filterOf({ to, from, dead, waiting }: ListOptions): MessageFilter {
  const alive = waiting === true ? ({ standing: 'waiting' } as const) : {};
  return {
    ...(to === undefined ? {} : { to }),
    ...(from === undefined ? {} : { from }),
    ...(dead === true ? { standing: 'dead' } : alive),
  };
}

function moreLine(runId: RunId, limit: number): string {
  if (limit < MOST_SHOWN) return `There are more: waggle messages list ${runId} --limit ${MOST_SHOWN}`;
  return `There are older ones: waggle messages tail ${runId}`;
}

/** As `--json` prints it. */
function messageData(record: MessageRecord): Readonly<Record<string, unknown>> {
  const { runId, no, from, message, hops, bytes, sentAtMs, deliveries } = record;
  const { type: kind, ...rest } = message;
  return { run: runId, no, from, kind, ...rest, hops, bytes, sentAtMs, deliveries };
}

function messageTable(records: readonly MessageRecord[], style: Style, columns: number): readonly string[] {
  const nowMs = Date.now();
  const rows = records.map((record) => [
    `#${record.no}`,
    visible(record.from),
    addressWords(record),
    standingWords(record),
    when(record.sentAtMs, nowMs),
    visible(record.message.type),
    visible(JSON.stringify(record.message.body)).slice(0, 200),
  ]);
  const paint = (text: string, row: number): string => {
    const record = records[row];
    return record === undefined ? text : standingColour(record, style)(text);
  };
  const heads = [
    { title: 'no', align: 'right' },
    { title: 'from', least: 8 },
    { title: 'to', least: 8 },
    { title: 'state', paint },
    { title: 'sent' },
    { title: 'type', least: 6 },
    { title: 'body', least: 8 },
  ] as const;
  return table(heads, rows, columns);
}
