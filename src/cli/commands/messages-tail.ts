import { setTimeout as sleep } from 'node:timers/promises';
import { isMessageEvent, type JournalRecord, type RunArchive, type RunId } from '../../app/views.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { eventLine } from '../render/event-line.ts';
import { mailLine } from '../render/message-lines.ts';
import { archiveOf, withProject } from '../with-project.ts';

const LOOK_EVERY_MS = 200;
const PAGE = 5_000;

/** `waggle messages tail`: what was sent and read, and with `--follow` what comes, until the run ends. */
export function messagesTail(
  cli: Cli,
  id: string,
  { limit, follow }: Readonly<{ limit: number; follow?: true }>,
): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId } = findRun(archive, id);
    let seq = archive.headSeq();
    for (const record of newest(archive, runId, { limit, headSeq: seq })) tell(cli, record, runId);
    while (follow === true && !cli.out.closed.aborted) {
      const isOver = archive.run(runId)?.outcome !== undefined;
      seq = tellFrom(cli, archive, runId, seq);
      if (isOver) break;
      await sleep(LOOK_EVERY_MS);
    }
    return EXIT.ok;
  });
}

/** Everything committed after `seq`; gives the newest one looked at. */
function tellFrom(cli: Cli, archive: RunArchive, runId: RunId, seq: number): number {
  let last = seq;
  for (;;) {
    const page = archive.recordsAfter(last, PAGE);
    for (const record of page) tell(cli, record, runId);
    last = page.at(-1)?.seq ?? last;
    if (page.length < PAGE) return last;
  }
}

type Newest = Readonly<{ limit: number; headSeq: number }>;

/** The newest of the run up to `headSeq`, oldest of them first; looks back a page at a time. */
function newest(archive: RunArchive, runId: RunId, { limit, headSeq }: Newest): readonly JournalRecord[] {
  let found: readonly JournalRecord[] = [];
  let before = headSeq + 1;
  while (before > 1 && found.length < limit) {
    const after = Math.max(0, before - 1 - PAGE);
    const page = archive.recordsAfter(after, before - 1 - after);
    found = [...page.filter((record) => isMailOf(record, runId)), ...found];
    before = after + 1;
    // Nothing of the run comes before its first record.
    if (page.some(({ event }) => event.type === 'run.created' && event.runId === runId)) break;
  }
  return found.slice(-limit);
}

function isMailOf({ event }: JournalRecord, runId: RunId): boolean {
  return isMessageEvent(event) && event.runId === runId;
}

function tell({ out }: Cli, record: JournalRecord, runId: RunId): void {
  const { event } = record;
  if (!isMessageEvent(event) || event.runId !== runId) return;
  out.json(eventLine(record, runId));
  out.result(mailLine(event, out.style));
}
