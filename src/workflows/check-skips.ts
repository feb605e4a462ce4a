import type { CheckFacts } from '../core/findings/check-facts.ts';
import type { NotChecked } from '../core/findings/check-report.ts';
import type { SkipReason } from '../core/findings/finding.ts';

/** What a check of such a repository will not look at, why, and what would change that. */
export function whatIsNotChecked(facts: CheckFacts): readonly NotChecked[] {
  const skip = (task: string, reason: SkipReason, what: string, fix: string): NotChecked => ({
    task,
    reason,
    what,
    fix,
  });
  return [...historySkips(facts, skip), ...sourceSkips(facts, skip)];
}

type Skip = (task: string, reason: SkipReason, what: string, fix: string) => NotChecked;

const HISTORY = 'Who changed what, and how often';
const HOTSPOTS = 'Hot spots: where changes and complexity meet';

function historySkips({ git }: CheckFacts, skip: Skip): readonly NotChecked[] {
  if (git === 'full') return [];
  if (git === 'none') {
    const fix = 'Check a clone with its history: git clone <url>, then waggle check <folder>.';
    return [skip('history', 'no-git', HISTORY, fix), skip('hotspots', 'no-git', HOTSPOTS, fix)];
  }
  const fix =
    git === 'shallow'
      ? 'Get the whole history: git fetch --unshallow.'
      : 'There are no commits yet. Check again once there are some.';
  return [skip('history', 'shallow-history', HISTORY, fix), skip('hotspots', 'shallow-history', HOTSPOTS, fix)];
}

function sourceSkips(
  { parsed, manifests, docs, tests, ci, locks, isOnline }: CheckFacts,
  skip: Skip,
): readonly NotChecked[] {
  const language = 'Only JavaScript and TypeScript are parsed, and there is none here.';
  const found: (NotChecked | false)[] = [
    manifests === 0 &&
      skip(
        'manifests',
        'no-manifest',
        'Packages, scripts, declared dependencies',
        'Only package.json is read, and there is none here.',
      ),
    parsed.files === 0 && skip('parse', 'unsupported-language', 'Complexity of functions, suspicious code', language),
    parsed.files === 0 &&
      skip('graph', 'unsupported-language', 'Imports, cycles, unused and undeclared dependencies', language),
    parsed.files === 0 && skip('tests-map', 'unsupported-language', 'Sources that no test imports', language),
    parsed.files > 0 &&
      tests === 0 &&
      skip(
        'tests-map',
        'no-tests-found',
        'Sources that no test imports',
        'There are no files that look like tests: name them thing.test.js or put them in test/.',
      ),
    locks === 0 &&
      skip(
        'supply-chain',
        'no-lockfile',
        'Where packages come from, and whether the lock file fits the manifest',
        'There is no lock file: commit the one that your package manager writes, for example with npm install.',
      ),
    locks > 0 &&
      isOnline !== true &&
      skip('advisories', 'needs-network', 'What is known against the versions in use', 'waggle check --online'),
    ci === 0 &&
      skip(
        'ci',
        'no-ci',
        'What a build service runs, and what it may be tricked into',
        'There is no file of a build service: add one, for example .github/workflows/test.yml.',
      ),
    docs === 0 && skip('docs', 'no-docs', 'Links and commands in pages', 'There is no Markdown file: add a README.md.'),
  ];
  return found.filter((one) => one !== false);
}
