import { alsoInLines } from './ci-lines.ts';
import { reasonNear } from './ci-comments.ts';
import { stakeIn, WITH_SECRETS, type Stake } from './ci-stakes.ts';
import type { CiFile } from './ci-steps.ts';
import type { Detected } from './detected.ts';

/** One use of an action by a name that can move, and what is at stake in its job. */
type Used = Readonly<{ action: string; ref: string; line: number; path: string; stake: Stake; isOff: boolean }>;
/** `stake`: undefined where nothing is to be gained. */
type Named = Omit<Used, 'stake'> & Readonly<{ stake: Stake | undefined }>;

/**
 * Whose repository it is, the people who keep it, and the tool that renews actions there; `''` when none does. All names
 * in small letters.
 */
export type ActionsContext = Readonly<{
  owners: ReadonlySet<string>;
  people: ReadonlySet<string>;
  keeper: string;
}>;

/** Written by those who run the service. */
const FIRST_PARTY = new Set(['actions', 'github', 'dependabot']);
const COMMIT = /^(?:[0-9a-f]{40}(?:[0-9a-f]{24})?|sha256:[0-9a-f]{64})$/;
/** Branches by their usual names: what they stand for changes every day. */
const BRANCH = /^(?:main|master|develop|dev|trunk|head|latest|next|release|stable|v?\d+\.x)$/i;
/** They set up a language, come from those who know it best, and tell their users to name a tag. */
const SETUP =
  /^(?:ruby\/setup-ruby|dart-lang\/setup-dart|erlef\/setup-beam|julia-actions\/\S+|astral-sh\/setup-uv|pnpm\/action-setup|oven-sh\/setup-bun|denoland\/setup-deno|dtolnay\/rust-toolchain|shivammathur\/setup-php|haskell-actions\/setup|r-lib\/actions\/\S+|swift-actions\/setup-swift|msys2\/setup-msys2|gradle\/actions\/\S+|ocaml\/setup-ocaml)$/i;
/** Made by those who run the registry: without them nothing would be published either. */
const REGISTRY =
  /^(?:pypa\/gh-action-pypi-publish|rubygems\/\S+|rust-lang\/crates-io-auth-action|gradle\/\S+|docker\/setup-\S+)$/i;
/** It reads its own name to know what it is, and fails when that is a commit: its README asks for the tag of a version. */
const BY_TAG = /^slsa-framework\/slsa-github-generator\/\S+@v\d+\.\d+\.\d+$/i;
const SHOWN = 12;

/**
 * Actions of others by a tag or branch, which its owner can move at any time: one finding, whatever their number. Only
 * where whoever moves it gains something: rights to write, or a secret.
 */
export function unpinnedActions(files: readonly CiFile[], context: ActionsContext): readonly Detected[] {
  const known = files.filter(({ service, text }) => service === 'GitHub' && !isWrittenElsewhere(text));
  const named = known.flatMap((file) => namedIn(file, known, context));
  const used = named.flatMap(({ stake, ...one }) => (stake === undefined ? [] : [{ ...one, stake }]));
  const byAction = [...Map.groupBy(used, ({ action }) => action.toLowerCase()).values()]
    .map((uses) => uses.toSorted((a, b) => rankOf([b]) - rankOf([a])))
    .toSorted((a, b) => rankOf(b) - rankOf(a));
  const [first] = byAction[0] ?? [];
  if (first === undefined) return [];
  const told = finding(first, byAction, context.keeper);
  return [{ ...told, evidence: [...told.evidence, ...notCounted(named)] }];
}

const HEAD_SIGNS = 1_500;
const ELSEWHERE =
  /^\s*#.*(?:\bdo not (?:edit|modify|change)\b|\bgenerated\b|\b(?:automatically|auto) (?:added|managed|updated|synced)\b|\bmanaged by\b|\bsynced from\b)/im;

/** A program brings it from a template: a change here is lost. */
function isWrittenElsewhere(text: string): boolean {
  return ELSEWHERE.test(text.slice(0, HEAD_SIGNS));
}

function rankOf([first]: readonly Used[]): number {
  if (first === undefined) return 0;
  return (
    first.stake.danger * 2 + (BRANCH.test(first.ref) ? 1 : 0) - (isTrusted(first) ? 100 : 0) - (first.isOff ? 200 : 0)
  );
}

function isTrusted({ action }: Used): boolean {
  return SETUP.test(action) || REGISTRY.test(action);
}

const OFF_BY_WORD =
  /^\s*#.*\b(?:disabled?|deactivated|switched off|turned off|obsolete|no longer (?:used|works?)|(?:does not|doesn't) work)\b/im;

/** Nothing starts it but a person, and it says above its jobs that it is out of use. */
function isOff({ triggers, text }: CiFile): boolean {
  const isByHand = triggers.size > 0 && [...triggers].every((one) => one === 'workflow_dispatch');
  return isByHand && OFF_BY_WORD.test(text.split(/^jobs:/m)[0] ?? '');
}

function namedIn(file: CiFile, files: readonly CiFile[], context: ActionsContext): readonly Named[] {
  const lines = file.text.split('\n');
  return file.jobs.flatMap((job) =>
    job.steps.flatMap((step): readonly Named[] => {
      const { text = '', line = 0 } = step.uses ?? {};
      const { action, ref } = partsOf(text);
      if (!isMovable(action, ref, context) || BY_TAG.test(text) || reasonNear(lines, line)) return [];
      const stake = stakeIn({ file, job, step }, files);
      if (SETUP.test(action) && (stake === undefined || !isWorthSetup(stake, file))) return [];
      return [{ action, ref, line, path: file.path, stake, isOff: isOff(file) }];
    }),
  );
}

/** What everybody sets a language up with is worth a word where versions are made or handed over, not in every test. */
function isWorthSetup({ isSlight, mayWrite, severity }: Stake, { path }: CiFile): boolean {
  return !isSlight && (mayWrite || severity === 'high' || /release|publish|deploy|canary/i.test(path));
}

function partsOf(uses: string): Readonly<{ action: string; ref: string }> {
  const found =
    /^([\w.-]+\/[^@\s]+)@([^\s#]+)$/.exec(uses) ?? /^(docker:\/\/[\w.-]+\/[^@:\s]+)[@:]([^\s#]+)$/.exec(uses);
  return { action: found?.[1] ?? '', ref: found?.[2] ?? '' };
}

function isMovable(action: string, ref: string, { owners, people }: ActionsContext): boolean {
  const owner = action.split('/')[0]?.toLowerCase() ?? '';
  if (action === '' || FIRST_PARTY.has(owner) || people.has(owner) || isOneOf(owners, owner)) return false;
  return !COMMIT.test(ref) && !ref.includes('${{');
}

const MIN_OWNER = 4;

/** The owner itself, or an account that goes by its name: `redis` and `redis-developer`. */
function isOneOf(owners: ReadonlySet<string>, owner: string): boolean {
  return [...owners].some((own) => owner === own || (own.length >= MIN_OWNER && owner.startsWith(`${own}-`)));
}

function finding(first: Used, byAction: readonly (readonly Used[])[], keeper: string): Detected {
  const { action, ref } = first;
  const told = byAction.flatMap((uses) => [
    ...Map.groupBy(uses, (one) => `${one.path} ${one.ref} ${one.stake.why}`).values(),
  ]);
  const rest = told.slice(SHOWN);
  const keeps = keeper === '' ? 'Dependabot or Renovate can keep it fresh.' : `${keeper} keeps it fresh.`;
  const version = BRANCH.test(ref) || ref.includes('/') ? '<version>' : ref;
  return {
    kind: 'unpinned-action',
    severity: severityOf(first),
    confidence: BRANCH.test(ref) ? 0.85 : 0.75,
    title: titleOf(first, byAction),
    file: first.path,
    line: first.line,
    anchor: byAction
      .map(([one]) => one?.action ?? '')
      .toSorted()
      .join(' '),
    evidence: [
      ...told.slice(0, SHOWN).map(toldOf),
      ...(rest.length > 0 ? [{ source: 'ci', text: `And ${listed(rest)}.` }] : []),
      { source: 'ci', text: 'Whoever can move such a name runs other code with what its job has.' },
    ],
    fix: action.startsWith('docker://')
      ? `Name the digest instead, with the version in a comment: uses: ${action}@sha256:<digest> # ${version}.`
      : `Name the commit instead, with the version in a comment: uses: ${action}@<commit> # ${version}. ${keeps}`,
  };
}

function severityOf(first: Used): Detected['severity'] {
  if (first.isOff) return 'low';
  return isTrusted(first) ? 'medium' : first.stake.severity;
}

/** Those that are told nowhere else: who reads the list is not to take it for all of them. */
function notCounted(named: readonly Named[]): Detected['evidence'] {
  const told = new Set(named.flatMap(({ action, stake }) => (stake === undefined ? [] : [action.toLowerCase()])));
  const others = new Map(named.filter(({ action }) => !told.has(action.toLowerCase())).map((one) => [one.action, one]));
  if (others.size === 0) return [];
  const names = [...others.values()].slice(0, SHOWN).map(writtenAs).join(', ');
  const more = others.size > SHOWN ? ` and ${others.size - SHOWN} more` : '';
  const text = `Not counted, since nothing of weight is to be gained in their jobs: ${names}${more}.`;
  return [{ source: 'ci', text }];
}

/** One action in one file, and what it is given there. */
function toldOf([first, ...others]: readonly Used[]): Detected['evidence'][number] {
  if (first === undefined) return { source: 'ci', text: '' };
  const text = `uses: ${writtenAs(first)}${alsoInLines(others)}. ${first.stake.why}`;
  return { source: 'ci', text, ref: placeOf(first) };
}

function listed(told: readonly (readonly Used[])[]): string {
  return told
    .flatMap(([one]) => (one === undefined ? [] : [`${writtenAs(one)} at ${placeOf(one)}`]))
    .join(', ')
    .slice(0, 400);
}

function placeOf({ path, line }: Used): string {
  return `${path}:${line}`;
}

function writtenAs({ action, ref }: Pick<Used, 'action' | 'ref'>): string {
  return action.startsWith('docker://') ? `${action}:${ref}` : `${action}@${ref}`;
}

/** Without the folder inside its repository. */
function nameOf(action: string): string {
  return action.replace('docker://', '').split('/').slice(0, 2).join('/');
}

const MAX_TITLE = 100;

/** The most dangerous by its name, how many more, and how many of them all stand where something can be written. */
function titleOf({ action, ref, stake }: Used, byAction: readonly (readonly Used[])[]): string {
  const name = `${nameOf(action)}@${ref}`;
  const more = byAction.length - 1;
  const rest =
    more === 0
      ? ` is not pinned to a commit, in a job ${stake.where}`
      : ` and ${more} more are not pinned, ${whereOf(byAction)}`;
  const room = MAX_TITLE - rest.length;
  return `${name.length > room ? `${name.slice(0, room - 1)}…` : name}${rest}`;
}

function whereOf(byAction: readonly (readonly Used[])[]): string {
  const writing = byAction.filter((uses) => uses.some((one) => one.stake.mayWrite)).length;
  if (writing === byAction.length) return 'in jobs that may write';
  if (writing > 0) return `${writing} of them in ${writing === 1 ? 'a job' : 'jobs'} that may write`;
  const holding = byAction.filter((uses) => uses.some((one) => one.stake.where === WITH_SECRETS.where)).length;
  if (holding === byAction.length) return 'in jobs with secrets';
  return holding === 0 ? 'in jobs with a token that nothing limits' : 'in jobs with secrets or a token';
}
