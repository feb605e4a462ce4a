import type { Motion } from '../ballot.ts';
import { abstain, approve, type Bench, type Opinion } from '../opinion.ts';
import { TokenList } from './tokens.ts';

/** Faults of a linter's rules that the words and signs of one line show by themselves, with a blank between them. */
const SHOWN: ReadonlyMap<string, RegExp> = new Map([
  ['no-compare-neg-zero', /(?:[=!]==?|[<>]=?) - 0(?= |$)/],
  ['no-sparse-arrays', /(?:^|[=(,:?&|]|return) \[ ,|, ,/],
  ['no-new-native-nonconstructor', /\bnew (?:Symbol|BigInt) \(/],
  ['no-obj-calls', /(?<!\. |\?\. |function )\b(?:Math|JSON|Reflect|Atomics|Intl) \(/],
  ['no-empty-character-class', /(?:^| )\/(?:[^/\\ ]|\\.)*\[\](?:[^/\\ ]|\\.)*\//],
  ['oxc/bad-object-literal-comparison', /[=!]==? (?:\{ \}|\[ \])/],
  ['promise/no-new-statics', /\bnew Promise \. (?:resolve|reject|all|allSettled|any|race) \(/],
]);

/** Does the line of a complaint show what its rule is about? Asked only where one line can. */
export function lintComplaint({ finding, anchor }: Motion, { reader }: Bench): Opinion {
  const [rule = ''] = anchor.split(' ');
  const shown = SHOWN.get(rule);
  if (shown === undefined) return abstain(`One line does not show what ${rule} is about.`);
  const tokens = new TokenList(reader.text(finding.file) ?? '');
  const [first, ...more] = tokens.between(finding.line, finding.line);
  const found =
    first === undefined ? undefined : shown.exec(tokens.slice(first, (more.at(-1) ?? first) + 1))?.[0].trim();
  if (found === undefined) return abstain('The line alone does not show it.');
  return approve(`Its line has "${found}", which is what ${rule} is about.`, {
    text: found,
    ref: `${finding.file}:${finding.line}`,
  });
}
