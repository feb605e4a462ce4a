import { nameOf, proposalId, type ProposalRecord, type RunArchive, SWARM_ITSELF } from '../app/views.ts';
import { nearestName } from '../util/nearest-name.ts';
import { userError, type UserError } from '../util/user-error.ts';
import { findRun } from './find.ts';

/**
 * The proposal that `text` means: `run/name` with the run as in `findRun`, or the name alone for the newest run.
 * The first letters of the name are enough. What the tuner asks stands under `_swarm/`.
 */
export function findProposal(archive: RunArchive, text: string): ProposalRecord {
  const slash = text.indexOf('/');
  const owner = text.slice(0, Math.max(0, slash));
  const runId = owner === SWARM_ITSELF ? SWARM_ITSELF : findRun(archive, slash < 0 ? 'last' : owner).runId;
  const name = text.slice(slash + 1);
  // Of all others nothing need be read then, votes neither.
  const exact = archive.proposal(proposalId(runId, name));
  if (exact !== undefined) return exact;
  const proposals = archive.proposals({ runId });
  const matches = proposals.filter((one) => startsWith(one, name));
  const [only, second] = matches;
  if (only !== undefined && second === undefined) return only;
  if (only !== undefined) {
    const names = matches.slice(0, 5).map((one) => nameOf(one.proposalId));
    throw mistake('PROPOSAL_AMBIGUOUS', `"${name}" can mean ${names.join(', ')}.`, 'Give more letters of the name.');
  }
  if (proposals.length === 0) {
    const fix = 'See what is voted on: waggle proposals list';
    throw mistake('PROPOSAL_UNKNOWN', `${runId} has no proposals.`, fix);
  }
  const near = nearestName(
    name,
    proposals.map((one) => nameOf(one.proposalId)),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `${runId} has no proposal "${name}".`;
  throw mistake('PROPOSAL_UNKNOWN', message, `See: waggle proposals list --run ${runId}.${hint}`);
}

function startsWith(record: ProposalRecord, text: string): boolean {
  return text !== '' && nameOf(record.proposalId).startsWith(text);
}

function mistake(code: string, message: string, fix: string): UserError {
  return userError({ code, message, fix });
}
