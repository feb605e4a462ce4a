import type { CiFile } from './ci-steps.ts';
import type { Detected } from './detected.ts';
import { countOf } from './words.ts';

type Used = Readonly<{ action: string; ref: string; line: number; path: string }>;

/** Written by those who run the service. */
const FIRST_PARTY = new Set(['actions', 'github']);
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
/** Branches by their usual names: what they stand for changes every day. */
const BRANCH = /^(?:main|master|develop|dev|trunk|head|latest|next|release|stable|v?\d+\.x)$/i;
/** What a stolen action would be after. */
const POWERFUL =
  /\$\{\{[^}]*\bsecrets\.(?!GITHUB_TOKEN\b)\w+|\bsecrets:\s*inherit|^\s*(?:contents|packages|id-token|actions):\s*write\b/m;

/**
 * Actions of others by a tag or branch, which its owner can move at any time. Where secrets are at stake: one finding
 * for each file; elsewhere one for all.
 */
export function unpinnedActions(files: readonly CiFile[], owners: ReadonlySet<string>): readonly Detected[] {
  const byFile = files
    .filter(({ service }) => service === 'GitHub')
    .map((file) => ({ file, used: usedIn(file, owners) }))
    .filter(({ used }) => used.length > 0);
  const isSerious = ({ file }: (typeof byFile)[number]): boolean => POWERFUL.test(file.text);
  const serious = byFile.filter(isSerious).map(({ used }) => finding(used, true));
  const rest = byFile.filter((one) => !isSerious(one)).flatMap(({ used }) => used);
  return rest.length === 0 ? serious : [...serious, finding(rest, false)];
}

function usedIn({ path, jobs }: CiFile, owners: ReadonlySet<string>): readonly Used[] {
  const all = jobs
    .flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    .flatMap(({ text, line }): readonly Used[] => {
      const [, action, ref] = /^([\w.-]+\/[^@\s]+)@([^\s#]+)$/.exec(text) ?? [];
      return action === undefined || ref === undefined ? [] : [{ action, ref, line, path }];
    })
    .filter((one) => isMovable(one, owners));
  return [...new Map(all.map((one) => [`${one.action}@${one.ref}`, one])).values()];
}

function isMovable({ action, ref }: Used, owners: ReadonlySet<string>): boolean {
  const owner = action.split('/')[0]?.toLowerCase() ?? '';
  if (owners.has(owner) || (FIRST_PARTY.has(owner) && !BRANCH.test(ref))) return false;
  return !COMMIT.test(ref) && !ref.includes('${{');
}

function finding(all: readonly Used[], isSerious: boolean): Detected {
  const branches = all.filter(({ ref }) => BRANCH.test(ref));
  const used = [...branches, ...all.filter((one) => !branches.includes(one))];
  const { action, ref, path: file, line } = used[0] ?? { action: '', ref: '', path: '', line: 0 };
  return {
    kind: 'unpinned-action',
    severity: isSerious ? 'medium' : 'low',
    confidence: branches.length > 0 ? 0.85 : 0.75,
    title: titleOf(used, branches.length > 0),
    file,
    line,
    anchor: [...new Set(used.map((one) => one.action))].toSorted().join(' '),
    evidence: [
      ...used
        .slice(0, 6)
        .map((one) => ({ source: 'ci', text: `uses: ${one.action}@${one.ref}`, ref: `${one.path}:${one.line}` })),
      { source: 'ci', text: isSerious ? RISK_WITH_RIGHTS : RISK },
    ],
    fix: `Name the commit instead, with the version in a comment: uses: ${action}@<commit> # ${ref}. A tool for updates keeps it fresh.`,
  };
}

const RISK = 'Whoever moves the name runs other code in the build.';
const RISK_WITH_RIGHTS = 'This workflow holds secrets or may write: whoever moves the name runs code with them.';

function titleOf(used: readonly Used[], hasBranch: boolean): string {
  const names = [...new Set(used.map(({ action, ref }) => `${action}@${ref}`))];
  if (names.length === 1) return `${names[0] ?? ''} is used by ${hasBranch ? 'a branch' : 'a tag'} that can move`;
  const files = new Set(used.map(({ path }) => path)).size;
  const where = files > 1 ? ` in ${files} workflows` : '';
  return `${countOf(names.length, 'action')} of others${where} are used by names that can move`;
}
