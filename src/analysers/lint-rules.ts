import type { Severity } from '../core/findings/finding.ts';

/** What a rule of the linter is worth when it complains; 0.85 sure and medium where nothing else is said. */
export type LintRule = Readonly<{ severity: Severity; confidence: number }>;

const SURE: LintRule = { severity: 'high', confidence: 0.9 };
const USUAL: LintRule = { severity: 'medium', confidence: 0.85 };
const SMALL: LintRule = { severity: 'low', confidence: 0.8 };

/**
 * The rules we ask for, by name: code that does something else than it says. What our own parser finds is not among
 * them, nor taste, nor what was right too seldom on real repositories (lost precision, returns of setters, combining signs). Releases of the linter that lack one leave it out.
 */
export const LINT_RULES: ReadonlyMap<string, LintRule> = new Map([
  ['constructor-super', SURE],
  ['for-direction', SURE],
  ['getter-return', USUAL],
  ['no-class-assign', USUAL],
  ['no-compare-neg-zero', USUAL],
  ['no-const-assign', SURE],
  ['no-constant-binary-expression', USUAL],
  ['no-dupe-class-members', SURE],
  ['no-empty-character-class', USUAL],
  ['no-ex-assign', SMALL],
  ['no-func-assign', USUAL],
  ['no-global-assign', USUAL],
  ['no-import-assign', SURE],
  ['no-invalid-regexp', SURE],
  ['no-new-native-nonconstructor', SURE],
  ['no-obj-calls', SURE],
  ['no-self-assign', USUAL],
  ['no-sparse-arrays', USUAL],
  ['no-this-before-super', SURE],
  ['no-unassigned-vars', USUAL],
  ['no-unsafe-finally', USUAL],
  ['no-unsafe-optional-chaining', USUAL],
  ['no-useless-backreference', USUAL],
  ['oxc/bad-array-method-on-arguments', SURE],
  ['oxc/bad-char-at-comparison', SURE],
  ['oxc/bad-comparison-sequence', SURE],
  ['oxc/bad-match-all-arg', SURE],
  ['oxc/bad-min-max-func', SURE],
  ['oxc/bad-object-literal-comparison', SURE],
  ['oxc/bad-replace-all-arg', SURE],
  ['oxc/const-comparisons', SURE],
  ['oxc/double-comparisons', USUAL],
  ['oxc/erasing-op', USUAL],
  ['oxc/missing-throw', SURE],
  ['oxc/number-arg-out-of-range', SURE],
  ['oxc/uninvoked-array-callback', SURE],
  ['promise/no-new-statics', SURE],
  ['promise/valid-params', USUAL],
  ['react/jsx-no-duplicate-props', SURE],
  ['react/no-danger-with-children', SURE],
  ['react/no-direct-mutation-state', USUAL],
  ['react/void-dom-elements-no-children', SURE],
  ['typescript/no-duplicate-enum-values', USUAL],
  ['typescript/no-misused-new', SURE],
  ['typescript/no-non-null-asserted-optional-chain', USUAL],
  ['unicorn/no-await-in-promise-methods', USUAL],
  ['unicorn/no-invalid-fetch-options', SURE],
  ['unicorn/no-invalid-remove-event-listener', SURE],
]);

/** Of the plugins named here, those that are not on by themselves. */
export const LINT_PLUGINS: readonly string[] = ['--promise-plugin', '--react-plugin'];
