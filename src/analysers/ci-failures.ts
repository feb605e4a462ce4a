import { commentsAround } from './ci-comments.ts';
import { commandsOf, findCheck, type CiFile, type CiJob, type CiStep } from './ci-steps.ts';
import type { Detected } from './detected.ts';
import type { LineOrigin } from './line-origin.ts';
import { shortened } from './words.ts';

/** Jobs that try out what is not expected to work yet. */
const EXPERIMENT =
  /nightly|canary|\bedge\b|\bhead\b|experimental|unstable|\bnext\b|\bbeta\b|preview|upcoming|allowed?[-_ ]fail|optional|future|alternative|\bdev\b|-dev\b/i;
/** Steps that tell of a result rather than make one. */
const TELLING = /report|upload|artifact|comment|coverage|codecov|badge|notify|summary|cache|merge-/i;
/** Of all that is checked, what matters most. */
const TESTS = /test|spec|jest|mocha|ctest|e2e|verify|playwright|cypress/i;
const SWALLOWED = /\|\|\s*(?:true|:|exit 0|echo\b.*)\s*(?:[;)].*)?$/;
/** Words of people who let a failure pass on purpose. */
const MEANT =
  /allow|expect|known|flak|optional|ignor|best.?effort|purpose|intend|intention|not (?:yet )?(?:support|stable|ready|work|require)|experimental|informational|non-?block|advisory|\bfail|unstable|tolera|because|since\b|broken|work-?around|\/issues\/\d+|#\d{2,}/i;
const NAMED_AS_MEANT =
  /allow|known|flak|optional|ignor|best.?effort|experimental|informational|non-?block|advisory|(?:may|can|might|to) fail|unstable|tolera/i;
/** It was to be for a while. */
const TEMPORARY =
  /temporar|short[- ]?term|for now\b|for the moment|until\b|work-?around|\btodo\b|\bfixme\b|re-?enable|revisit/i;
const YEAR_MS = 365 * 24 * 3_600_000;

/** A command that changes the sources instead of judging them: what it could not mend is told of elsewhere. */
const REPAIRS =
  /\s--(?:fix|write|autocorrect\S*|auto-correct\S*)\b|\w[:_-](?:fix|format|fmt)\b|(?<![-\w./])(?:format|fmt)\b/;
const ONLY_LOOKS = /--(?:check|dry-run|list-different)\b|\b(?:fmt|format|fix)[:_-]check\b|\bcheck[:_-](?:fmt|format)\b/;
/** Actions that take what the steps before them changed, and hand it in. */
const HANDS_IN =
  /^(?:autofix-ci\/action|stefanzweifel\/git-auto-commit-action|EndBug\/add-and-commit|peter-evans\/create-pull-request|reviewdog\/action-suggester|parkerbxyz\/suggest-changes)@/i;

/** A failure that is passed over: the finding it would be, and what people wrote beside it. */
export type Ignored = Readonly<{ finding: Detected; said: string; check: string }>;

/** Tests, checks and builds that may fail without anybody noticing. Whole jobs are one for each file. */
export function ignoredFailures(file: CiFile): readonly Ignored[] {
  if (EXPERIMENT.test(file.path)) return [];
  const jobs = file.jobs.filter(({ name, condition }) => !EXPERIMENT.test(name) && condition !== 'manual');
  const whole = jobs.filter(({ ignoresFailureAt }) => ignoresFailureAt !== undefined);
  const steps = jobs.filter((job) => !whole.includes(job)).flatMap((job) => job.steps.map((step) => ({ job, step })));
  return [...ignoredJobs(file, whole), ...steps.flatMap(({ job, step }) => stepIgnored({ file, job }, step))];
}

/**
 * What is left of it once it is known what people said, and what brought the line: nothing where they gave a reason;
 * where they meant it for a while, and that while is over, just that.
 */
export function judged({ finding, said, check }: Ignored, origin: LineOrigin | undefined): readonly Detected[] {
  const brought = origin === undefined ? [] : [{ source: 'history', text: `Since ${origin.day}: ${origin.summary}` }];
  if (said === '' && !MEANT_BY_COMMIT.test(origin?.summary ?? ''))
    return [{ ...finding, evidence: [...finding.evidence, ...brought] }];
  const isOld = origin !== undefined && origin.newestMs - origin.atMs > YEAR_MS;
  if (!isOld || !TEMPORARY.test(said)) return [];
  return [
    {
      ...finding,
      severity: 'medium',
      title: `"${shortened(check, 40)}" may fail, for a while only: since ${origin.day}`,
      evidence: [...finding.evidence, { source: 'ci', text: `Said beside it: ${said.slice(0, 200)}` }, ...brought],
      fix: 'Let the failure stop the build again; or say in the comment why it still may not.',
    },
  ];
}

const MEANT_BY_COMMIT =
  /continue-on-error|allow|ignore|non-?block|flak|(?:don't|do not|not) fail|optional|tolera|informational|may fail/i;

type Place = Readonly<{ file: CiFile; job: CiJob }>;

function ignoredJobs(file: CiFile, jobs: readonly CiJob[]): readonly Ignored[] {
  const checked = jobs.flatMap((job) => {
    const checks = job.steps.flatMap((step) => checksOf(job, step).map(({ check }) => check));
    const check = checks.find((one) => TESTS.test(one)) ?? checks[0];
    const line = job.ignoresFailureAt ?? 0;
    const said = saidBeside(file, { name: job.name, from: job.line, to: line });
    return check === undefined || said !== '' ? [] : [{ name: job.name, line, check }];
  });
  const [first, ...more] = checked;
  if (first === undefined) return [];
  const { name, line, check } = first;
  const finding = ignored({ file, line, what: `job ${name}`, check, text: '' });
  const evidence = checked.slice(0, 6).map((one) => ({
    source: 'ci',
    text: `Job ${one.name} runs ${one.check}, and the build is green whether it fails or not.`,
    ref: `${file.path}:${one.line}`,
  }));
  const title =
    more.length === 0
      ? `CI stays green when job "${shortened(name, 40)}" fails`
      : `CI stays green when one of ${checked.length} jobs fails, such as "${shortened(name, 30)}"`;
  return [{ finding: { ...finding, title, evidence }, said: '', check }];
}

function stepIgnored({ file, job }: Place, step: CiStep): readonly Ignored[] {
  const isAsked = step.id !== '' && file.text.includes(`steps.${step.id}.`);
  const what = `step of ${job.name}`;
  const checks = checksOf(job, step).filter(({ command, check }) => TESTS.test(check) || !TELLING.test(command));
  const [first] = checks;
  const isNamed = step.run?.text.trimStart().startsWith(step.name) !== true;
  if (isNamed && TELLING.test(step.name)) return [];
  if (step.ignoresFailureAt !== undefined && !isAsked) {
    if (first === undefined || EXPERIMENT.test(step.name)) return [];
    const text = `The step runs ${first.check}; it may fail and the job goes on as if nothing had happened.`;
    const line = step.ignoresFailureAt;
    const said = saidBeside(file, { name: step.name, from: step.line, to: line });
    return [{ finding: ignored({ file, line, what, check: first.check, text }), said, check: first.check }];
  }
  return checks
    .filter(({ command, check }) => SWALLOWED.test(command.slice(command.indexOf(check))))
    .slice(0, 1)
    .map(({ command, check, line }) => {
      const said = saidBeside(file, { name: step.name, from: step.line, to: line });
      return { finding: ignored({ file, line, what, check, text: command.slice(0, 200) }), said, check };
    });
}

/** The comments around a step or job, and its name, where they tell that its failure is meant to pass; else `''`. */
function saidBeside(
  { text }: CiFile,
  { name, from, to }: Readonly<{ name: string; from: number; to: number }>,
): string {
  const comments = commentsAround(text.split('\n'), from, to);
  if (MEANT.test(comments) || TEMPORARY.test(comments)) return comments;
  return NAMED_AS_MEANT.test(name) || TEMPORARY.test(name) ? name : '';
}

type Check = Readonly<{ command: string; check: string; line: number }>;

/** What the step judges; not what it repairs, nor what is repaired by its job. */
function checksOf(job: CiJob, step: CiStep): readonly Check[] {
  const { run } = step;
  if (run === undefined || run.isScript) return [];
  const later = job.steps.slice(job.steps.indexOf(step) + 1);
  const isHandedIn = later.some(({ uses }) => HANDS_IN.test(uses?.text ?? ''));
  return commandsOf(run.text).flatMap(({ command, line }) => {
    const check = findCheck(command);
    if (check === undefined || (!TESTS.test(check) && (isHandedIn || isRepair(command)))) return [];
    return [{ command, check, line: run.line + line }];
  });
}

function isRepair(command: string): boolean {
  return REPAIRS.test(command) && !ONLY_LOOKS.test(command);
}

type Found = Readonly<{ file: CiFile; line: number; what: string; check: string; text: string }>;

function ignored({ file, line, what, check, text }: Found): Detected {
  return {
    kind: 'failure-ignored',
    severity: TESTS.test(check) ? 'high' : 'medium',
    confidence: 0.75,
    title: `CI goes on when "${shortened(check, 60)}" fails`,
    file: file.path,
    line,
    anchor: `${what} ${check}`,
    evidence: [{ source: 'ci', text, ref: `${file.path}:${line}` }],
    fix: 'Let the failure stop the build; or, if it is not meant to, run it apart and say why in a comment.',
  };
}
