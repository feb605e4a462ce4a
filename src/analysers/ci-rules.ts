import { commandsOf, findCheck, type CiFile, type CiJob, type CiStep } from './ci-steps.ts';
import type { Detected } from './detected.ts';
import { countOf } from './words.ts';

/** Jobs that try out what is not expected to work yet. */
const EXPERIMENT =
  /nightly|canary|experimental|unstable|\bnext\b|\bbeta\b|preview|upcoming|allowed?[-_ ]fail|optional|future|alternative|\bdev\b|-dev\b/i;
/** Steps that tell of a result rather than make one. */
const TELLING = /report|upload|artifact|comment|coverage|codecov|badge|notify|summary|cache|merge-/i;
/** Of all that is checked, what matters most. */
const TESTS = /test|spec|jest|mocha|ctest|e2e|verify|playwright|cypress/i;
const SWALLOWED = /\|\|\s*(?:true|:|exit 0|echo\b.*)\s*(?:[;)].*)?$/;

type Place = Readonly<{ file: CiFile; job: CiJob }>;

/** Tests, checks and builds that may fail without anybody noticing. Whole jobs are one finding for each file. */
export function ignoredFailures(file: CiFile): readonly Detected[] {
  if (EXPERIMENT.test(file.path)) return [];
  const jobs = file.jobs.filter(({ name, condition }) => !EXPERIMENT.test(name) && condition !== 'manual');
  const whole = jobs.filter(({ ignoresFailureAt }) => ignoresFailureAt !== undefined);
  const steps = jobs.filter((job) => !whole.includes(job)).flatMap((job) => job.steps.map((step) => ({ job, step })));
  return [...ignoredJobs(file, whole), ...steps.flatMap(({ job, step }) => stepIgnored({ file, job }, step))];
}

function ignoredJobs(file: CiFile, jobs: readonly CiJob[]): readonly Detected[] {
  const checked = jobs.flatMap(({ name, steps, ignoresFailureAt: line = 0 }) => {
    const checks = steps.flatMap((step) => checksOf(step).map(({ check }) => check));
    const check = checks.find((one) => TESTS.test(one)) ?? checks[0];
    return check === undefined ? [] : [{ name, line, check }];
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
      ? `CI stays green when job "${name}" fails`
      : `CI stays green when one of ${checked.length} jobs fails`;
  return [{ ...finding, title, evidence }];
}

function stepIgnored({ file, job }: Place, step: CiStep): readonly Detected[] {
  if (TELLING.test(step.name)) return [];
  const isAsked = step.id !== '' && file.text.includes(`steps.${step.id}.`);
  const checks = checksOf(step).filter(({ command }) => !TELLING.test(command));
  if (step.ignoresFailureAt !== undefined && !isAsked) {
    const [first] = checks;
    if (first === undefined || EXPERIMENT.test(step.name)) return [];
    const text = `The step runs ${first.check}; it may fail and the job goes on as if nothing had happened.`;
    return [ignored({ file, line: step.ignoresFailureAt, what: `step of ${job.name}`, check: first.check, text })];
  }
  return checks
    .filter(({ command, check }) => SWALLOWED.test(command.slice(command.indexOf(check))))
    .slice(0, 1)
    .map(({ command, check, line }) =>
      ignored({ file, line, what: `step of ${job.name}`, check, text: command.slice(0, 200) }),
    );
}

type Check = Readonly<{ command: string; check: string; line: number }>;

function checksOf({ run }: CiStep): readonly Check[] {
  if (run === undefined || run.isScript) return [];
  return commandsOf(run.text).flatMap(({ command, line }) => {
    const check = findCheck(command);
    return check === undefined ? [] : [{ command, check, line: run.line + line }];
  });
}

type Ignored = Readonly<{ file: CiFile; line: number; what: string; check: string; text: string }>;

function ignored({ file, line, what, check, text }: Ignored): Detected {
  return {
    kind: 'failure-ignored',
    severity: TESTS.test(check) ? 'high' : 'medium',
    confidence: 0.75,
    title: `CI goes on when "${check}" fails`,
    file: file.path,
    line,
    anchor: `${what} ${check}`,
    evidence: [{ source: 'ci', text, ref: `${file.path}:${line}` }],
    fix: 'Let the failure stop the build; or, if it is not meant to, run it apart and say why in a comment.',
  };
}

/** What others than the project's own people write, and how it comes into a workflow. */
const UNTRUSTED =
  /github\.(?:event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages[^\s}]*\.page_name|commits[^\s}]*\.(?:message|author\.(?:email|name))|head_commit\.(?:message|author\.(?:email|name))|workflow_run\.(?:head_branch|display_title|head_commit\.message|pull_requests[^\s}]*\.head\.ref))|head_ref)\b/;
/** Their answer is true or false, whatever is put in. */
const ASKED = /\b(?:contains|startsWith|endsWith|hashFiles)\s*\(|[=!]=|&&\s*'|fromJSON/i;
/** Anybody may start these, and the workflow runs with the rights of the repository. */
const FOR_ANYBODY = [
  'pull_request_target',
  'issues',
  'issue_comment',
  'discussion',
  'discussion_comment',
  'workflow_run',
];

/** `${{ github.event.issue.title }}` in a script: whoever writes the title writes the script. */
export function untrustedInput(file: CiFile): readonly Detected[] {
  const isOpen = FOR_ANYBODY.some((trigger) => file.triggers.has(trigger));
  return file.jobs.flatMap(({ name, steps }) =>
    steps.flatMap(({ run }): readonly Detected[] => {
      if (run === undefined) return [];
      const found = [...run.text.matchAll(/\$\{\{([\s\S]{1,300}?)\}\}/g)].find(
        ([, inside = '']) => UNTRUSTED.test(inside) && !ASKED.test(inside),
      );
      if (found === undefined) return [];
      const input = UNTRUSTED.exec(found[0])?.[0] ?? '';
      const line = run.line + run.text.slice(0, found.index).split('\n').length - 1;
      const ref = `${file.path}:${line}`;
      const rights = isOpen
        ? 'Anybody can start this workflow, and it runs with the secrets and rights of the repository.'
        : 'On a pull request from a fork the script runs with few rights; on branches of the repository with all.';
      return [
        {
          kind: 'untrusted-input-in-script',
          severity: isOpen ? ('critical' as const) : ('medium' as const),
          confidence: 0.9,
          title: `${input} is put into a script as it is`,
          file: file.path,
          line,
          anchor: `${name} ${input}`,
          evidence: [
            { source: 'ci', text: lineAround(run.text, found.index), ref },
            { source: 'ci', text: `Who writes that text writes commands. ${rights}` },
          ],
          fix: `Hand it over in the environment, env: { VALUE: \${{ ${input} }} }, and write "$VALUE" in the script.`,
        },
      ];
    }),
  );
}

function lineAround(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text
    .slice(text.lastIndexOf('\n', at) + 1, end < 0 ? text.length : end)
    .trim()
    .slice(0, 200);
}

const HEAD =
  /github\.event\.(?:pull_request\.head\.(?:sha|ref|repo)|workflow_run\.head_(?:sha|branch|commit)|pull_request\.merge_commit_sha)|github\.head_ref|refs\/pull\//;
/** Somebody of the project has looked, or is asked. */
const GUARD =
  /author_association|label|github\.actor\b|\.user\.login\b|permission|head\.repo\.full_name\s*==|\.fork\s*==\s*false|!\s*github\.event\.pull_request\.head\.repo\.fork/;
/** Commands that run what was checked out. */
const RUNS_IT =
  /\b(?:npm|pnpm|yarn|bun|npx|node|pip|python3?|poetry|uv|make|cmake|cargo|go|mvnw?|gradlew?|bundle|rake|composer|docker|tox|nox|pytest|deno)\b|(?:^|\s)\.\/|\b(?:ba)?sh\s+\S+\.sh/m;

/** `pull_request_target` runs with the repository's secrets; the head of the request is anybody's code. */
export function untrustedCheckouts(file: CiFile): readonly Detected[] {
  const trigger = ['pull_request_target', 'workflow_run', 'issue_comment'].find((one) => file.triggers.has(one));
  if (trigger === undefined) return [];
  return file.jobs.flatMap((job): readonly Detected[] => {
    const at = job.steps.findIndex(
      ({ uses, with: given }) =>
        uses?.text.startsWith('actions/checkout@') === true &&
        HEAD.test(`${given.get('ref') ?? ''} ${given.get('repository') ?? ''}`),
    );
    const step = job.steps[at];
    if (step === undefined || GUARD.test(`${job.condition} ${step.condition}`)) return [];
    const later = job.steps
      .slice(at + 1)
      .find(
        ({ run, uses }) =>
          (run !== undefined && !run.isScript && RUNS_IT.test(run.text)) || uses?.text.startsWith('./') === true,
      );
    if (later === undefined) return []; // looked at, not run
    const ref = `${file.path}:${step.line}`;
    const what = `ref: ${step.with.get('ref') ?? ''} ${step.with.get('repository') ?? ''}`.trim();
    return [
      {
        kind: 'untrusted-checkout',
        severity: 'critical',
        confidence: 0.85,
        title: `${trigger} checks out the code of the pull request and runs it`,
        file: file.path,
        line: step.line,
        anchor: `${job.name} ${trigger}`,
        evidence: [
          { source: 'ci', text: what, ref },
          { source: 'ci', text: `Then: ${later.name}`, ref: `${file.path}:${later.line}` },
          { source: 'ci', text: `${trigger} has the secrets of the repository, and a token that may write.` },
        ],
        fix: 'Run such code under pull_request, which has no secrets; or check out the base branch only.',
      },
    ];
  });
}

/** Words that may stand for running tests, loosely: a script of the project may do it. */
const MAY_TEST =
  /\b(?:tests?|spec|check|verify|ci|tox|nox|pytest|jest|vitest|mocha|make|cmake|ctest|meson|bazel|mvnw?|gradlew?|rake|coverage|e2e|all|validate|turbo|nx|wireit|act)\b|test:|:test|\.sh\b|(?:^|\s)\.\//i;

/** There are tests, and no build service that we can read runs them. */
export function noTestStep(files: readonly CiFile[], tests: number): readonly Detected[] {
  const [first] = files;
  const steps = files.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));
  const isUnclear =
    files.some(({ service, jobs }) => service === 'other' || jobs.length === 0) ||
    steps.some(
      ({ run, uses }) =>
        (run !== undefined && MAY_TEST.test(run.text.replaceAll(/\bnpm ci\b/g, ''))) || mayCallTests(uses?.text ?? ''),
    );
  if (first === undefined || tests < 3 || steps.length === 0 || isUnclear) return [];
  const count = countOf(files.length, 'file');
  return [
    {
      kind: 'no-test-step',
      severity: 'medium',
      confidence: 0.8,
      title: 'There are tests, and CI does not run them',
      file: first.path,
      line: 0,
      anchor: 'no test step',
      evidence: [
        { source: 'ci', text: `None of the ${countOf(steps.length, 'step')} in ${count} runs tests.`, ref: first.path },
        { source: 'inventory', text: `${countOf(tests, 'file')} look like tests.` },
      ],
      fix: 'Add a step that runs the tests on every push and pull request.',
    },
  ];
}

/** A workflow somewhere else, or an action of the project: what it does is not seen here. */
function mayCallTests(uses: string): boolean {
  if (uses.startsWith('actions/')) return false;
  return (
    uses.startsWith('./') ||
    uses.includes('/.github/workflows/') ||
    /test|cypress|playwright|coverage|check/i.test(uses)
  );
}
