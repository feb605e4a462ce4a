import type { Finding, Severity } from '../core/findings/finding.ts';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { AnalyserResult, CheckInput, VotingCall } from './analyser.ts';
import type { ProposeData } from './data.ts';
import { readData, writeData } from './data-files.ts';
import { foundEarly } from './found-early.ts';
import { orderedFindings, type Ordered } from './order-findings.ts';
import { TextReader } from './read-text.ts';
import { hasProvenToken, withoutSecrets } from './secret-patterns.ts';
import { contentHashOf, type Motion } from './voting/ballot.ts';
import { electorateOf, proposalOf } from './voting/electorate.ts';
import { FileFacts } from './voting/facts.ts';
import { ruleOf } from './voting/kinds.ts';

/** So many are voted on, the best first. */
const MAX_PROPOSALS = 40;

type Proposed = Readonly<{ motion: Motion; proposal: ProposalSpec }>;

/**
 * Puts the findings of all detectors in order and opens a proposal for each of the first ones. What the voters need is
 * left for them before anything is opened, so that a voter never comes to an empty table.
 */
export async function propose(call: VotingCall): Promise<AnalyserResult> {
  const { input, proposals, messages } = call;
  const ordered = orderedFindings(input, await foundEarly(messages, input.data));
  const findings = ordered.map(toFinding);
  const facts = new FileFacts(call);
  const proposed = ordered
    .slice(0, MAX_PROPOSALS)
    .map((one, index) => proposedOf(one, findings[index] ?? toFinding(one), { facts, input }));
  const motions = proposed.map(({ motion }) => motion);
  const data: ProposeData = {
    findings,
    proposals: motions.map(({ finding: { id }, proposal, contentHash, asked }) => ({
      findingId: id,
      name: proposal,
      contentHash,
      asked,
    })),
  };
  writeData(input.data, 'ballot', { motions, usual: facts.usual });
  const file = writeData(input.data, 'propose', data);
  const answers = await proposals.open(proposed.map(({ proposal }) => proposal));
  const opened = answers.filter(({ ok }) => ok).length;
  return { file, summary: { findings: findings.length, proposals: opened, ...countsOf(findings) } };
}

/** As it is before anybody has voted. */
export function toFinding({ id, detected }: Ordered): Finding {
  const { kind, severity, title, file, line, evidence, fix } = detected;
  const shown = evidence.map((one) => ({ ...one, text: withoutSecrets(one.text) }));
  const head = { id, kind, severity, title: withoutSecrets(title), file, line, evidence: shown };
  const finding = { ...head, state: 'not-voted', votes: [], baseline: 'new' } as const;
  return fix === undefined ? finding : { ...finding, fix };
}

type Surroundings = Readonly<{ facts: FileFacts; input: CheckInput }>;

function proposedOf({ detected }: Ordered, finding: Finding, { facts, input }: Surroundings): Proposed {
  const { kind, file, line, anchor, doubt } = detected;
  const contentHash = contentHashOf(finding);
  const steps = kind === 'import-cycle' ? stepsOf(anchor, input) : [];
  const isProven = ruleOf(kind).class === 'secret' && hasProvenToken(lineOf(input, file, line));
  const electorate = electorateOf(kind, isProven);
  const proposal = proposalOf(finding, contentHash, electorate);
  const motion: Motion = {
    finding,
    anchor,
    ...(doubt === undefined ? {} : { doubt }),
    proposal: proposal.name,
    contentHash,
    asked: electorate.asked,
    place: facts.place(file),
    past: facts.past(file),
    reach: facts.reach(file),
    use: facts.use(file, new Set(steps.map((step) => step.file))),
    steps,
  };
  return { motion, proposal };
}

/** The way around that the finding is about: its anchor holds the same files in the order of their names. */
function stepsOf(anchor: string, { data }: CheckInput): Motion['steps'] {
  const cycles = readData(data, 'graph')?.cycles ?? [];
  const found = cycles.find(
    ({ path }) =>
      path
        .map(({ file }) => file)
        .toSorted()
        .join(' ') === anchor,
  );
  return found?.path ?? [];
}

function lineOf({ root }: CheckInput, file: string, line: number): string {
  return new TextReader(root).text(file)?.split('\n')[line - 1] ?? '';
}

function countsOf(findings: readonly Finding[]): Readonly<Record<'critical' | 'high' | 'medium', number>> {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  return { critical: count('critical'), high: count('high'), medium: count('medium') };
}
