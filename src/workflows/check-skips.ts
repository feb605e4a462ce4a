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
  return [...historySkips(facts, skip), ...sourceSkips(facts, skip), ...supplySkips(facts, skip)];
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

function sourceSkips({ parsed, manifests, docs, tests, linter }: CheckFacts, skip: Skip): readonly NotChecked[] {
  const language = 'Only JavaScript and TypeScript are parsed, and there is none here.';
  const found: (NotChecked | false)[] = [
    manifests === 0 &&
      skip(
        'manifests',
        'no-manifest',
        'Packages, scripts, declared dependencies',
        'There is none that is read here: package.json, pyproject.toml, setup.cfg, requirements.txt, Cargo.toml, go.mod, Gemfile, composer.json.',
      ),
    parsed.files === 0 && skip('parse', 'unsupported-language', 'Complexity of functions, suspicious code', language),
    parsed.files === 0 &&
      skip('graph', 'unsupported-language', 'Imports, cycles, unused and undeclared dependencies', language),
    tests === 0 &&
      skip(
        'tests-map',
        'no-tests-found',
        'Sources that no test reaches, tests that are switched off',
        'There are no files that look like tests: name them thing.test.js or put them in test/.',
      ),
    parsed.files > 0 &&
      linter === null &&
      skip(
        'lint',
        'tool-missing',
        'What oxlint finds beyond our own rules',
        'Install it where it is no part of the project: npm install --global oxlint.',
      ),
    docs === 0 && skip('docs', 'no-docs', 'Links and commands in pages', 'There is no Markdown file: add a README.md.'),
  ];
  return found.filter((one) => one !== false);
}

const ADVISORIES = 'What is known against the versions in use';

function supplySkips({ locks, ci, isOnline, hasAudit }: CheckFacts, skip: Skip): readonly NotChecked[] {
  const found: (NotChecked | false)[] = [
    locks === 0 &&
      skip(
        'supply-chain',
        'no-lockfile',
        'Where packages come from, and whether the lock file fits the manifest',
        'There is no lock file: commit the one that your package manager writes, for example with npm install.',
      ),
    hasAudit === true && isOnline !== true && skip('advisories', 'needs-network', ADVISORIES, 'waggle check --online'),
    locks > 0 &&
      hasAudit !== true &&
      skip(
        'advisories',
        'unsupported-language',
        ADVISORIES,
        'Only npm, pnpm and Yarn 1 are asked here. Run the audit of your package manager: cargo audit, pip-audit, govulncheck, bundle audit, composer audit.',
      ),
    ci === 0 &&
      skip(
        'ci',
        'no-ci',
        'What a build service runs, and what it may be tricked into',
        'There is no file of a build service: add one, for example .github/workflows/test.yml.',
      ),
  ];
  return found.filter((one) => one !== false);
}
