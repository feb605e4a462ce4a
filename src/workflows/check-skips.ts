import type { CheckFacts, Ecosystem, Packaging } from '../core/findings/check-facts.ts';
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
    const fix =
      'git finds no repository here that it can read. Check a clone with its history: git clone <url>, then waggle check <folder>.';
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

function supplySkips(facts: CheckFacts, skip: Skip): readonly NotChecked[] {
  const { locks, ci, isOnline, hasAudit, packaging } = facts;
  const found: (NotChecked | false)[] = [
    locks === 0 &&
      skip(
        'supply-chain',
        'no-lockfile',
        'Where packages come from, and whether the lock file fits the manifest',
        withoutLock(packaging),
      ),
    hasAudit === true &&
      isOnline !== true &&
      skip('advisories', 'needs-network', ADVISORIES, 'To ask the registry, run waggle check --online.'),
    locks > 0 && hasAudit !== true && skip('advisories', auditReason(packaging), ADVISORIES, auditsFor(packaging)),
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

/** What a project without a lock file can do, in the words of its package manager. */
const WITHOUT_LOCK: Readonly<Record<Ecosystem, string>> = {
  npm: 'There is no lock file in git, as is usual for a library; an application commits the one that npm install writes.',
  Ruby: 'There is no Gemfile.lock in git, as is usual for a gem; an application has one from bundle lock.',
  PHP: 'There is no composer.lock in git, as is usual for a library; an application has one from composer update.',
  Python:
    'There is no uv.lock, poetry.lock or Pipfile.lock, as is usual for a library; an application has one, for example from uv lock.',
  Rust: 'There is no Cargo.lock in git, as many libraries do; a program has one from cargo generate-lockfile.',
  Go: 'There is no go.sum: go mod tidy writes one where there are dependencies.',
  Maven: 'Maven has no lock file: there is nothing to compare.',
  Gradle: 'Gradle locks versions only when told to: gradle dependencies --write-locks.',
};

function withoutLock(packaging: Packaging | undefined): string {
  if (packaging === undefined) return WITHOUT_LOCK.npm;
  const { ecosystems, otherLocks, keepsNone } = packaging;
  const others =
    otherLocks.length === 0 ? '' : ` Not looked at, as no part of what is shipped: ${otherLocks.join(', ')}.`;
  if (keepsNone !== undefined) return `The project keeps no lock file on purpose: ${keepsNone}.${others}`;
  const words = ecosystems.slice(0, 2).map((one) => WITHOUT_LOCK[one]);
  return `${words.length === 0 ? 'There is no lock file of a package manager that is known here.' : words.join(' ')}${others}`;
}

/** The audit that fits a lock file, by its name. */
const AUDITS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json)$/, 'npm audit'],
  [/(?:^|\/)pnpm-lock\.yaml$/, 'pnpm audit'],
  [/(?:^|\/)yarn\.lock$/, 'yarn audit'],
  [/(?:^|\/)bun\.lockb?$/, 'bun audit'],
  [/(?:^|\/)Cargo\.lock$/, 'cargo audit'],
  [/(?:^|\/)go\.sum$/, 'govulncheck ./...'],
  [/(?:^|\/)Gemfile\.lock$/, 'bundle audit'],
  [/(?:^|\/)composer\.lock$/, 'composer audit'],
  [/(?:^|\/)(?:poetry\.lock|uv\.lock|Pipfile\.lock|pdm\.lock|[\w.-]*requirements[\w.-]*\.txt)$/, 'pip-audit'],
];
/** Those that could be asked here, if their lock file stood at the top. */
const ASKED = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock)$/;

function auditReason(packaging: Packaging | undefined): SkipReason {
  const own = packaging?.locks ?? [];
  return own.length > 0 && own.every((path) => ASKED.test(path)) ? 'no-lockfile' : 'unsupported-language';
}

function auditsFor(packaging: Packaging | undefined): string {
  const asked = (packaging?.locks ?? []).flatMap((path) => {
    const tool = AUDITS.find(([name]) => name.test(path))?.[1];
    const at = path.lastIndexOf('/');
    return tool === undefined ? [] : [at < 0 ? `"${tool}"` : `"${tool}" in ${path.slice(0, at)}/`];
  });
  const own = [...new Set(asked)].slice(0, 3).join(', ');
  const run = own === '' ? 'Run the audit of your package manager.' : `Run it yourself: ${own}.`;
  return auditReason(packaging) === 'no-lockfile'
    ? `Only a lock file at the top of the project is asked about, and there is none. ${run}`
    : `Only npm, pnpm and Yarn 1 are asked here. ${run}`;
}
