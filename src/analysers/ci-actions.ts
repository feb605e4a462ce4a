import { reasonNear } from './ci-comments.ts';
import { publishes, type CiFile, type CiJob, type CiStep } from './ci-steps.ts';
import type { Detected } from './detected.ts';

/** One use of an action by a name that can move, and what is at stake in its job. */
type Used = Readonly<{ action: string; ref: string; line: number; path: string; stake: Stake }>;

/** 3: the job may publish; 2: it may write; 1: it holds secrets, or a token whose rights nobody states; 0: neither. */
type Stake = Readonly<{ weight: 0 | 1 | 2 | 3; why: string }>;

/** Written by those who run the service. */
const FIRST_PARTY = new Set(['actions', 'github']);
const COMMIT = /^(?:[0-9a-f]{40}(?:[0-9a-f]{24})?|sha256:[0-9a-f]{64})$/;
/** Branches by their usual names: what they stand for changes every day. */
const BRANCH = /^(?:main|master|develop|dev|trunk|head|latest|next|release|stable|v?\d+\.x)$/i;
/** Rights that a stolen action would be after. */
const STRONG = new Set(['all', 'contents', 'packages', 'id-token', 'actions', 'deployments', 'attestations']);
const SECRET = /\$\{\{[^}]*\bsecrets\.(?!GITHUB_TOKEN\b)(\w+)|\bsecrets:\s*(inherit)\b/;
const SHOWN = 8;
const SEVERITY = ['low', 'medium', 'high', 'high'] as const;

/** Actions of others by a tag or branch, which its owner can move at any time: one finding, whatever their number. */
export function unpinnedActions(files: readonly CiFile[], owners: ReadonlySet<string>): readonly Detected[] {
  const used = files.filter(({ service }) => service === 'GitHub').flatMap((file) => usedIn(file, owners));
  const byAction = [...Map.groupBy(used, ({ action }) => action.toLowerCase()).values()]
    .map((uses) => uses.toSorted((a, b) => b.stake.weight - a.stake.weight))
    .toSorted((a, b) => rankOf(b) - rankOf(a));
  return byAction.length === 0 ? [] : [finding(byAction)];
}

function rankOf([first]: readonly Used[]): number {
  return first === undefined ? 0 : first.stake.weight * 2 + (BRANCH.test(first.ref) ? 1 : 0);
}

function usedIn(file: CiFile, owners: ReadonlySet<string>): readonly Used[] {
  const lines = file.text.split('\n');
  return file.jobs.flatMap((job) =>
    job.steps.flatMap((step): readonly Used[] => {
      const { text = '', line = 0 } = step.uses ?? {};
      const [, action = '', ref = ''] =
        /^([\w.-]+\/[^@\s]+)@([^\s#]+)$/.exec(text) ?? /^(docker:\/\/[\w.-]+\/[^@:\s]+)[@:]([^\s#]+)$/.exec(text) ?? [];
      if (!isMovable(action, ref, owners) || reasonNear(lines, line)) return [];
      return [{ action, ref, line, path: file.path, stake: stakeOf(file, job, step) }];
    }),
  );
}

function isMovable(action: string, ref: string, owners: ReadonlySet<string>): boolean {
  const owner = action.split('/')[0]?.toLowerCase() ?? '';
  if (action === '' || owners.has(owner) || (FIRST_PARTY.has(owner) && !BRANCH.test(ref))) return false;
  return !COMMIT.test(ref) && !ref.includes('${{');
}

function stakeOf(file: CiFile, job: CiJob, step: CiStep): Stake {
  return rightsAtStake(job) ?? secretsAtStake(file, job, step) ?? { weight: 0, why: '' };
}

function rightsAtStake(job: CiJob): Stake | undefined {
  const rights = [...(job.writes ?? [])].filter((scope) => STRONG.has(scope));
  const commands = job.steps.flatMap(({ run }) => publishes(run?.text ?? '') ?? []);
  const command = commands.find((one) => one !== 'git push') ?? commands[0];
  if (rights.length === 0 && command === undefined) return undefined;
  const isPublishing = rights.includes('id-token') || (command !== undefined && command !== 'git push');
  return { weight: isPublishing ? 3 : 2, why: whyOf(rights, command) };
}

function secretsAtStake(file: CiFile, job: CiJob, { with: given }: CiStep): Stake | undefined {
  const [, name, inherit] = SECRET.exec(job.text) ?? SECRET.exec(file.text.split(/^jobs:/m)[0] ?? '') ?? [];
  if (name !== undefined) return { weight: 1, why: `Its job holds the secret ${name}.` };
  if (inherit !== undefined) return { weight: 1, why: 'It is given all secrets.' };
  const isHanded = [...given.values()].some((value) => /secrets\.GITHUB_TOKEN|github\.token/.test(value));
  if (!isHanded || job.writes !== undefined) return undefined;
  return { weight: 1, why: 'It is handed a token whose rights no "permissions:" limits.' };
}

function whyOf(rights: readonly string[], command: string | undefined): string {
  const has = rights.length === 0 ? [] : [`has ${rights.map((scope) => `${scope}: write`).join(', ')}`];
  const runs = command === undefined ? [] : [`runs "${command}"`];
  return `Its job ${[...has, ...runs].join(' and ')}.`;
}

function finding(byAction: readonly (readonly Used[])[]): Detected {
  const all = byAction.flat();
  const { action, ref, path: file, line, stake } = all[0] ?? { ...NONE };
  const more = byAction.length - 1;
  const rest = all.length - SHOWN;
  const atStake = byAction.filter(([first]) => (first?.stake.weight ?? 0) > 0);
  return {
    kind: 'unpinned-action',
    severity: SEVERITY[stake.weight],
    confidence: BRANCH.test(ref) ? 0.85 : 0.75,
    title: titleOf(`${nameOf(action)}@${ref}`, more, stake.weight),
    file,
    line,
    anchor: (atStake.length > 0 ? atStake : byAction)
      .map(([first]) => first?.action ?? '')
      .toSorted()
      .join(' '),
    evidence: [
      ...all
        .slice(0, SHOWN)
        .map((one) => ({ source: 'ci', text: `uses: ${writtenAs(one)} ${one.stake.why}`.trim(), ref: placeOf(one) })),
      ...(rest > 0
        ? [{ source: 'ci', text: `And ${rest} more: ${all.slice(SHOWN).map(placeOf).join(', ')}`.slice(0, 400) }]
        : []),
      { source: 'ci', text: stake.weight > 0 ? RISK_WITH_RIGHTS : RISK },
    ],
    fix: `Name the commit instead, with the version in a comment: uses: ${action}@<commit> # ${ref}. A tool for updates keeps it fresh.`,
  };
}

const NONE: Used = { action: '', ref: '', line: 0, path: '', stake: { weight: 0, why: '' } };
const RISK = 'Whoever moves the name runs other code in the build.';
const RISK_WITH_RIGHTS = 'Whoever moves the name runs other code with what its job has.';

function placeOf({ path, line }: Used): string {
  return `${path}:${line}`;
}

function writtenAs({ action, ref }: Used): string {
  return action.startsWith('docker://') ? `${action}:${ref}` : `${action}@${ref}`;
}

/** Without the folder inside its repository. */
function nameOf(action: string): string {
  return action.replace('docker://', '').split('/').slice(0, 2).join('/');
}

const WHERE = ['', ', in a job with secrets', ', in a job that may write', ', in a job that may publish'] as const;
const MAX_TITLE = 90;

function titleOf(name: string, more: number, weight: Stake['weight']): string {
  const rest = more === 0 ? ' is not pinned to a commit' : ` and ${more} more are not pinned to a commit`;
  const room = MAX_TITLE - rest.length - WHERE[weight].length;
  return `${name.length > room ? `${name.slice(0, room - 1)}…` : name}${rest}${WHERE[weight]}`;
}
