import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Coordinator, LocalCommand } from '../../app/coordinator.ts';
import { type JournalRecord, nameOf, type ProposalRecord } from '../../app/views.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProposal } from '../find-proposal.ts';
import { Refused } from '../refused.ts';
import { actionWords, outcomeWords, shortHash, tallyWords } from '../render/proposal-lines.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';
import type { Choice } from '../program/values.ts';

type Options = Readonly<{ as: string; reason?: string; credentialFile?: string; content?: string }>;
type VoteCommand = Extract<LocalCommand, { type: 'proposal.vote' }>;

const MAX_CREDENTIAL_BYTES = 65_536;
const PERSON = 'user:';

/** `waggle proposals vote`: the vote of a person, or of whoever can show what a member must show. */
export function proposalsVote(cli: Cli, name: string, choice: Choice, options: Options): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const record = findProposal(archive, name);
    const { proposalId, spec } = record;
    const input = await commandFor(cli, record, choice, options);
    const { memberId } = input.vote;
    const cast = record.votes.find((vote) => vote.memberId === memberId);
    if (record.state !== 'open' && cast?.choice !== choice) {
      throw new Refused({ reason: 'proposal-closed', status: record.state });
    }
    cli.out.say(`${proposalId}: ${visible(spec.title)} (content ${shortHash(spec.contentHash)}…)`);
    if (record.state === 'open') {
      const coordinator = await project.connect({
        isBrief: true,
        onTrouble: (message) => cli.out.warn(visible(message)),
      });
      const answer = await coordinator.command(input);
      if (!answer.ok) throw new Refused(answer.refusal);
      const isHere = archive.run(record.runId)?.run.project === project.root;
      const isOurs = isHere && coordinator.role === 'leading' && isCommandOwed(archive.proposal(proposalId));
      if (isOurs) {
        cli.out.say('It is approved. Doing it now.');
        await whenActed(coordinator, record);
      }
    }
    tell(cli, archive.proposal(proposalId) ?? record, { memberId, choice, wasThere: cast?.choice === choice });
    return EXIT.ok;
  });
}

/** Nobody else leads: the program that was approved would be ended with this process, and begun again by the next. */
function isCommandOwed(record: ProposalRecord | undefined): boolean {
  return record?.state === 'approved' && record.action === undefined && record.spec.action?.['type'] === 'command';
}

async function whenActed(coordinator: Coordinator, { runId, proposalId }: ProposalRecord): Promise<void> {
  const acted = Promise.withResolvers<void>();
  const stop = coordinator.follow(runId, (records) => {
    const isIt = ({ event }: JournalRecord): boolean =>
      event.type === 'proposal.acted' && event.proposalId === proposalId;
    if (records.some(isIt)) acted.resolve();
  });
  const end = await Promise.race([acted.promise, coordinator.over]);
  stop();
  if (end !== undefined) throw end.error;
}

function tell(
  { out }: Cli,
  record: ProposalRecord,
  { memberId, choice, wasThere }: Readonly<{ memberId: string; choice: Choice; wasThere: boolean }>,
): void {
  const { runId, proposalId, spec, state, tally } = record;
  const { contentHash } = spec;
  const proposal = nameOf(proposalId);
  const { action } = record;
  const json = { type: 'proposal.voted', run: runId, proposal, member: memberId, choice, contentHash };
  out.json({ ...json, state, tally, action });
  const counted = wasThere ? 'was counted before' : 'is counted';
  out.result(`The vote of ${visible(memberId)} ${counted}: ${choice}.`);
  out.result(state === 'open' ? `It stands ${tallyWords(record)}.` : `The vote is over: ${outcomeWords(record)}.`);
  if (action !== undefined) out.result(`What was approved ${actionWords(record)}.`);
}

async function commandFor(cli: Cli, record: ProposalRecord, choice: Choice, options: Options): Promise<VoteCommand> {
  const { proposalId, spec } = record;
  const { reason, credentialFile, content } = options;
  if (content !== undefined && !spec.contentHash.startsWith(content)) {
    const message = `${proposalId} is about content ${shortHash(spec.contentHash)}…, not ${visible(content)}.`;
    throw userError({ code: 'CONTENT_DIFFERS', message, fix: `Look again: waggle proposals show ${proposalId}` });
  }
  const memberId = memberNamed(record, options.as);
  const credential = credentialFile === undefined ? undefined : await readCredential(resolve(cli.cwd, credentialFile));
  assertMayVote(record, memberId, credential !== undefined);
  const { contentHash } = spec;
  const vote = {
    memberId,
    contentHash,
    choice,
    ...(reason === undefined ? {} : { reason }),
    ...(credential === undefined ? {} : { credential }),
  };
  return { type: 'proposal.vote', proposalId, vote };
}

/** `ann` is `user:ann`, unless a member is called just that. */
function memberNamed({ proposalId, spec }: ProposalRecord, name: string): string {
  const ids = spec.members.map(({ id }) => id);
  const found = ids.find((id) => id === name) ?? ids.find((id) => id === `${PERSON}${name}`);
  if (found !== undefined) return found;
  const people = ids.filter((id) => id.startsWith(PERSON)).map((id) => id.slice(PERSON.length));
  const may = people.length === 0 ? 'No person has a vote in it.' : `People with a vote: ${people.join(', ')}.`;
  const message = `"${visible(name)}" has no vote in ${proposalId}.`;
  throw userError({ code: 'NOT_A_MEMBER', message, fix: `${visible(may)} See: waggle proposals show ${proposalId}` });
}

function assertMayVote({ proposalId, spec }: ProposalRecord, memberId: string, hasCredential: boolean): void {
  const isAsked = spec.members.some(({ id, credentialHash }) => id === memberId && credentialHash !== undefined);
  if (isAsked && !hasCredential) {
    const message = `${visible(memberId)} must show a credential in ${proposalId}.`;
    throw userError({
      code: 'CREDENTIAL_MISSING',
      message,
      fix: 'Give the file that holds it: --credential-file <file>',
    });
  }
  if (!isAsked && hasCredential) {
    const message = `${visible(memberId)} has no credential to show in ${proposalId}.`;
    throw userError({ code: 'CREDENTIAL_NOT_ASKED', message, fix: 'Vote without --credential-file.' });
  }
  if (isAsked || memberId.startsWith(PERSON)) return;
  const message = `${visible(memberId)} votes from its own attempt, nobody else can vote for it.`;
  throw userError({ code: 'NOT_A_PERSON', message, fix: 'Vote as a person: --as <name>' });
}

/** One line break at its end does not count: editors and `echo` write it. */
async function readCredential(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  const isFine = stats?.isFile() === true && stats.size <= MAX_CREDENTIAL_BYTES;
  const text = isFine ? await readFile(path, 'utf8').catch(() => undefined) : undefined;
  if (text !== undefined && text.trim() !== '') return text.replace(/\r?\n$/, '');
  const message = 'It is no readable file of 1 to 65,536 bytes.';
  throw userError({ code: 'CREDENTIAL_FILE', at: path, message, fix: 'Give the file that holds the credential.' });
}
