import { DEFAULT_VOTE_MS, nameOf, type ProposalRecord, quorumOf, type VoteRecord } from '../../app/views.ts';
import { duration, when } from './format.ts';
import type { Style } from './style.ts';
import { visible, wrap } from './text.ts';

type State = ProposalRecord['state'];

/** Characters of a hash that people compare. */
const HASH_CHARS = 12;
const WIDEST = 120;

export function outcomeColour(state: State, style: Style): (text: string) => string {
  if (state === 'approved') return style.green;
  if (state === 'rejected') return style.red;
  return state === 'open' ? style.cyan : style.yellow;
}

/** The state in a word or two: an approved proposal whose action has not worked is no success. */
export function standing({ state, spec, action }: ProposalRecord): string {
  if (state !== 'approved' || spec.action === undefined) return state;
  if (action === undefined) return 'approved, doing';
  return action.ok ? 'approved, done' : 'approved, failed';
}

/** `3/5`: members that have voted. */
export function votedCount({ votes, spec }: ProposalRecord): string {
  return `${votes.length}/${spec.members.length}`;
}

export function shortHash(hash: string): string {
  return hash.slice(0, HASH_CHARS);
}

/** One proposal with all that is known about it. */
export function proposalLines(record: ProposalRecord, style: Style, columns: number): readonly string[] {
  const width = Math.min(columns, WIDEST);
  const { spec, proposalId, state } = record;
  const rows = facts(record, Date.now());
  return [
    ...wrap(visible(spec.title), width).map((line) => style.bold(line)),
    `${proposalId}  ${outcomeColour(state, style)(standing(record))}`,
    ...rows.flatMap(([name, text]) => indented(`  ${name.padEnd(LABEL)}`, text, width)),
    '',
    ...spec.members.flatMap((member) => memberLines(record, member, style, width)),
  ];
}

const LABEL = 10;

function facts(record: ProposalRecord, nowMs: number): readonly (readonly [name: string, text: string])[] {
  const { spec, openedAtMs, state, closedAtMs, runId, proposalId } = record;
  const rows: (readonly [string, string])[] = [
    ['about', `${visible(spec.subject)} (${spec.kind})`],
    ['content', `${shortHash(spec.contentHash)}…`],
  ];
  if (spec.author !== undefined) rows.push(['author', visible(spec.author)]);
  rows.push(['opened', when(openedAtMs, nowMs)]);
  const dueMs = openedAtMs + (spec.timeoutMs ?? DEFAULT_VOTE_MS);
  // Time stands still for a vote while nobody leads the project.
  if (state === 'open') rows.push(['due', `about ${when(dueMs, nowMs)}`]);
  rows.push(['needs', needs(record)], ['stands', tallyWords(record)]);
  if (closedAtMs !== undefined) {
    rows.push(['outcome', outcomeWords(record)]);
    rows.push(['took', duration(closedAtMs - openedAtMs)]);
  }
  if (spec.action !== undefined) rows.push(['action', actionWords(record)]);
  if (state === 'open')
    rows.push(['vote', `waggle proposals vote ${runId}/${nameOf(proposalId)} <choice> --as <name>`]);
  return rows;
}

function needs({ rule, tally, spec }: ProposalRecord): string {
  const quorum = `votes of ${quorumOf(tally.total, rule.quorumPercent)} of ${tally.total} (${rule.quorumPercent} %)`;
  const revisable = spec.revisable === true ? '; votes may be changed' : '';
  return `${quorum}, and ${THRESHOLDS[rule.threshold]}${revisable}`;
}

const THRESHOLDS = {
  majority: 'more for it than against',
  electorate: 'more than half of all members for it',
  'two-thirds': 'two thirds for it',
  unanimous: 'nobody against',
} as const;

export function tallyWords({ tally }: Pick<ProposalRecord, 'tally'>): string {
  const { total, approve, reject, abstain } = tally;
  return `${approve} for, ${reject} against, ${abstain} abstained, ${total - approve - reject - abstain} silent`;
}

/** How it ended, and why it ended then. */
export function outcomeWords({ state, cause, tally, rule, votes }: ProposalRecord): string {
  const quorum = quorumOf(tally.total, rule.quorumPercent);
  const cast = tally.approve + tally.reject + tally.abstain;
  if (cause === 'run-ended') return `${state}: its run ended before it was decided`;
  if (state === 'expired') return `expired: only ${cast} of ${tally.total} voted, ${quorum} had to`;
  const isVetoed = state === 'rejected' && votes.some(({ finding }) => finding === 'confirmed');
  if (isVetoed) return 'rejected: a veto was confirmed';
  return cause === 'settled' ? `${state}: no vote that was left could change it` : `${state}: its time was over`;
}

/** `runs sh release.sh`, `sets coordination.maxWaitMs to 60000`, `calls publish with {"version":"1.2.0"}`. */
function actionSentence(action: NonNullable<ProposalRecord['spec']['action']>): string {
  const { type, argv, input, function: name } = action;
  if (type === 'command' && Array.isArray(argv)) return visible(`runs ${argv.map(String).join(' ')}`);
  const { option, role, to } = action;
  if (type === 'set-option' && typeof option === 'string') return visible(`sets ${option} to ${JSON.stringify(to)}`);
  if (type === 'grow-group' && typeof role === 'string')
    return visible(`lets group ${role} have ${JSON.stringify(to)} agents`);
  if (type !== 'function' || typeof name !== 'string') return visible(JSON.stringify(action));
  return visible(input === undefined ? `calls ${name}` : `calls ${name} with ${JSON.stringify(input)}`);
}

/** `calls publish: done`. */
export function actionWords({ state, action, spec }: ProposalRecord): string {
  const what = spec.action === undefined ? 'nothing' : actionSentence(spec.action);
  if (state === 'open') return `${what}, when it is approved`;
  if (state !== 'approved') return `${what}: not done`;
  if (action === undefined) return `${what}: under way, or waits for the program that can do it`;
  if (action.ok) return `${what}: done`;
  const { failure } = action;
  switch (failure.reason) {
    case 'content-changed':
      return failure.foundHash === undefined
        ? `${what}: not done, because what was voted on is not there any more`
        : `${what}: not done, because it was changed after the vote (now ${shortHash(failure.foundHash)}…)`;
    case 'failed':
      return `${what}: failed: ${visible(failure.message.replaceAll('\n', ' '))}`;
    case 'timed-out':
      return `${what}: did not end within ${duration(failure.afterMs)}; whether it was done is not known`;
  }
}

function memberLines(
  { votes }: ProposalRecord,
  { id, weight = 1, mayVeto, credentialHash }: ProposalRecord['spec']['members'][number],
  style: Style,
  width: number,
): readonly string[] {
  const vote = votes.find(({ memberId }) => memberId === id);
  const rights = [
    weight === 1 ? '' : `weight ${weight}`,
    mayVeto === true ? 'may veto' : '',
    credentialHash === undefined ? '' : 'by credential',
  ];
  const extra = rights.filter((right) => right !== '').join(', ');
  const head = `${visible(id)}${extra === '' ? '' : ` (${extra})`}`;
  if (vote === undefined) return [`${head}  ${style.dim('has not voted')}`];
  return [`${head}  ${style.bold(CHOICES[vote.choice])}  ${when(vote.votedAtMs, Date.now())}`, ...reasons(vote, width)];
}

const CHOICES = { approve: 'for', reject: 'against', abstain: 'abstained' } as const;

function reasons({ reason, evidence = [], veto, finding }: VoteRecord, width: number): readonly string[] {
  const lines: string[] = [];
  if (reason !== undefined) lines.push(...indented('    ', visible(reason), width));
  for (const { source, text, ref } of evidence) {
    const place = ref === undefined ? '' : ` (${visible(ref)})`;
    lines.push(...indented('    - ', `${visible(source)}: ${visible(text)}${place}`, width));
  }
  if (veto === undefined) return lines;
  const stand = finding ?? 'being checked';
  return [...lines, ...indented('    ', `veto ${stand}: ${visible(veto.reproduce.join(' '))}`, width)];
}

/** Further lines stand under the text of the first. */
function indented(label: string, text: string, width: number): readonly string[] {
  const lines = Number.isFinite(width) ? wrap(text, width - label.length) : [text];
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`);
}
