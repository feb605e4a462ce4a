import type { ProposalId } from '../core/ids.ts';
import type { Verdict } from '../core/tasks/attempt.ts';
import type { ApprovedProposal, LoadedContent, ProposalDuties, VetoToConfirm } from '../ports/proposal-duties.ts';
import type { ClaimToVerify, Verifier } from '../ports/verifier.ts';
import type { DriverParts } from './agents.ts';

const CHECK_US = 150_000;
/** Some take longer than a veto may take. */
const VETO_CHECK_US = 1_200_000;
/** Of 1,000 vetoes, so many show what they say. */
const SHOWN_PERMILLE = 400;

/** Looks whether the agent has done what it says. */
export class TrueVerifier implements Verifier {
  readonly #parts: DriverParts;

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  async verify({ assignment }: ClaimToVerify, signal: AbortSignal): Promise<Verdict> {
    const { node, facts } = this.#parts;
    const { taskId, attempt } = assignment;
    await pass(this.#parts, 'verify', `${taskId} ${attempt}`);
    if (signal.aborted) return { ok: false, failure: { reason: 'stopped', why: 'cancelled' } };
    const isTrue = facts.isTrue(taskId, attempt);
    node.world.note(node.name, `finds ${taskId} attempt ${attempt} ${isTrue ? 'true' : 'false'}`);
    const evidence = {
      check: 'command',
      ok: isTrue,
      argv: ['check'],
      exitCode: isTrue ? 0 : 1,
      workspace: 'copy',
      tail: '',
    } as const;
    if (!isTrue) return { ok: false, failure: { reason: 'check-failed', evidence: [evidence] } };
    return { ok: true, evidence: [evidence], outputs: {} };
  }
}

/** Checks vetoes, and does what was approved: the receiver drops repeats by their key. */
export class ScriptedDuties implements ProposalDuties {
  readonly #parts: DriverParts;

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  async confirmVeto({ proposalId, memberId }: VetoToConfirm): Promise<boolean> {
    const key = `${proposalId} ${memberId}`;
    await pass(this.#parts, 'confirmVeto', key);
    return this.#parts.node.world.draw.chance('veto', key, SHOWN_PERMILLE);
  }

  findProblems(): readonly string[] {
    return [];
  }

  async load({ proposalId, contentHash }: ApprovedProposal): Promise<LoadedContent | undefined> {
    await pass(this.#parts, 'load', proposalId);
    const { node, plan } = this.#parts;
    const isSwapped = node.world.draw.chance('swapped', proposalId, plan.profile.swappedPermille);
    if (isSwapped && node.world.draw.chance('gone', proposalId, 300)) return undefined;
    const found = isSwapped ? contentHash.replaceAll(/./g, '0') : contentHash;
    return { contentHash: found, act: (key) => this.#act(key, found) };
  }

  async #act(key: ProposalId, contentHash: string): Promise<void> {
    await pass(this.#parts, 'act', key);
    const { node, watcher } = this.#parts;
    node.world.note(node.name, `does what ${key} approved`);
    watcher.done({ kind: 'approved', id: key, attempt: 0, contentHash, node: node.name });
  }
}

/** The time that a call takes, and what is aimed at it. */
function pass(
  { node, life, failpoints }: DriverParts,
  method: 'act' | 'confirmVeto' | 'load' | 'verify',
  key: string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const before = failpoints.hit(node, method, 'before');
  const workUs =
    before.delayUs + node.world.draw.around(method, key, method === 'confirmVeto' ? VETO_CHECK_US : CHECK_US);
  node.after(life, workUs, () => {
    const after = failpoints.hit(node, method, 'after');
    if (before.throws || after.throws) reject(new Error(`${method} is broken`));
    else if (life.isAlive) node.after(life, 1 + after.delayUs, resolve);
  });
  return promise;
}
