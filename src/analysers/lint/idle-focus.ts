import type { Complaint } from './rule.ts';

/** A test, however it is called, switched off or repeated for many values. */
const TEST = /(?<![\w$.])(?:x|f)?(?:it|test|specify)(?:\.\w+)*\s*(?:\(|`)/;
const COMMENTS = /\/\*[^]*?\*\/|(?<!:)\/\/[^\n]*/g;

/** Where no test of the file stands outside of what is singled out, none of them is lost: said once, and quietly. */
export function withoutIdleFocus(complaints: readonly Complaint[], text: string): readonly Complaint[] {
  const focused = complaints.filter(({ kind }) => kind === 'focused-test');
  const [first] = focused;
  if (first === undefined || TEST.test(outside(focused, text).replace(COMMENTS, ''))) return complaints;
  const call = /^[^(]*/.exec(text.slice(first.at.start, first.at.end))?.[0].trim() ?? '';
  const idle: Complaint = {
    ...first,
    severity: 'low',
    title: `${call} singles out what holds every test of the file`,
    fix: 'Remove the focus: it leaves out the next test that is added beside it, and with Mocha or Jasmine those of all other files.',
  };
  return [...complaints.filter(({ kind }) => kind !== 'focused-test'), idle];
}

/** The text without what runs: of what is singled out inside something that is, the inner alone. */
function outside(focused: readonly Complaint[], text: string): string {
  const innermost = focused.filter(
    (one) => !focused.some(({ at }) => at !== one.at && at.start >= one.at.start && at.end <= one.at.end),
  );
  let [rest, from] = ['', 0];
  for (const { at } of innermost.toSorted((a, b) => a.at.start - b.at.start)) {
    rest += text.slice(from, at.start);
    from = at.end;
  }
  return rest + text.slice(from);
}
