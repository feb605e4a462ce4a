import { nameOf, type ProposalRecord, type RunArchive, SWARM_ITSELF } from '../../app/views.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProposal } from '../find-proposal.ts';
import { findRun } from '../find.ts';
import { when } from '../render/format.ts';
import { outcomeColour, proposalLines, standing, votedCount } from '../render/proposal-lines.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** `waggle proposals list` */
export function proposalsList(
  cli: Cli,
  options: Readonly<{ limit: number; run?: string; open?: true }>,
): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = project.archive();
    const wanted = archive === undefined ? [] : newest(archive, options);
    const shown = wanted.slice(0, options.limit);
    for (const one of shown) cli.out.json({ type: 'proposal', ...proposalData(one) });
    if (shown.length === 0)
      cli.out.result(options.open === true ? 'Nothing is voted on now.' : 'Nothing was voted on.');
    else cli.out.result(...proposalTable(shown, cli.out.style, cli.out.columns));
    if (wanted.length > shown.length) cli.out.say('There is more: waggle proposals list --limit 1000');
    return EXIT.ok;
  });
}

/** `waggle proposals show` */
export function proposalsShow(cli: Cli, name: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const record = findProposal(archiveOf(project), name);
    cli.out.json({ type: 'proposal', ...proposalData(record), spec: record.spec, votes: record.votes });
    cli.out.result(...proposalLines(record, cli.out.style, cli.out.columns));
    return EXIT.ok;
  });
}

/** Newest first, and one more than is shown where there is more. */
function newest(
  archive: RunArchive,
  { run, open, limit }: Readonly<{ run?: string; open?: true; limit: number }>,
): readonly ProposalRecord[] {
  const ofRun = run === undefined ? {} : { runId: run === SWARM_ITSELF ? SWARM_ITSELF : findRun(archive, run).runId };
  const isOpen = open === true ? { isOpen: open } : {};
  return archive.proposals({ ...ofRun, ...isOpen, limit: limit + 1 }).toReversed();
}

function proposalData(record: ProposalRecord): Readonly<Record<string, unknown>> {
  const { proposalId, runId, spec, state, cause, tally, rule, openedAtMs, closedAtMs, votesHash, action } = record;
  const { kind, subject, title, contentHash } = spec;
  return {
    run: runId,
    proposal: nameOf(proposalId),
    state,
    cause,
    kind,
    subject,
    title,
    contentHash,
    ...rule,
    tally,
    members: spec.members.length,
    voted: record.votes.length,
    openedAtMs,
    closedAtMs,
    votesHash,
    action,
  };
}

function proposalTable(records: readonly ProposalRecord[], style: Style, columns: number): readonly string[] {
  const nowMs = Date.now();
  const rows = records.map((record) => [
    record.proposalId,
    standing(record),
    votedCount(record),
    when(record.openedAtMs, nowMs),
    visible(record.spec.title),
  ]);
  const paint = (text: string, row: number): string => outcomeColour(records[row]?.state ?? 'open', style)(text);
  const heads = [
    { title: 'proposal', least: 12 },
    { title: 'state', paint },
    { title: 'voted', align: 'right' },
    { title: 'opened' },
    { title: 'about', least: 8 },
  ] as const;
  return table(heads, rows, columns);
}
