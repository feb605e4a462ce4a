import type { ProposalId } from '../../src/core/ids.ts';
import type {
  ApprovedProposal,
  LoadedContent,
  ProposalDuties,
  VetoToConfirm,
} from '../../src/ports/proposal-duties.ts';
import { CONTENT } from './vote-specs.ts';

export type ScriptedVeto = {
  readonly veto: VetoToConfirm;
  readonly signal: AbortSignal;
  find(isShown: boolean): void;
  crash(error: Error): void;
};

export type ScriptedAct = {
  readonly key: ProposalId;
  readonly signal: AbortSignal;
  end(): void;
  fail(error: Error): void;
};

/** What a coordinator does for votes, played by the test. */
export class ScriptedDuties implements ProposalDuties {
  readonly vetoes: ScriptedVeto[] = [];
  readonly acts: ScriptedAct[] = [];
  readonly loads: ApprovedProposal[] = [];
  /** Hash of what is there when somebody looks; undefined when nothing is. */
  content: string | undefined = CONTENT;
  /** Found in every action. */
  problems: readonly string[] = [];
  /** Another process can do it, this one cannot. */
  isElsewhere = false;

  confirmVeto(veto: VetoToConfirm, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.vetoes.push({ veto, signal, find: resolve, crash: reject });
    return promise;
  }

  findProblems(): readonly string[] {
    return this.problems;
  }

  async load(proposal: ApprovedProposal): Promise<LoadedContent | 'not-here' | undefined> {
    this.loads.push(proposal);
    if (this.isElsewhere) return 'not-here';
    return this.content === undefined ? undefined : { contentHash: this.content, act: this.#act };
  }

  readonly #act = (key: ProposalId, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.acts.push({ key, signal, end: resolve, fail: reject });
    return promise;
  };
}
