import type { Choice } from '../core/consensus/proposal-spec.ts';
import type { CheckedTask } from '../core/findings/check-report.ts';
import type { Voter } from '../core/findings/finding.ts';
import { readData, readParts } from './data-files.ts';

type Figures = CheckedTask['figures'];

const figure = (label: string, value: number | string): Figures[number] => ({
  label: value === 1 ? label.replace(/^people\b/, 'person').replace(/^((?:import )?\w+)s\b/, '$1') : label,
  value: typeof value === 'number' ? value.toLocaleString('en-US') : value,
});

/** What a task measured, for people; undefined when it left nothing. */
export function figuresOf(task: string, data: string): Figures | undefined {
  const part = /^parse\.(\d+)$/.exec(task)?.[1];
  if (part !== undefined) return partFigures(data, Number(part));
  const read = FIGURES[task];
  return read === undefined ? [] : read(data);
}

function partFigures(data: string, shard: number): Figures | undefined {
  const parse = readParts(data, shard + 1).at(-1);
  if (parse === undefined || readData(data, `parse.${shard}`) === undefined) return undefined;
  return [figure('files parsed', parse.files.length), figure('findings', parse.findings.length)];
}

type Looking =
  | 'secrets'
  | 'risky-code'
  | 'supply-chain'
  | 'ci'
  | 'duplication'
  | 'lint'
  | 'advisories'
  | 'docs'
  | 'hygiene'
  | 'tests-map';

const found =
  (id: Looking, label: string) =>
  (data: string): Figures | undefined => {
    const read = readData(data, id);
    return read === undefined ? undefined : [figure(label, read.looked), figure('findings', read.findings.length)];
  };

const votes =
  (voter: Voter) =>
  (data: string): Figures | undefined => {
    const read = readData(data, `vote.${voter}`);
    const count = (wanted: Choice): number => read?.votes.filter(({ choice }) => choice === wanted).length ?? 0;
    return (
      read && [
        figure('approved', count('approve')),
        figure('rejected', count('reject')),
        figure('abstained', count('abstain')),
      ]
    );
  };

const FIGURES: Readonly<Record<string, (data: string) => Figures | undefined>> = {
  inventory: (data) => {
    const read = readData(data, 'inventory');
    return read && [figure('files', read.total), figure('languages', read.languages.length)];
  },
  manifests: (data) => {
    const read = readData(data, 'manifests');
    return read && [figure('packages', read.packages.length), figure('findings', read.findings.length)];
  },
  history: (data) => {
    const read = readData(data, 'history');
    return read && [figure('commits', read.commits), figure('people', read.authors)];
  },
  graph: (data) => {
    const read = readData(data, 'graph');
    return (
      read && [
        figure('imports', read.imports),
        figure('import cycles', read.cycles.length),
        figure('findings', read.findings.length),
      ]
    );
  },
  hotspots: (data) => {
    const read = readData(data, 'hotspots');
    return read && [figure('files ranked', read.hotspots.length), figure('findings', read.findings.length)];
  },
  secrets: found('secrets', 'files searched'),
  docs: found('docs', 'links looked up'),
  hygiene: found('hygiene', 'files'),
  'tests-map': found('tests-map', 'sources'),
  duplication: found('duplication', 'lines compared'),
  'risky-code': found('risky-code', 'files'),
  'supply-chain': found('supply-chain', 'packages'),
  ci: found('ci', 'files'),
  lint: found('lint', 'files'),
  advisories: found('advisories', 'packages'),
  propose: (data) => {
    const read = readData(data, 'propose');
    return read && [figure('findings', read.findings.length), figure('proposals', read.proposals.length)];
  },
  'vote.shape': votes('shape'),
  'vote.context': votes('context'),
  'vote.history': votes('history'),
  'vote.tests': votes('tests'),
  'vote.blast-radius': votes('blast-radius'),
  plan: (data) => {
    const read = readData(data, 'plan');
    const confirmed = read?.findings.filter(({ state }) => state === 'confirmed');
    return read && [figure('confirmed', confirmed?.length ?? 0), figure('changes planned', read.plan?.length ?? 0)];
  },
};
