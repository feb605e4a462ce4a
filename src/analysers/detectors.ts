/** Which task finds a kind, and which version of its rule: a change makes older findings `not-checked`, never `gone`. */
export type Detector = Readonly<{ task: string; version: number }>;

/** Rules that are not what they were at first. */
const VERSIONS: Readonly<Record<string, number>> = {
  'manifest-points-nowhere': 2,
  'package-name-twice': 2,
  'undeclared-dependency': 2,
  'unused-dependency': 2,
  'dead-link': 2,
  'old-todo': 2,
  'unpinned-action': 2,
  'failure-ignored': 2,
  'skipped-tests': 2,
  'duplicate-code': 2,
  'empty-catch': 2,
  'import-cycle': 3,
  'lint-complaint': 2,
  'eval-of-variable': 2,
  'shell-string': 2,
  'tls-check-off': 2,
  'html-from-variable': 2,
};

const by = (task: string, ...kinds: readonly string[]): readonly (readonly [string, Detector])[] =>
  kinds.map((kind) => [kind, { task, version: VERSIONS[kind] ?? 1 }]);
/** Kinds whose rule was changed since. */
const again = (task: string, version: number, ...kinds: readonly string[]): ReturnType<typeof by> =>
  kinds.map((kind) => [kind, { task, version }]);

export const DETECTORS: ReadonlyMap<string, Detector> = new Map([
  ...by(
    'manifests',
    'manifest-points-nowhere',
    'script-points-nowhere',
    'workspace-empty',
    'lock-files-compete',
    'package-name-twice',
    'dependency-twice',
    'unpinned-git-source',
    'no-lock-file',
  ),
  ...by(
    'parse',
    'assigns-in-condition',
    'constant-condition',
    'repeated-condition',
    'same-branches',
    'negates-left-side',
  ),
  ...by(
    'parse',
    'compares-with-nan',
    'unknown-typeof',
    'compares-with-itself',
    'same-operands',
    'duplicate-key',
    'duplicate-case',
  ),
  ...by(
    'parse',
    'unreachable-code',
    'empty-catch',
    'throw-swallowed',
    'async-executor',
    'async-foreach',
    'focused-test',
  ),
  ...again('parse', 2, 'complex-function'),
  ...by('graph', 'import-cycle', 'undeclared-dependency', 'unused-dependency', 'missing-import'),
  ...again('hotspots', 2, 'hot-spot'),
  ...by('duplication', 'duplicate-code'),
  ...by('secrets', 'secret'),
  ...by(
    'risky-code',
    'eval-of-variable',
    'shell-string',
    'tls-check-off',
    'weak-password-hash',
    'html-from-variable',
    'sql-by-concatenation',
  ),
  ...by('docs', 'dead-link', 'missing-script'),
  ...by(
    'hygiene',
    'merge-marker',
    'broken-json',
    'broken-yaml',
    'broken-shebang',
    'dead-symlink',
    'case-collision',
    'old-todo',
    'large-file',
  ),
  ...by(
    'ci',
    'unpinned-action',
    'failure-ignored',
    'unstated-rights',
    'outdated-action',
    'no-test-step',
    'untrusted-input-in-script',
    'untrusted-checkout',
  ),
  ...by('advisories', 'known-vulnerability'),
  ...by('lint', 'lint-complaint'),
  ...again('tests-map', 2, 'untested-hot-spot'),
  ...by('tests-map', 'skipped-tests'),
]);
