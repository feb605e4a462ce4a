import { alsoInLines } from './ci-lines.ts';
import type { CiFile, CiJob, CiStep } from './ci-steps.ts';
import type { Detected } from './detected.ts';
import { countOf, shortened } from './words.ts';

/** Actions that write to the repository with the token of the run, unless they are given another. */
const WRITERS =
  /^(?:softprops\/action-gh-release|peaceiris\/actions-gh-pages|JamesIves\/github-pages-deploy-action|stefanzweifel\/git-auto-commit-action|peter-evans\/create-pull-request|ncipollo\/release-action|release-drafter\/release-drafter|googleapis\/release-please-action|google-github-actions\/release-please-action|EndBug\/add-and-commit|ad-m\/github-push-action|actions\/create-release|changesets\/action)@/i;
const OTHER_TOKEN = /secrets\.(?!GITHUB_TOKEN\b)\w*(?:TOKEN|PAT|KEY|SECRET)\w*|create-github-app-token|ssh-key:/i;

/** Jobs that push or release with the token of the run, and neither they nor their workflow say what it may do. */
export function unstatedRights(files: readonly CiFile[]): readonly Detected[] {
  const found = files
    .filter(({ service }) => service === 'GitHub')
    .flatMap((file) => file.jobs.flatMap((job) => writesIn(file, job)));
  const [first] = found;
  if (first === undefined) return [];
  const more = found.length - 1;
  return [
    {
      kind: 'unstated-rights',
      severity: 'medium',
      confidence: 0.75,
      title:
        more === 0
          ? `Job "${shortened(first.job, 34)}" writes, and nothing says what its token may do`
          : `${countOf(found.length, 'job')} write, and nothing says what their token may do`,
      file: first.path,
      line: first.line,
      anchor: found.map(({ path, job }) => `${path} ${job}`).join(' '),
      evidence: [
        ...found.slice(0, 6).map(({ path, line, text, job }) => ({
          source: 'ci',
          text: `Job ${job}: ${text}`,
          ref: `${path}:${line}`,
        })),
        {
          source: 'ci',
          text: 'Without "permissions:" the settings of the repository or its organisation decide what the token may do: write nearly everything, which was the default before February 2023, or only read, and then this fails.',
        },
      ],
      fix: `Add "permissions: { contents: read }" to the workflow, and to ${more === 0 ? 'this job' : 'each of these jobs'} what it writes, such as contents: write.`,
    },
  ];
}

type Writing = Readonly<{ path: string; line: number; job: string; text: string }>;

function writesIn({ path }: CiFile, job: CiJob): readonly Writing[] {
  if (job.writes !== undefined || job.text === '' || OTHER_TOKEN.test(job.text)) return [];
  return job.steps.flatMap((step) => writeOf(step).map((one) => ({ ...one, path, job: job.name }))).slice(0, 1);
}

function writeOf({ run, uses }: CiStep): readonly Readonly<{ line: number; text: string }>[] {
  if (uses !== undefined && WRITERS.test(uses.text)) return [{ line: uses.line, text: `uses: ${uses.text}` }];
  if (run === undefined || run.isScript) return [];
  const lines = run.text.split('\n');
  const at = lines.findIndex((line) =>
    /^\s*(?:git\s+(?:-\S+\s+\S+\s+)?push\b|gh\s+release\s+(?:create|upload|edit)\b)/.test(line),
  );
  return at < 0 ? [] : [{ line: run.line + at, text: (lines[at] ?? '').trim().slice(0, 120) }];
}

type Versions = Readonly<{ plugin?: number; node12: number; node16: number; off?: number }>;

/** Official actions whose versions of before this run on a Node that has ended, and those that were switched off. */
const OUTDATED: Readonly<Record<string, Versions>> = {
  // Its first version is a part of the runner, and made for no Node.
  'actions/checkout': { plugin: 1, node12: 2, node16: 3 },
  'actions/setup-node': { node12: 2, node16: 3 },
  'actions/setup-python': { node12: 2, node16: 4 },
  'actions/setup-java': { node12: 2, node16: 3 },
  'actions/setup-go': { node12: 2, node16: 4 },
  'actions/setup-dotnet': { node12: 1, node16: 3 },
  'actions/github-script': { node12: 4, node16: 6 },
  'actions/cache': { node12: 0, node16: 3, off: 2 },
  'actions/stale': { node12: 4, node16: 8 },
  'actions/labeler': { node12: 3, node16: 4 },
  'actions/dependency-review-action': { node12: 0, node16: 3 },
  'actions/upload-artifact': { node12: 0, node16: 0, off: 3 },
  'actions/download-artifact': { node12: 0, node16: 0, off: 3 },
  'github/codeql-action': { node12: 0, node16: 0, off: 2 },
};

type Old = Readonly<{ name: string; path: string; line: number; why: string; isOff: boolean }>;

const MAX_SHOWN = 12;

/** Official actions in versions that nobody mends any more: one finding, whatever their number. */
export function outdatedActions(files: readonly CiFile[]): readonly Detected[] {
  const uses = files
    .filter(({ service }) => service === 'GitHub')
    .flatMap(({ path, jobs }) =>
      jobs.flatMap(({ steps }) => steps.flatMap((step) => (step.uses === undefined ? [] : [{ path, ...step.uses }]))),
    );
  const old = uses.flatMap(({ path, text, line }) => outdated(text).map((one) => ({ ...one, path, line })));
  const ordered = old.toSorted((a, b) => Number(b.isOff) - Number(a.isOff));
  const [first] = ordered;
  // Each file is named, by its worst place, before a file is named twice.
  const together = [...Map.groupBy(ordered, ({ path, name }) => `${path} ${name}`).values()];
  const inFiles = [...new Map(together.toReversed().map((one) => [one[0]?.path, one])).values()].toReversed();
  const inOrder = [...inFiles, ...together.filter((one) => !inFiles.includes(one))];
  const rest = inOrder.slice(MAX_SHOWN).flat();
  if (first === undefined) return [];
  return [
    {
      kind: 'outdated-action',
      severity: first.isOff ? 'medium' : 'low',
      confidence: 0.9,
      title: titleOf(ordered),
      file: first.path,
      line: first.line,
      anchor: [...new Set(ordered.map(({ name }) => name))].toSorted().join(' '),
      evidence: [
        ...inOrder.slice(0, MAX_SHOWN).flatMap(toldOf),
        ...(rest.length === 0 ? [] : [{ source: 'ci', text: `And at ${listed(rest)}.` }]),
      ],
      fix: 'Take the newest version of the action; what changed between them stands in its release notes.',
    },
  ];
}

/** One action in one file. */
function toldOf([first, ...others]: readonly Old[]): Detected['evidence'] {
  if (first === undefined) return [];
  const text = `uses: ${first.name}${alsoInLines(others)}. ${first.why}`;
  return [{ source: 'ci', text, ref: `${first.path}:${first.line}` }];
}

/** Places of each file together: `a.yml:3, 9; b.yml:4`. */
function listed(places: readonly Old[]): string {
  const byFile = Map.groupBy(places, ({ path }) => path);
  return [...byFile]
    .map(([path, own]) => `${path}:${own.map(({ line }) => line).join(', ')}`)
    .join('; ')
    .slice(0, 600);
}

function titleOf(old: readonly Old[]): string {
  const byName = [...new Map(old.map((one) => [one.name, one])).values()];
  const off = byName.filter(({ isOff }) => isOff).length;
  const name = byName[0]?.name ?? '';
  if (byName.length === 1) return `${name} is ${off === 1 ? 'retired' : 'outdated'}`;
  const begin = `${name} and ${countOf(byName.length - 1, 'more official action')} are`;
  if (off === byName.length) return `${begin} retired`;
  return `${begin} ${off === 0 ? '' : 'retired or '}outdated`;
}

function outdated(text: string): readonly Omit<Old, 'path' | 'line'>[] {
  const [, action = '', sub = '', major = ''] =
    /^((?:actions|github)\/[\w-]+)(\/[\w-]+)?@v(\d+)(?:\.[\d.]+)?$/.exec(text) ?? [];
  const known = Object.hasOwn(OUTDATED, action) ? OUTDATED[action] : undefined;
  if (known === undefined) return [];
  const version = Number(major);
  const name = `${action}${sub}@v${major}`;
  if (version <= (known.off ?? 0)) return [{ name, isOff: true, why: whyRetired(action, version) }];
  const why = whyEnded(known, version);
  return why === undefined ? [] : [{ name, isOff: false, why }];
}

function whyEnded({ plugin = 0, node12, node16 }: Versions, version: number): string | undefined {
  if (version <= plugin) return 'It is a version that is no longer kept up.';
  if (version <= node12) return 'It is made for Node 12, which ended in April 2022.';
  return version <= node16 ? 'It is made for Node 16, which ended in September 2023.' : undefined;
}

function whyRetired(action: string, version: number): string {
  if (action !== 'github/codeql-action') return RETIRED[action] ?? '';
  return `It gets no updates since ${version < 2 ? 'January 2023' : 'January 2025'}.`;
}

const RETIRED: Readonly<Record<string, string>> = {
  'actions/cache': 'The service refuses this version since 2025.',
  'actions/upload-artifact': 'The service refuses this version since 2025.',
  'actions/download-artifact': 'The service refuses this version since 2025.',
};
