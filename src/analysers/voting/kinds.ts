import type { Finding, Voter } from '../../core/findings/finding.ts';
import { DETECTORS } from '../detectors.ts';

/**
 * What a finding is about, which decides what each voter can say of it. `defect`: code that does something else than
 * it says. `quality`: code that is hard to work with. `security`: code that lets somebody in. `supply`: what is
 * installed, and what packages say of themselves. `leftover`: what should not have been committed.
 */
export type KindClass =
  | 'defect'
  | 'quality'
  | 'security'
  | 'secret'
  | 'supply'
  | 'ci'
  | 'docs'
  | 'testing'
  | 'leftover';

/** A way of getting to know something. Detectors and voters name theirs; none is used twice for one finding. */
export type Source =
  // of detectors
  | 'syntax tree'
  | 'decisions counted'
  | 'folder of the file'
  | 'import graph'
  | 'names in all files'
  | 'fields of the manifest'
  | 'names of the files'
  | 'key pattern'
  | 'links of the page'
  | 'lines in order'
  | 'JSON parser'
  | 'size of the file'
  | 'YAML parser'
  | 'signs of the first line'
  | 'windows of lines'
  | 'entries of the lock file'
  | 'steps of the workflow'
  | 'rules of a linter'
  | 'list of advisories'
  // of detectors and voters
  | 'commits'
  | 'reach of the tests'
  // of voters
  | 'tokens of the line'
  | 'indentation'
  | 'import statements'
  | 'folder on disk'
  | 'text of the manifest'
  | 'text of the lock file'
  | 'text of the workflow'
  | 'signs of the value'
  | 'line ends of the file'
  | 'text around the line'
  | 'text of the page'
  | 'text around it'
  | 'calls in the tests'
  | 'head of the file and lists of what is ignored'
  | 'importers and ways in';

export type KindRule = Readonly<{
  class: KindClass;
  /** What its detector went by. */
  found: readonly Source[];
  /** What the second detection goes by; null: there is none, and the voter on shape abstains. */
  shape: Source | null;
}>;

const PATH: Source = 'folder of the file';

const rule = (kind: KindClass, found: readonly Source[], shape: Source | null): KindRule => ({
  class: kind,
  found: [...found, PATH],
  shape,
});

const LINT = rule('defect', ['syntax tree'], 'tokens of the line');
const MANIFEST = rule('supply', ['fields of the manifest', 'names of the files'], 'text of the manifest');

/** Kinds with a rule of their own; the others go by the task that finds them. */
const BY_KIND: Readonly<Record<string, KindRule>> = {
  'empty-catch': rule('quality', ['syntax tree'], 'tokens of the line'),
  'focused-test': rule('testing', ['syntax tree'], 'tokens of the line'),
  'complex-function': rule('quality', ['decisions counted'], 'indentation'),
  'hot-spot': rule('quality', ['commits', 'decisions counted'], 'indentation'),
  'untested-hot-spot': rule('quality', ['commits', 'decisions counted', 'reach of the tests'], 'calls in the tests'),
  'import-cycle': rule('quality', ['import graph'], 'import statements'),
  'missing-import': rule('defect', ['import graph'], 'folder on disk'),
  'undeclared-dependency': rule('supply', ['import graph', 'fields of the manifest'], 'text around it'),
  'unused-dependency': rule(
    'supply',
    ['import graph', 'fields of the manifest', 'names in all files'],
    'text of the lock file',
  ),
  'unpinned-git-source': rule('supply', ['fields of the manifest'], 'text of the manifest'),
  'no-lock-file': rule('supply', ['fields of the manifest', 'names of the files'], 'folder on disk'),
  'skipped-tests': rule('testing', ['syntax tree'], 'tokens of the line'),
  'merge-marker': rule('leftover', ['lines in order'], 'text around it'),
  'broken-json': rule('leftover', ['JSON parser'], 'signs of the value'),
  'broken-yaml': rule('leftover', ['YAML parser'], 'lines in order'),
  'broken-shebang': rule('leftover', ['signs of the first line'], 'line ends of the file'),
  'dead-symlink': rule('leftover', ['names of the files'], 'folder on disk'),
  'case-collision': rule('leftover', ['names of the files'], 'folder on disk'),
  'old-todo': rule('leftover', ['lines in order', 'commits'], 'text around it'),
  'no-test-step': rule('ci', ['steps of the workflow'], 'text of the manifest'),
  'install-script': rule('supply', ['entries of the lock file'], 'text of the manifest'),
  'licence-conflict': rule('supply', ['entries of the lock file'], 'text of the manifest'),
  'lint-complaint': rule('defect', ['rules of a linter'], 'tokens of the line'),
  'large-file': rule('leftover', ['size of the file'], 'folder on disk'),
};

const BY_TASK: Readonly<Record<string, KindRule>> = {
  parse: LINT,
  manifests: MANIFEST,
  graph: rule('quality', ['import graph'], 'import statements'),
  hotspots: rule('quality', ['commits', 'decisions counted'], 'indentation'),
  secrets: rule('secret', ['key pattern'], 'signs of the value'),
  docs: rule('docs', ['links of the page'], 'folder on disk'),
  hygiene: rule('leftover', ['lines in order'], 'text around it'),
  'tests-map': rule('testing', ['syntax tree', 'reach of the tests'], 'tokens of the line'),
  duplication: rule('quality', ['windows of lines'], 'tokens of the line'),
  'risky-code': rule('security', ['syntax tree'], 'text around the line'),
  'supply-chain': rule('supply', ['entries of the lock file', 'fields of the manifest'], 'text of the lock file'),
  ci: rule('ci', ['steps of the workflow'], 'text of the workflow'),
  lint: rule('quality', ['rules of a linter'], 'tokens of the line'),
  advisories: rule('supply', ['list of advisories'], 'text of the lock file'),
};

/**
 * Whether these matter, only the people of a project know: of those that were confirmed in repositories of others hardly
 * one was worth their time. They are told as questions.
 */
export const ASKED_ONLY: ReadonlySet<string> = new Set([
  // People know of them, or have their reasons.
  'empty-catch',
  'tls-check-off',
  'install-script',
  'complex-function',
  'untested-hot-spot',
  'throw-swallowed',
  'failure-ignored',
  'no-test-step',
  'no-lock-file',
  'large-file',
  'licence-conflict',
  'insecure-source',
  'unpinned-git-source',
  'unused-dependency',
  'manifest-points-nowhere',
  // Right too seldom where they were judged, or never judged.
  'lint-complaint',
  'eval-of-variable',
  'shell-string',
  'sql-by-concatenation',
  'html-from-variable',
  'weak-password-hash',
]);

const UNKNOWN = rule('quality', [], null);

export function ruleOf(kind: string): KindRule {
  return BY_KIND[kind] ?? BY_TASK[DETECTORS.get(kind)?.task ?? ''] ?? UNKNOWN;
}

/** What a voter goes by for findings of this kind. */
export function sourceOf(voter: Voter, kind: string): Source | null {
  switch (voter) {
    case 'shape':
      return ruleOf(kind).shape;
    case 'context':
      return 'head of the file and lists of what is ignored';
    case 'history':
      return 'commits';
    case 'tests':
      return 'reach of the tests';
    case 'blast-radius':
      return 'importers and ways in';
  }
}

/** Whether the detector has used it up: a fact that is heard twice is still one fact. */
export function isUsedUp(voter: Voter, { kind, evidence }: Pick<Finding, 'kind' | 'evidence'>): boolean {
  const source = sourceOf(voter, kind);
  const isHeard = source === 'commits' && evidence.some((one) => one.source === 'history');
  return isHeard || (source !== null && ruleOf(kind).found.includes(source));
}

/** Kinds about tests: to stand in a test speaks for them. */
export function isAboutTests(kind: string): boolean {
  return ruleOf(kind).class === 'testing';
}
