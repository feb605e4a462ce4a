import type { CheckFacts } from '../core/findings/check-facts.ts';
import { VOTERS, type Voter } from '../core/findings/finding.ts';

/** What an agent of a check is for. */
export type CheckRole =
  | 'researcher'
  | 'reviewer'
  | 'security-reviewer'
  | 'architect'
  | 'tester'
  | 'orchestrator'
  | 'integrator';

/** A task of a check, before it is a task of a run. */
export type Planned = Readonly<{
  name: string;
  title: string;
  role: CheckRole;
  /** Name of the function after `check:`; the task's own name when it is the same. */
  function?: string;
  needs: readonly string[];
  estimateMs: number;
  shard?: number;
  /** Topics on which other tasks tell it something before they have ended. */
  subscribes?: readonly string[];
  /** It makes the best of what is there, also when one of its needs has failed. */
  isTolerant?: true;
}>;

/** A task that a check can have, and when. */
export type Offered = Omit<Planned, 'function' | 'shard'> & Readonly<{ isWanted: (facts: CheckFacts) => boolean }>;

/** Those who vote on the findings, and what each of them looks at. */
const VOTER_TITLES: Readonly<Record<Voter, string>> = {
  shape: 'Vote: does it hold when it is looked for in another way',
  context: 'Vote: where it stands',
  history: 'Vote: how the file changes',
  tests: 'Vote: whether a test would notice',
  'blast-radius': 'Vote: what depends on it',
};

/** From the findings to what is to be done about them, after all detectors: `detected` are their names. */
export function deciding(detected: readonly string[]): readonly Planned[] {
  const votes = VOTERS.map((voter): Planned => ({
    name: `vote.${voter}`,
    title: VOTER_TITLES[voter],
    role: 'reviewer',
    needs: ['propose'],
    estimateMs: voter === 'shape' ? 120 : 60,
  }));
  return [
    {
      name: 'propose',
      title: 'Findings in order, the first 40 put to the vote',
      role: 'orchestrator',
      needs: detected,
      estimateMs: 120,
      isTolerant: true,
      subscribes: ['found.**'],
    },
    ...votes,
    {
      name: 'plan',
      title: 'Outcomes of the votes, and what to do',
      role: 'architect',
      needs: ['propose', ...votes.map(({ name }) => name)],
      estimateMs: 60,
      isTolerant: true,
    },
  ];
}

const always = (): boolean => true;
const hasHistory = ({ git }: CheckFacts): boolean => git === 'full';
const hasSources = ({ parsed }: CheckFacts): boolean => parsed.files > 0;

/** Everything a check can do, in the order of the report. A need that is not wanted is left out. */
export const CATALOGUE: readonly Offered[] = [
  {
    name: 'inventory',
    title: 'Files, languages and sizes',
    role: 'researcher',
    needs: [],
    estimateMs: 400,
    isWanted: always,
  },
  {
    name: 'manifests',
    title: 'Packages and scripts',
    role: 'researcher',
    needs: ['inventory'],
    estimateMs: 100,
    isWanted: ({ manifests }) => manifests > 0,
  },
  {
    name: 'history',
    title: 'Who changed what, how often',
    role: 'researcher',
    needs: ['inventory'],
    estimateMs: 600,
    isWanted: hasHistory,
  },
  {
    name: 'parse',
    title: 'Imports, complexity, suspicious code',
    role: 'reviewer',
    needs: ['inventory'],
    estimateMs: 500,
    isWanted: hasSources,
  },
  {
    name: 'graph',
    title: 'Imports, cycles and dependencies',
    role: 'architect',
    needs: ['parse', 'manifests'],
    estimateMs: 250,
    isTolerant: true,
    isWanted: hasSources,
  },
  {
    name: 'hotspots',
    title: 'Where changes and complexity meet',
    role: 'researcher',
    needs: ['history', 'parse'],
    estimateMs: 100,
    isTolerant: true,
    isWanted: hasHistory,
  },
  {
    name: 'duplication',
    title: 'Code that was copied',
    role: 'reviewer',
    needs: ['inventory'],
    estimateMs: 250,
    isWanted: always,
  },
  {
    name: 'secrets',
    title: 'Keys and passwords in files',
    role: 'security-reviewer',
    needs: ['inventory'],
    estimateMs: 400,
    isWanted: always,
  },
  {
    name: 'risky-code',
    title: 'Code that foreign values can turn against you',
    role: 'security-reviewer',
    needs: ['inventory', 'parse'],
    estimateMs: 100,
    isTolerant: true,
    isWanted: always,
  },
  {
    name: 'docs',
    title: 'Links and commands in pages',
    role: 'researcher',
    needs: ['inventory', 'manifests'],
    estimateMs: 150,
    isTolerant: true,
    isWanted: (facts) => facts.docs > 0,
  },
  {
    name: 'hygiene',
    title: 'Leftovers and broken files',
    role: 'reviewer',
    needs: ['inventory'],
    estimateMs: 150,
    isWanted: always,
  },
  {
    name: 'supply-chain',
    title: 'Lock files: in step, from where, under which terms',
    role: 'security-reviewer',
    needs: ['inventory', 'manifests'],
    estimateMs: 80,
    isTolerant: true,
    isWanted: (facts) => facts.locks > 0,
  },
  {
    name: 'advisories',
    title: 'What is known against versions in use',
    role: 'security-reviewer',
    needs: ['inventory'],
    estimateMs: 3_000,
    isWanted: (facts) => facts.hasAudit === true && facts.isOnline === true,
  },
  {
    name: 'ci',
    title: 'What CI looks away from',
    role: 'reviewer',
    needs: ['inventory'],
    estimateMs: 60,
    isWanted: (facts) => facts.ci > 0,
  },
  {
    name: 'lint',
    title: 'What oxlint is sure about',
    role: 'reviewer',
    needs: ['inventory', 'parse'],
    estimateMs: 300,
    isTolerant: true,
    isWanted: (facts) => facts.linter !== null && hasSources(facts),
  },
  {
    name: 'tests-map',
    title: 'What tests reach, and which are switched off',
    role: 'tester',
    needs: ['inventory', 'parse', 'graph', 'hotspots'],
    estimateMs: 100,
    isTolerant: true,
    isWanted: (facts) => facts.tests > 0,
  },
];
