import { type Replayed, type ReplayProof, proveReplay, replayTo } from '../../app/replay.ts';
import { nameOf } from '../../app/views.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import type { ReplayAt } from '../program/values.ts';
import { duration, plural } from '../render/format.ts';
import { agentName } from '../render/run-screen.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { statusColour } from '../render/task-table.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** Tasks that are listed; the others are only counted. */
const MOST_TASKS = 200;
/** Letters of a hash that are shown. */
const HASH_CHARS = 16;

/** `waggle replay` */
export function replay(cli: Cli, id: string, options: Readonly<{ at?: ReplayAt }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId, run } = findRun(archive, id);
    refuseFuture(archive.headSeq(), options.at);
    const replayed = replayTo(archive, runId, options.at);
    const proof = proveReplay(archive);
    const { runId: _run, ...view } = replayed;
    cli.out.json({ type: 'replay', run: runId, ...view });
    cli.out.json({ type: 'replay.proof', isSame: isSame(proof), ...proof });
    cli.out.result(...headLines(replayed, run.name, cli.out.style));
    if (replayed.tasks.length > 0) cli.out.result(...taskLines(replayed, cli.out.style, cli.out.columns));
    cli.out.result(...proofLines(proof, cli.out.style));
    return isSame(proof) ? EXIT.ok : EXIT.failed;
  });
}

function refuseFuture(headSeq: number, at: ReplayAt | undefined): void {
  if (at === undefined || !('seq' in at) || at.seq <= headSeq) return;
  const message = `There is no record ${at.seq}: the journal has ${headSeq}.`;
  throw userError({ code: 'REPLAY_POINT', at: '--at', message, fix: `Name one from 1 to ${headSeq}.` });
}

function isSame({ isSameAgain, isSameFromSnapshot, differsFromLists }: ReplayProof): boolean {
  return isSameAgain && isSameFromSnapshot && (differsFromLists ?? []).length === 0;
}

function headLines(replayed: Replayed, name: string, style: Style): readonly string[] {
  const { runId, seq, headSeq, event, afterMs, state, openVotes, spent, owed } = replayed;
  const lines = [
    `${style.bold(visible(name))}  ${runId}  ${state}`,
    `  record    ${seq} of ${headSeq}, ${event ?? 'none'}, ${duration(afterMs)} after its beginning`,
  ];
  const counts = new Map<string, number>();
  for (const { status } of replayed.tasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (counts.size > 0)
    lines.push(`  tasks     ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`);
  if (openVotes.length > 0) lines.push(`  votes     ${visible(openVotes.map(nameOf).join(', '))}`);
  if (spent !== undefined) lines.push(`  spent     ${spentWords(spent)}`);
  if (owed.length > 0) lines.push(`  owed      ${plural(owed.length, 'effect')} if a coordinator took over here`);
  return lines;
}

function spentWords({ attempts, tokens, costMicros }: NonNullable<Replayed['spent']>): string {
  const more = [
    tokens > 0 ? `${tokens} tokens` : '',
    costMicros > 0 ? `${(costMicros / 1_000_000).toFixed(2)} USD` : '',
  ];
  return [plural(attempts, 'attempt'), ...more.filter((words) => words !== '')].join(', ');
}

function taskLines({ tasks, runId }: Replayed, style: Style, columns: number): readonly string[] {
  const shown = tasks.slice(0, MOST_TASKS);
  const rows = shown.map(({ name, status, attempt, agent, sinceMs }) => [
    visible(name),
    status,
    attempt === 0 ? '' : String(attempt),
    agent === undefined ? '' : agentName(agent, runId),
    sinceMs === undefined ? '' : duration(sinceMs),
  ]);
  const heads = [
    { title: 'task', least: 8 },
    {
      title: 'status',
      paint: (text: string, row: number) => statusColour(shown[row]?.status ?? 'blocked', style)(text),
    },
    { title: 'attempt', align: 'right' },
    { title: 'agent', least: 8 },
    { title: 'since', align: 'right' },
  ] as const;
  const hidden = tasks.length - shown.length;
  return ['', ...table(heads, rows, columns), ...(hidden > 0 ? [`… ${hidden} more: --json`] : [])];
}

function proofLines(proof: ReplayProof, style: Style): readonly string[] {
  const { records, effects, stateHash, effectsHash, isSameAgain, isSameFromSnapshot, differsFromLists } = proof;
  const says = (holds: boolean): string => (holds ? style.green('the same') : style.red('NOT THE SAME'));
  return [
    '',
    `${plural(records, 'record')} of the project, ${plural(effects, 'effect')}; state ${stateHash.slice(0, HASH_CHARS)}, effects ${effectsHash.slice(0, HASH_CHARS)}`,
    `  played again              ${says(isSameAgain)}`,
    `  from a snapshot half-way  ${says(isSameFromSnapshot)}`,
    `  what the lists show       ${listWords(differsFromLists, says)}`,
  ];
}

function listWords(differs: ReplayProof['differsFromLists'], says: (holds: boolean) => string): string {
  if (differs === undefined) return 'not compared: the project writes too fast. Try again when less goes on.';
  return differs.length === 0 ? says(true) : `${says(false)}: ${visible(differs.slice(0, 5).join('; '))}`;
}
