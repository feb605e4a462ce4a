import { commentsAround } from '../../ci-comments.ts';
import { asRecord, asText, parseJson } from '../../json-value.ts';
import type { Motion } from '../ballot.ts';
import { namesIn } from '../on-disk.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** The workflow as lines of text; each of these reads it without knowing YAML. */
const linesOf = ({ finding }: Motion, { reader }: Bench): readonly string[] =>
  (reader.text(finding.file) ?? '').split('\n');

const refOf = ({ finding: { file, line } }: Motion): string => `${file}:${line}`;

export function unpinnedAction(motion: Motion, bench: Bench): Opinion {
  const line = linesOf(motion, bench)[motion.finding.line - 1] ?? '';
  const [, action = '', ref = ''] = /^\s*(?:-\s*)?uses:\s*["']?([\w.-]+\/[^@\s"']+)@([^\s#"']+)/.exec(line) ?? [];
  if (action === '') return reject('The line uses no action of others.');
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref)) return reject('The line names a commit, which cannot move.');
  return approve(`Behind the "@" stands "${ref}", not the 40 signs of a commit.`, {
    text: line.trim().slice(0, 120),
    ref: refOf(motion),
  });
}

/** People say in a comment when a failure is meant to be passed over. */
const MEANT =
  /\b(?:allow|expected|known|flaky|optional|ignore|best.effort|on purpose|intended|not (?:yet )?(?:support|stable|ready)|experimental|informational|non-?blocking|advisory|todo|don't fail|do not fail|may fail|can fail|unstable)/i;

export function failureIgnored(motion: Motion, bench: Bench): Opinion {
  const lines = linesOf(motion, bench);
  const at = motion.finding.line - 1;
  const { comment, name } = wordsBeside(lines, at);
  // What was meant for a while is found because that while is over: its comment says nothing against it.
  const isForAWhile = motion.finding.title.includes('for a while only');
  if (!isForAWhile && MEANT.test(comment)) return reject(`A comment says that it is meant: "${comment.slice(0, 80)}".`);
  if (!isForAWhile && MEANT.test(name)) return reject(`Its name says that it is meant: "${name.slice(0, 80)}".`);
  const found = lines
    .slice(at, at + 12)
    .find((line) =>
      /continue-on-error:\s*["']?true|allow_failure:\s*true|\|\|\s*(?:true|:|exit 0|echo)|ignoreErrors?|continueOnError:\s*true|set \+e/i.test(
        line,
      ),
    );
  if (found === undefined) return reject('No word in these lines lets a failure pass.');
  if (!isForAWhile && /\bjobs?\b/.test(motion.finding.title) && lines.some((line) => /^\s+matrix:/.test(line))) {
    return abstain('It stands for a whole job with a matrix, where some cells may be known to fail.');
  }
  const why = isForAWhile || comment !== '' ? '' : ', and no comment says why';
  return approve(`The failure is passed over by "${found.trim().slice(0, 80)}"${why}.`, {
    text: found.trim().slice(0, 120),
    ref: refOf(motion),
  });
}

/** The comments above and inside of the step or job that the line is of, and its name. */
function wordsBeside(lines: readonly string[], at: number): Readonly<{ comment: string; name: string }> {
  const indent = (line: string): number => line.length - line.trimStart().length;
  const own = indent(lines[at] ?? '');
  const isStart = (line: string): boolean => /^\s*- /.test(line) && indent(line) < Math.max(own, 1);
  const isJob = (line: string): boolean => /^ {0,4}[\w-]+:\s*$/.test(line) && indent(line) < own;
  const isOpened = /^\s*- /.test(lines[at] ?? '');
  const above = isOpened ? at : lines.slice(0, at).findLastIndex((line) => isStart(line) || isJob(line));
  const start = Math.max(0, above);
  const names = lines.slice(start, at + 1).flatMap((line) => /^\s*(?:-\s*)?name:\s*(.+)$/.exec(line)?.[1] ?? []);
  return { comment: commentsAround(lines, start + 1, at + 2), name: names[0] ?? '' };
}

const TESTS = /\b(?:tests?|spec|pytest|jest|vitest|mocha|tox|ctest|check|verify|e2e)\b/i;

/** What the scripts do that the workflows start. */
export function noTestStep(_: Motion, { root, reader }: Bench): Opinion {
  const folder = '.github/workflows';
  const texts = namesIn(root, folder).map((name) => reader.text(`${folder}/${name}`) ?? '');
  const scripts = asRecord(asRecord(parseJson(reader.text('package.json') ?? ''))['scripts']);
  const started = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:npm|pnpm|yarn|bun) (?:run )?([\w:.-]+)/g)].map(([, name = '']) => name),
  );
  const through = started.find((name) => TESTS.test(asText(scripts[name]) ?? ''));
  if (through !== undefined) return reject(`Script "${through}", which a workflow starts, runs tests.`);
  const direct = texts
    .flatMap((text) => text.split('\n'))
    .find(
      (line) =>
        /^\s*(?:-\s*)?(?:run:|[\w./-]+ )/.test(line) &&
        /\b(?:npm t|test)\b/.test(line) &&
        !/^\s*#/.test(line) &&
        !/name:/.test(line),
    );
  if (direct !== undefined) return reject(`"${direct.trim().slice(0, 60)}" runs tests.`);
  return approve(`None of ${new Set(started).size} scripts that the workflows start speaks of tests.`);
}

/** By its indentation: does the value stand in a script, or in the environment where it is safe? */
export function untrustedInput(motion: Motion, bench: Bench): Opinion {
  const lines = linesOf(motion, bench);
  const at = motion.finding.line - 1;
  const line = lines[at] ?? '';
  if (!/\$\{\{.*github\.(?:event\.|head_ref)/.test(line)) return reject('The line takes nothing from the event.');
  const key = keyAbove(lines, at);
  if (!/^(?:run|script|-\s*run)/.test(key))
    return reject(`It stands below "${key}", where it is handed over as a value.`);
  return approve(`It stands below "${key}": the shell reads it as commands.`, {
    text: line.trim().slice(0, 120),
    ref: refOf(motion),
  });
}

/** The nearest key that is indented less, or on the line itself. */
function keyAbove(lines: readonly string[], at: number): string {
  const own = /^\s*(?:-\s*)?(run|script):/.exec(lines[at] ?? '');
  if (own !== null) return own[1] ?? '';
  const indent = (line: string): number => line.length - line.trimStart().length;
  const base = indent(lines[at] ?? '');
  const above = lines.slice(0, at).findLast((line) => line.trim() !== '' && indent(line) < base);
  return (/^\s*(?:-\s*)?([\w-]+):/.exec(above ?? '')?.[1] ?? '').trim();
}

/** Rights taken away, or somebody asked first. */
const GUARDED =
  /^\s*permissions:\s*(?:\{\}|read-all|none)\s*$|author_association|environment:\s*\S|contains\(.*labels|github\.actor\s*==|head\.repo\.full_name\s*==\s*github\.repository/m;

export function untrustedCheckout(motion: Motion, bench: Bench): Opinion {
  const lines = linesOf(motion, bench);
  const text = lines.filter((line) => !/^\s*#/.test(line)).join('\n');
  const trigger = /\b(?:pull_request_target|workflow_run|issue_comment)\b/.exec(text)?.[0];
  const ref = /^\s*(?:ref|repository):.*(?:head|pull)/m.exec(text)?.[0].trim();
  if (trigger === undefined || ref === undefined)
    return reject('Outside comments it names no trigger with rights, or no head to check out.');
  const guard = GUARDED.exec(text)?.[0].trim();
  if (guard !== undefined) return reject(`"${guard.slice(0, 80)}" stands before it.`);
  return approve(`${trigger} and "${ref.slice(0, 80)}" stand in one file, and nothing takes its rights away.`, {
    text: ref,
    ref: refOf(motion),
  });
}

/** Lines without their comments: does anything say what the token may do? */
export function unstatedRights(motion: Motion, bench: Bench): Opinion {
  const lines = linesOf(motion, bench).map((line) => line.replace(/(?:^|\s)#.*$/, ''));
  const whole = lines.findIndex((line) => line.startsWith('permissions:'));
  if (whole >= 0) return reject(`Line ${whole + 1} says what every job of the file may do.`);
  const inJobs = lines.filter((line) => /^\s+permissions:/.test(line)).length;
  const jobs = lines.filter((line) => /^ {2}[\w-]+:\s*$/.test(line)).length;
  if (inJobs > 0 && inJobs >= jobs) return reject(`Each of ${jobs} jobs says what it may do.`);
  const said = inJobs === 0 ? 'No line of the file' : `Only ${inJobs} of ${jobs} jobs`;
  return approve(`${said} says "permissions:".`, { text: `permissions: ${inJobs} times`, ref: refOf(motion) });
}

/** The line itself: which action, by which name. */
export function outdatedAction(motion: Motion, bench: Bench): Opinion {
  const line = linesOf(motion, bench)[motion.finding.line - 1] ?? '';
  const [, action = '', ref = ''] = /^\s*(?:-\s*)?uses:\s*["']?([\w./-]+)@([^\s#"']+)/.exec(line) ?? [];
  if (action === '') return reject('The line uses no action.');
  const version = /^v?(\d+)/.exec(ref)?.[1];
  if (version === undefined) return abstain(`"${ref}" does not tell how old it is.`);
  return approve(`The line uses ${action} in its version ${version}.`, {
    text: line.trim().slice(0, 120),
    ref: refOf(motion),
  });
}
