import type { CiFile } from './ci-steps.ts';
import type { Detected } from './detected.ts';

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
  return file.jobs.flatMap(({ name, steps, writes }) =>
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
        : rightsOf(writes);
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

function rightsOf(writes: ReadonlySet<string> | undefined): string {
  const fork = 'On a pull request from a fork the script runs with few rights';
  if (writes === undefined) return `${fork}; on branches of the repository with those that its token has.`;
  if (writes.size === 0) return `${fork}, and its token may only read; it can still change what the job makes.`;
  return `${fork}; on branches of the repository with ${[...writes].map((scope) => `${scope}: write`).join(', ')}.`;
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
