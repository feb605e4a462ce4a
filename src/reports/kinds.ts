/** What a kind of finding is, for people: one place for the page, the terminal's page and SARIF. */
export type KindText = Readonly<{
  /** A few words: `Import cycle`. */
  name: string;
  /** What is wrong, in one sentence. */
  short: string;
  /** Why it matters. */
  why: string;
  /** What to do about it in general. */
  help: string;
  topic: Topic;
}>;

export type Topic = 'correctness' | 'maintainability' | 'security' | 'tests' | 'docs' | 'packaging' | 'ci' | 'hygiene';

type Row = readonly [kind: string, name: string, short: string, why: string, help: string];

const of = (topic: Topic, ...rows: readonly Row[]): readonly (readonly [string, KindText])[] =>
  rows.map(([kind, name, short, why, help]) => [kind, { name, short, why, help, topic }]);

/** Every kind of `src/analysers/detectors.ts`. */
const KINDS: ReadonlyMap<string, KindText> = new Map([
  ...of(
    'packaging',
    [
      'manifest-points-nowhere',
      'Manifest entry points nowhere',
      'A package.json names a file that is not there.',
      'Whoever installs or imports the package gets an error instead of code.',
      'Correct the path, or remove the entry.',
    ],
    [
      'script-points-nowhere',
      'Script starts a missing file',
      'A script of package.json runs a file that is not there.',
      'The script fails for everybody who calls it.',
      'Correct the path, or remove the script.',
    ],
    [
      'workspace-empty',
      'Workspace pattern matches nothing',
      'A workspace pattern matches no package.',
      'A package that was moved or renamed is silently no longer installed, built or tested with the others.',
      'Correct the pattern, or remove it.',
    ],
    [
      'lock-files-compete',
      'Lock files side by side',
      'Lock files of several package managers stand in one folder.',
      'People and build machines install different versions, and only one of the files is kept up to date.',
      'Keep the file of the package manager that is used, and remove the others.',
    ],
    [
      'package-name-twice',
      'Package name used twice',
      'Two packages of the repository have the same name.',
      'Workspaces resolve the name to one of them; imports of the other get the wrong code.',
      'Rename one of them.',
    ],
    [
      'undeclared-dependency',
      'Undeclared dependency',
      'A package is imported that the nearest package.json does not declare.',
      'It works only while another package happens to bring it along, and breaks on the next install.',
      'Declare it where it is used.',
    ],
    [
      'unused-dependency',
      'Unused dependency',
      'A package is declared but nothing imports it or names it.',
      'It costs install time and adds to what can be attacked.',
      'Remove it, unless something uses it that cannot be seen in the sources.',
    ],
  ),
  ...of(
    'correctness',
    [
      'assigns-in-condition',
      'Assignment in a condition',
      'A condition assigns a value where a comparison was probably meant.',
      'The condition is then as true as the value assigned, and the variable is overwritten.',
      'Compare with ===, or put the assignment before the condition.',
    ],
    [
      'constant-condition',
      'Condition that never changes',
      'A condition is always true, or always false.',
      'One of the ways behind it never runs: either the condition or the code is wrong.',
      'Correct the condition, or remove the way that never runs.',
    ],
    [
      'repeated-condition',
      'Condition asked twice',
      'A chain of else-if asks the same condition again.',
      'The second way never runs.',
      'Ask what was meant, or remove the second way.',
    ],
    [
      'same-branches',
      'Both ways do the same',
      'The ways behind a condition are the same.',
      'Either the condition is useless, or one of the ways was forgotten after copying.',
      'Correct one of the ways, or remove the condition.',
    ],
    [
      'negates-left-side',
      'Negation of the left side only',
      'The negation applies to the left operand, not to the comparison.',
      'The comparison is of true or false with something else, and hardly ever holds.',
      'Put brackets around the comparison.',
    ],
    [
      'compares-with-nan',
      'Comparison with NaN',
      'A value is compared with NaN.',
      'Nothing equals NaN, so the comparison has always the same answer.',
      'Use Number.isNaN().',
    ],
    [
      'unknown-typeof',
      'typeof compared with an unknown word',
      'The result of typeof is compared with a word that it never gives.',
      'The comparison never holds.',
      'Compare with one of the words that typeof gives.',
    ],
    [
      'compares-with-itself',
      'Comparison with itself',
      'A value is compared with itself.',
      'The answer is always the same: one side was probably meant to be something else.',
      'Correct one of the sides.',
    ],
    [
      'same-operands',
      'Same operand twice',
      'Both sides of an operator are the same.',
      'The operator does nothing: one side was probably meant to be something else.',
      'Correct one of the sides, or remove the operator.',
    ],
    [
      'duplicate-key',
      'Key written twice',
      'An object has the same key twice.',
      'The first value is lost without a word.',
      'Remove one of them, or correct its name.',
    ],
    [
      'duplicate-case',
      'Case written twice',
      'A switch has the same case twice.',
      'The second one never runs.',
      'Remove it, or correct its value.',
    ],
    [
      'unreachable-code',
      'Code that never runs',
      'Code stands behind a return, throw, break or continue.',
      'It looks as if it did something, but never runs.',
      'Remove it, or move it to where it runs.',
    ],
    [
      'empty-catch',
      'Error dropped',
      'An error is caught and dropped without a word.',
      'The fault shows later and elsewhere, without its cause.',
      'Handle it, or say in a comment why it can be ignored.',
    ],
    [
      'async-executor',
      'Promise made with an async function',
      'The executor of a promise is an async function.',
      'What it throws is lost, and the promise never settles.',
      'Use the async function itself, or catch inside and call reject.',
    ],
    [
      'async-foreach',
      'forEach with an async callback',
      'forEach is given an async callback.',
      'It does not wait: errors are lost, and what follows runs before the callbacks have ended.',
      'Use for ... of with await, or Promise.all over map.',
    ],
    [
      'missing-import',
      'Import of a missing file',
      'A file is imported that is not there.',
      'The module cannot load.',
      'Correct the path, or add the file.',
    ],
  ),
  ...of(
    'maintainability',
    [
      'complex-function',
      'Complex function',
      'A function makes far more decisions than people can hold in mind.',
      'It is hard to test and to change without a new fault.',
      'Move branches that belong together into functions of their own, guards first.',
    ],
    [
      'import-cycle',
      'Import cycle',
      'Modules import each other in a circle when the program loads.',
      'What a module sees depends on which one is loaded first; none of them can be used or tested alone.',
      'Move what both sides need into a module of its own, or turn one import around.',
    ],
    [
      'hot-spot',
      'Hot spot',
      'A file changes often and is hard to read.',
      'Changes there take longest and bring most faults.',
      'Split it where its reasons to change part, the busiest part first.',
    ],
  ),
  ...of('security', [
    'secret',
    'Secret in a file',
    'A file holds what looks like a key, a token or a password.',
    'Whoever can read the repository, now or later, can use it.',
    'Revoke it first, then remove it; history keeps it.',
  ]),
  ...of(
    'tests',
    [
      'focused-test',
      'Focused test',
      'A test is marked so that only it runs.',
      'The other tests of the file are skipped, and nobody notices when they break.',
      'Remove the focus.',
    ],
    [
      'untested-hot-spot',
      'Hot spot without a test',
      'A file that changes often is imported by no test, directly or indirectly.',
      'Its next fault is found by users.',
      'Write tests for what changes most.',
    ],
  ),
  ...of(
    'docs',
    [
      'dead-link',
      'Dead link',
      'A page links to a file that is not there.',
      'Readers end nowhere.',
      'Correct the link, or remove it.',
    ],
    [
      'missing-script',
      'Page names a missing script',
      'A page tells readers to run a script that does not exist.',
      'The first thing a newcomer tries fails.',
      'Correct the name, or add the script.',
    ],
  ),
  ...of(
    'hygiene',
    [
      'merge-marker',
      'Unresolved merge conflict',
      'A file holds the markers of a merge conflict.',
      'Neither side of the merge was chosen; the file probably does not even parse.',
      'Choose a side, and remove the markers.',
    ],
    [
      'broken-json',
      'JSON that cannot be read',
      'A JSON file does not parse.',
      'Whatever reads it fails.',
      'Correct it at the place that is named.',
    ],
    [
      'large-file',
      'Large file',
      'A file of more than 1 MiB is tracked.',
      'Every clone carries every version of it, for ever.',
      'Keep it outside the repository, or in a store for large files.',
    ],
  ),
]);

export const KNOWN_KINDS: readonly string[] = [...KINDS.keys()];

/** A kind without a text, from a report of another version, goes by its words. */
export function kindText(kind: string): KindText {
  const name = kind.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());
  const unknown = { name, short: `${name}.`, why: '', help: 'See the finding itself.', topic: 'hygiene' } as const;
  return KINDS.get(kind) ?? unknown;
}
