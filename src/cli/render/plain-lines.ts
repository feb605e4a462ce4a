import type { JournalRecord, Outcome, Outlook, ProposalEvent, RunView, TaskEvent, TaskView } from '../../app/views.ts';
import { nameOf } from '../../app/views.ts';
import { failureSentence } from './failure.ts';
import { elapsed, plural } from './format.ts';
import { tallyWords } from './proposal-lines.ts';
import { agentName, endLine, timeLeftWords } from './run-screen.ts';
import { scaleLine } from './scale-line.ts';
import type { Style } from './style.ts';
import { visible } from './text.ts';

/** No cutting where there is no terminal: a log has no width. */
const ENDLESS = 10_000;

/** What one record means, in a line that stays; undefined when it is not worth one. `view` has applied it. */
export function plainLine(record: JournalRecord, view: RunView, style: Style): string | undefined {
  const { event, atMs } = record;
  if ('taskId' in event) {
    const task = view.tasks.get(nameOf(event.taskId));
    return task === undefined
      ? undefined
      : (noticeLine(event, atMs, task, style) ?? progressLine(event, task, view, style));
  }
  if ('proposalId' in event) return proposalLine(event, view, style);
  if (event.type === 'scaling.decided' || event.type === 'scaling.settled') return scaleLine(event, style);
  if (event.type === 'run.paused') return `${style.signs.warn} paused: ${visible(event.reason)}`;
  return event.type === 'run.resumed' ? `${style.signs.running} resumed` : undefined;
}

/** Above this, only what asks a person or has failed is told: `waggle proposals list` has the rest. */
const MOST_VOTES = 10;

function proposalLine(event: ProposalEvent, { proposals, findings }: RunView, style: Style): string | undefined {
  if (findings.has(event.proposalId)) return undefined;
  const count = Object.values(proposals).reduce((sum, some) => sum + some, 0);
  const name = visible(nameOf(event.proposalId));
  const told = count <= MOST_VOTES;
  switch (event.type) {
    case 'proposal.opened':
      return openedLine(event, name, told, style);
    case 'proposal.voted':
      return told ? style.dim(`${style.signs.dot} ${name}  ${voteWords(event.vote)}`) : undefined;
    case 'proposal.veto-judged':
      return told
        ? `${style.signs.dot} ${name}  the veto of ${visible(event.memberId)} is ${event.finding}`
        : undefined;
    case 'proposal.voting-ended':
      return told ? `${style.signs.waiting} ${name}  its time is over; a veto is still being checked` : undefined;
    case 'proposal.closed':
      return told ? `${signOf(event.outcome, style)} ${name}  ${event.outcome}: ${tallyWords(event)}` : undefined;
    case 'proposal.acted': {
      if (event.result.ok) return told ? `${style.signs.done} ${name}  what was approved is done` : undefined;
      const how = `waggle proposals show ${visible(event.proposalId)}`;
      return `${style.signs.failed} ${name}  what was approved was not done; see: ${how}`;
    }
  }
}

/** Means nothing else to any shell, and is no option: people copy the command. */
const PLAIN_WORD = /^[A-Za-z0-9_][A-Za-z0-9._@-]*$/;

function openedLine(
  { spec, proposalId }: Extract<ProposalEvent, { type: 'proposal.opened' }>,
  name: string,
  told: boolean,
  { signs }: Style,
): string | undefined {
  const people = spec.members.flatMap(({ id }) => (id.startsWith('user:') ? [id.slice(5)] : []));
  if (people.length > 0) {
    const who = people.find((one) => PLAIN_WORD.test(one)) ?? '<name>';
    const how = `waggle proposals vote ${visible(proposalId)} approve --as ${who}`;
    return `${signs.warn} ${name}  asks ${visible(people.join(', '))}: ${visible(spec.title)} ${how}`;
  }
  return told ? `${signs.waiting} ${name}  is voted on: ${visible(spec.title)}` : undefined;
}

const VOTES = { approve: 'is for it', reject: 'is against it', abstain: 'abstains' } as const;

function voteWords({ memberId, choice, reason }: Extract<ProposalEvent, { type: 'proposal.voted' }>['vote']): string {
  return `${visible(memberId)} ${VOTES[choice]}${reason === undefined ? '' : `: ${visible(reason)}`}`;
}

function signOf(outcome: Outcome, { signs }: Style): string {
  if (outcome === 'approved') return signs.done;
  return outcome === 'rejected' ? signs.failed : signs.skipped;
}

function noticeLine(event: TaskEvent, atMs: number, task: TaskView, style: Style): string | undefined {
  const warning = `${style.signs.warn} ${visible(task.spec.name)}`;
  if (event.type === 'attempt.failed') {
    const waitMs = event.retryAtMs - atMs;
    const again = waitMs < 1000 ? '' : `; again in ${elapsed(waitMs)}`;
    return `${warning}  attempt ${event.attempt} ${failureSentence(event.failure)}${again}`;
  }
  if (event.type !== 'task.outcome-unknown') return undefined;
  return `${warning}  outcome unknown; say what happened: waggle tasks settle ${visible(event.taskId)}`;
}

function progressLine(event: TaskEvent, task: TaskView, view: RunView, style: Style): string | undefined {
  if (event.type === 'attempt.assigned') return isSmall(view) ? startLine(task, view, style) : undefined;
  return ENDS.has(event.type) ? `${counter(view)} ${endLine(task, ENDLESS, style)}` : undefined;
}

const ENDS: ReadonlySet<string> = new Set(['task.succeeded', 'task.failed', 'task.skipped', 'task.cancelled']);

/** Above this, starts are left out: ends alone are enough to read. */
function isSmall(view: RunView): boolean {
  return view.tasks.size <= 200;
}

function startLine(task: TaskView, { runId }: RunView, style: Style): string | undefined {
  if (!('agentId' in task.stand)) return undefined;
  const again = task.attempt > 1 ? `, attempt ${task.attempt}` : '';
  return style.dim(
    `${style.signs.running} ${visible(task.spec.name)}  starts on ${agentName(task.stand.agentId ?? '', runId)}${again}`,
  );
}

function counter(view: RunView): string {
  const total = String(view.tasks.size);
  return `[${String(view.ended).padStart(total.length)}/${total}]`;
}

/** Said when nothing was printed for a while: what runs, and how much is done. */
export function stillRunningLine(view: RunView, nowMs: number, outlook: Outlook): string {
  const names = [...view.active]
    .slice(0, 3)
    .map(
      ({ spec, stand }) => `${visible(spec.name)} ${'startedAtMs' in stand ? elapsed(nowMs - stand.startedAtMs) : ''}`,
    );
  const more = view.active.size > 3 ? ` and ${view.active.size - 3} more` : '';
  const what = names.length === 0 ? 'nothing runs' : `still running: ${names.join(', ')}${more}`;
  return `  ${what} (${view.ended} of ${plural(view.tasks.size, 'task')} done; time left ${timeLeftWords(outlook)})`;
}
