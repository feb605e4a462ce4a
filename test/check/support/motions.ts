import type { Motion, Usual } from '../../../src/analysers/voting/ballot.ts';
import type { Bench } from '../../../src/analysers/voting/opinion.ts';
import { TextReader } from '../../../src/analysers/read-text.ts';
import { type Finding, VOTERS } from '../../../src/core/findings/finding.ts';

const BARE: Finding = {
  id: '1',
  kind: 'missing-import',
  severity: 'low',
  title: 'x',
  file: 'src/a.js',
  line: 1,
  evidence: [],
  state: 'not-voted',
  votes: [],
  baseline: 'new',
};

/** What voters are asked about a finding, of whose file nothing is known but its place. */
export function motionOn(finding: Partial<Finding>, more: Partial<Motion> = {}): Motion {
  return {
    finding: { ...BARE, ...finding },
    anchor: '',
    proposal: 'finding-1',
    contentHash: '',
    asked: VOTERS,
    place: { context: 'production', language: 'JavaScript', isText: true, isCode: true, bytes: 9, lines: 9 },
    past: null,
    reach: null,
    use: null,
    steps: [],
    ...more,
  };
}

/** What voters are given in the repository at `root`, of which nothing else is known. */
export function benchIn(root: string, usual: Usual = { past: null, use: null }): Bench {
  return { usual, root, reader: new TextReader(root) };
}
