import type { Severity } from '../core/findings/finding.ts';

/** What a rule of the linter is worth when it complains, and what its complaint means, for people. */
export type LintRule = Readonly<{ severity: Severity; confidence: number; title: string }>;

const worth =
  (severity: Severity, confidence: number) =>
  (title: string): LintRule => ({ severity, confidence, title });
const sure = worth('high', 0.9);
const usual = worth('medium', 0.85);
const small = worth('low', 0.8);

/**
 * The rules we ask for, by name: code that does something else than it says. What our own parser finds is not among
 * them, nor taste, nor what was right too seldom on real repositories (lost precision, getters that may give nothing,
 * combining signs, a function that is assigned anew, `then` of what is no promise). Releases of the linter that lack
 * one leave it out.
 */
export const LINT_RULES: ReadonlyMap<string, LintRule> = new Map([
  ['constructor-super', sure('A constructor of a derived class does not call super as it must')],
  ['for-direction', sure('A loop counts away from its end: it never ends')],
  ['no-class-assign', usual('The name of a class is given another value')],
  ['no-compare-neg-zero', usual('Compares with -0, which 0 equals too')],
  ['no-const-assign', sure('A const is given another value: this throws')],
  ['no-constant-binary-expression', usual('Compares or asks something whose answer never changes')],
  ['no-dupe-class-members', sure('A class has two members of one name: the first is lost')],
  ['no-empty-character-class', usual('A pattern holds [], which no text fits')],
  ['no-ex-assign', small('The error that was caught is overwritten')],
  ['no-global-assign', usual('A name of the language itself is given another value')],
  ['no-import-assign', sure('An import is given another value: this throws')],
  ['no-invalid-regexp', sure('A pattern is not valid: making it throws')],
  ['no-new-native-nonconstructor', sure('Symbol or BigInt is called with new: this throws')],
  ['no-obj-calls', sure('Math, JSON or the like is called as a function: this throws')],
  ['no-sparse-arrays', usual('A list has a hole: two commas follow each other')],
  ['no-this-before-super', sure('this is used before super(): this throws')],
  ['no-unassigned-vars', usual('A variable is read, and nothing ever gives it a value')],
  ['no-unsafe-finally', usual('A return or throw in finally drops the error that was on its way')],
  ['no-unsafe-optional-chaining', usual('What ?. may leave undefined is used as if it were there')],
  ['no-useless-backreference', usual('A pattern refers back to a group that cannot have a text yet')],
  ['oxc/bad-array-method-on-arguments', sure('arguments has no methods of lists: this throws')],
  ['oxc/bad-char-at-comparison', sure('One sign of charAt is compared with a longer text')],
  ['oxc/bad-comparison-sequence', sure('Comparisons stand in a row: a < b < c compares true with c')],
  ['oxc/bad-match-all-arg', sure('matchAll gets a pattern without the g flag: this throws')],
  ['oxc/bad-min-max-func', sure('Math.min and Math.max are mixed up: the answer never changes')],
  ['oxc/bad-object-literal-comparison', sure('Compares with a new object or list, which nothing equals')],
  ['oxc/bad-replace-all-arg', sure('replaceAll gets a pattern without the g flag: this throws')],
  ['oxc/const-comparisons', sure('Two comparisons of one value cannot hold at once, or always do')],
  ['oxc/double-comparisons', usual('Two comparisons are meant to be one')],
  ['oxc/erasing-op', usual('A calculation that always gives 0')],
  ['oxc/missing-throw', sure('An error is made and not thrown')],
  ['oxc/number-arg-out-of-range', sure('A number is outside of what the function takes: this throws')],
  ['oxc/uninvoked-array-callback', sure('A new Array of holes is mapped: the callback never runs')],
  ['promise/no-new-statics', sure('Promise.resolve or the like is called with new: this throws')],
  ['react/jsx-no-duplicate-props', sure('A property stands twice in one tag: the last one wins')],
  ['react/no-danger-with-children', sure('A tag has both children and HTML of its own: React throws')],
  ['react/no-direct-mutation-state', usual('The state is changed in place: React does not see it')],
  ['react/void-dom-elements-no-children', sure('A tag that cannot hold anything has children: React throws')],
  ['typescript/no-duplicate-enum-values', usual('Two members of an enum have the same value')],
  ['typescript/no-misused-new', sure('An interface declares a constructor, or a class a method new')],
  [
    'typescript/no-non-null-asserted-optional-chain',
    small('The type says that it is there (!), though ?. may leave it undefined'),
  ],
  ['unicorn/no-await-in-promise-methods', usual('await inside of Promise.all: one waits for the other')],
  ['unicorn/no-invalid-fetch-options', sure('fetch gets a body with GET or HEAD: this throws')],
  ['unicorn/no-invalid-remove-event-listener', sure('A listener that was never added is removed: it stays')],
]);

/** Of the plugins named here, those that are not on by themselves. */
export const LINT_PLUGINS: readonly string[] = ['--promise-plugin', '--react-plugin'];
