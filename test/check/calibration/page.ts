import type { KindFigures, Score, VoterFigures } from './figures.ts';
import { figuresOfKinds, figuresOfVoters, scoreOf } from './figures.ts';
import { type Judged, stateByMajority } from './measure.ts';

export type Measured = Readonly<{ whole: readonly Judged[]; noHistory: readonly Judged[]; noTests: readonly Judged[] }>;

/** `docs/calibration.md`: the same measurements give the same page. */
export function calibrationPage({ whole, noHistory, noTests }: Measured): string {
  const kinds = figuresOfKinds(whole);
  const voters = figuresOfVoters(whole);
  const voted = scoreOf(whole, isConfirmed);
  const plain = scoreOf(whole, ({ finding }) => finding !== undefined && stateByMajority(finding) === 'confirmed');
  const unvoted = scoreOf(whole, ({ finding }) => finding !== undefined);
  return [
    INTRODUCTION,
    '## In all\n',
    table(
      ['plants', 'shown', 'right', 'wrong', 'missed', 'precision', 'recall'],
      [
        ['all that a detector finds, without a vote', ...scoreCells(unvoted)],
        ['confirmed by one vote each and a plain majority', ...scoreCells(plain)],
        ['confirmed as the voters are weighed', ...scoreCells(voted)],
        ['confirmed, repositories without history', ...scoreCells(scoreOf(lookedFor(noHistory), isConfirmed))],
        ['confirmed, repositories without tests', ...scoreCells(scoreOf(lookedFor(noTests), isConfirmed))],
      ],
    ),
    VARIANTS,
    '## Voters\n',
    VOTERS_TEXT,
    table(
      [
        'voter',
        'asked',
        'approved',
        'rejected',
        'abstained',
        'precision',
        'recall',
        'wrong without it',
        'missed without it',
      ],
      voters.map(voterRow),
    ),
    `\nWith all five voters ${voted.wrong} are wrong and ${voted.missed} missed.\n`,
    '## Kinds\n',
    KINDS_TEXT,
    table(
      ['kind', 'real', 'tempting', 'found of real', 'taken of tempting', 'precision before', 'precision', 'recall'],
      kinds.map(kindRow),
    ),
    '',
  ].join('\n');
}

export function isConfirmed({ finding }: Judged): boolean {
  return finding?.state === 'confirmed';
}

/** Kinds that are not looked for without history or tests say nothing about the voters. */
export function lookedFor(judged: readonly Judged[]): readonly Judged[] {
  const kinds = new Set(judged.flatMap(({ plant, finding }) => (finding === undefined ? [] : [plant.kind])));
  return judged.filter(({ plant }) => kinds.has(plant.kind));
}

const INTRODUCTION = `# Calibration of the votes

How often the five voters of \`waggle check\` are right, measured on repositories with planted findings. This page is made by \`node bench/calibration.ts\`; a test measures again and compares.

A **real** plant is a finding that is true and worth knowing. A **tempting** one only looks like it: something that a check which is less careful would report. Each stands in a small repository with real history, tests, packages and a workflow around it, and goes through the whole check: detectors, proposals, votes, outcomes. *Precision* is the share of what was shown that is real; *recall* the share of real plants that were shown.

**What these figures do not say.** The plants were written by the authors of the rules, who know what the rules look for. They show that a rule does what it was made for, that the voters take out what they were made to take out, and when a change breaks either. They flatter: on repositories that nobody here wrote the share of true findings is lower.
`;

const VARIANTS = `
Why votes are weighed: [0016](decisions/0016-voters-of-a-check.md). Without history or tests all plants about quality are planted, two real and two tempting ones of each other kind, and kinds that cannot be looked for there (hot spots) are left out.
`;

const VOTERS_TEXT = `*Precision*: the share of a voter's approvals of real and rejections of tempting plants among all its approvals and rejections. *Recall*: the same among all findings that it was asked about, abstentions included. Voters about worth (history, tests, blast radius) do not ask whether a finding holds, so their own figures are lower; what counts is what is wrong or missed when a voter is not asked. A voter stays only as long as that is more.
`;

const KINDS_TEXT = `*Precision before*: without any vote. Where it is 1.00 already, the detector itself leaves the tempting plants alone. Not measured: \`dead-symlink\`, \`known-vulnerability\` (it asks a registry) and \`lint-complaint\` (another program finds them).
`;

function voterRow(figures: VoterFigures): readonly string[] {
  const { voter, asked, approved, rejected, abstained, precision, recall, without } = figures;
  const counts = [asked, approved, rejected, abstained].map(String);
  return [voter, ...counts, share(precision), share(recall), String(without.wrong), String(without.missed)];
}

function kindRow({ kind, real, tempting, found, taken, unvoted, voted }: KindFigures): readonly string[] {
  const counts = [real, tempting, found, taken].map(String);
  return [`\`${kind}\``, ...counts, share(unvoted.precision), share(voted.precision), share(voted.recall)];
}

function scoreCells({ right, wrong, missed, precision, recall }: Score): readonly string[] {
  return [String(right + wrong), String(right), String(wrong), String(missed), share(precision), share(recall)];
}

function share(ratio: number): string {
  return ratio.toFixed(2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
