import { posix } from 'node:path';
import { publishes, type CiFile, type CiJob, type CiStep } from './ci-steps.ts';
import type { Detected } from './detected.ts';

/** What whoever takes over a step would gain. */
export type Stake = Readonly<{
  severity: Detected['severity'];
  /** The higher, the more is to be gained. */
  danger: number;
  mayWrite: boolean;
  /** The pages of a project. */
  isSlight: boolean;
  /** After "in a job". */
  where: string;
  /** All that it has: sentences. */
  why: string;
}>;

type Gain = Omit<Stake, 'why'>;

/** Rights that a stolen action would be after. */
const STRONG = new Set(['all', 'contents', 'packages', 'id-token', 'actions', 'deployments', 'attestations']);
/** They reach the code by way of other runs only. */
const INDIRECT = new Set(['actions', 'deployments']);
const SECRET = /\bsecrets\.(\w+)/g;
/** Of services that are told what tests cover, how good or how fast code is: they are good for nothing else. */
const COVERAGE =
  /^(?:CODECOV|COVERALLS|COVERAGE|CODACY|CODECLIMATE|CC_TEST|QLTY|SONAR|DEEPSOURCE|SCRUTINIZER|CODSPEED|BENCHER|STRYKER|INFECTION|PERCY|CHROMATIC|ARGOS|BUILDPULSE|SNYK|FOSSA|LGTM|TEST_?REPORT|CODESCENE|SEMGREP)\w*$/i;
/** Secrets that publish, sign or open other machines. */
const GRAVE =
  /NPM|CARGO|CRATES|PYPI|TWINE|GEM|NUGET|MAVEN|SONATYPE|OSSRH|DOCKER|REGISTRY|GPG|PGP|SIGN|PASS|PRIVATE|SSH|DEPLOY|PUBLISH|RELEASE|AWS|AZURE|GCP/i;

export const WITH_SECRETS: Gain = {
  severity: 'medium',
  danger: 20,
  mayWrite: false,
  isSlight: false,
  where: 'with secrets',
};

type Place = Readonly<{
  file: CiFile;
  job: CiJob;
  step: CiStep;
  /** What the step is given, where that is not what stands in its lines. */
  given?: string;
}>;

/** What is at stake in a step: undefined where its token may only read, or nobody says what, and no secret is there. */
export function stakeIn(place: Place, files: readonly CiFile[]): Stake | undefined {
  const callers = callersOf(place.file, files);
  if (callers.length === 0) return stakeOf(place);
  return callers
    .map((caller) => ({ ...caller, given: givenInside(place, caller) }))
    .flatMap((caller) => stakeOf(caller) ?? [])
    .toSorted((a, b) => b.danger - a.danger)[0];
}

/** Inputs of the action reach those of its steps that name them; the environment reaches all. */
function givenInside(inner: Place, { file, job, step }: Place): string {
  const own = textOf(inner.file, inner.job, inner.step);
  const passed = own.replaceAll(/\$\{\{\s*inputs\.([\w-]+)[^}]*\}\}/g, (_, name: string) => step.with.get(name) ?? '');
  const around = textOf(file, job, step)
    .split('\n')
    .filter((line) => !step.with.has(/^\s*([\w-]+):/.exec(line)?.[1] ?? ''));
  return [passed, ...around].join('\n');
}

/** The steps that use an action of the repository: it has what their jobs have. */
function callersOf({ path }: CiFile, files: readonly CiFile[]): readonly Place[] {
  if (!/(?:^|\/)action\.ya?ml$/.test(path)) return [];
  const name = `./${posix.dirname(path)}`;
  return files.flatMap((file) =>
    file.jobs.flatMap((job) =>
      job.steps
        .filter(({ uses }) => uses !== undefined && uses.text.replace(/\/$/, '') === name)
        .map((step) => ({ file, job, step })),
    ),
  );
}

function stakeOf(place: Place): Stake | undefined {
  const rights = rightsAtStake(place.job);
  const secret = secretAtStake(place);
  const found = [rights, secret].flatMap((one) => one ?? []).toSorted((a, b) => b.danger - a.danger);
  const [worst, other] = found;
  if (worst === undefined) return undefined;
  const more = other === undefined ? 0 : (secret?.danger ?? 0) / 10;
  return {
    severity: worst.severity,
    danger: worst.danger + more,
    mayWrite: found.some(({ mayWrite }) => mayWrite),
    isSlight: found.every(({ isSlight }) => isSlight),
    where: rights?.where ?? worst.where,
    why: whyOf(place),
  };
}

function rightsAtStake(job: CiJob): Gain | undefined {
  const { writes = new Set() } = job;
  const rights = [...writes].filter((scope) => STRONG.has(scope));
  const command = commandOf(job);
  const slight = command === undefined ? slightRights(writes, rights) : undefined;
  if (slight !== undefined || (rights.length === 0 && command === undefined)) return slight;
  const isPublishing = rights.includes('id-token') || (command ?? 'git push') !== 'git push';
  const where = isPublishing ? 'that may publish' : 'that may write';
  return { severity: 'high', danger: isPublishing ? 35 : 30, mayWrite: true, isSlight: false, where };
}

const SLIGHT = { severity: 'medium', mayWrite: true, isSlight: true } as const;

/** Those of a job that publishes pages, or that reach the code by way of other runs only. */
function slightRights(writes: ReadonlySet<string>, rights: readonly string[]): Gain | undefined {
  if (writes.has('pages') && rights.every((one) => one === 'id-token'))
    return { ...SLIGHT, danger: 20, where: 'that publishes pages' };
  const isIndirect = rights.length > 0 && rights.every((one) => INDIRECT.has(one));
  return isIndirect ? { ...SLIGHT, danger: 19, where: 'that may write' } : undefined;
}

/** What its job publishes or pushes with. */
function commandOf({ steps }: CiJob): string | undefined {
  const commands = steps.flatMap(({ run }) => publishes(run?.text ?? '') ?? []);
  return commands.find((one) => one !== 'git push') ?? commands[0];
}

/** A secret that the step is handed, before those that stand in its job, before a token that nothing limits. */
function secretAtStake(place: Place): Gain | undefined {
  const handed = handedTo(place).filter((one) => !isOfVendor(one, place.step));
  if (handed.some((name) => GRAVE.test(name))) return { ...WITH_SECRETS, severity: 'high', danger: 34 };
  if (isGivenAll(place) || handed.some((one) => !COVERAGE.test(one))) return { ...WITH_SECRETS, danger: 24 };
  if (heldBy(place).some((one) => !isOfVendor(one, place.step) && !COVERAGE.test(one))) return WITH_SECRETS;
  if (loginOf(place) !== undefined) return { ...WITH_SECRETS, danger: 22 };
  return hasFreeToken(place) ? { ...WITH_SECRETS, danger: 18, where: 'with a token that nothing limits' } : undefined;
}

const MAX_NAMED = 4;

/** All that it has, whether that decided or not. */
function whyOf(place: Place): string {
  const { writes = new Set() } = place.job;
  const command = commandOf(place.job);
  const scopes = [...writes].toSorted((a, b) => Number(STRONG.has(b)) - Number(STRONG.has(a)));
  const rights = writes.has('all') ? ['write-all'] : scopes.map((scope) => `${scope}: write`);
  const does = [
    ...(rights.length === 0 ? [] : [`has ${named(rights)}`]),
    ...(command === undefined ? [] : [`runs "${command}"`]),
  ];
  const handed = handedTo(place);
  const held = heldBy(place).filter((name) => !handed.includes(name));
  const login = handed.length > 0 ? undefined : loginOf(place);
  const said = [
    does.length === 0 ? '' : `Its job ${does.join(' and ')}.`,
    isGivenAll(place) ? 'It is given all secrets.' : '',
    handed.length === 0 ? '' : `It is handed the ${secretsNamed(handed)}.`,
    held.length === 0 ? '' : `Its job holds the ${secretsNamed(held)}.`,
    login === undefined ? '' : `Its job has logged in with ${login} before.`,
    hasFreeToken(place) ? 'It is handed GITHUB_TOKEN, and no "permissions:" says what that may do.' : '',
  ];
  return said.filter((one) => one !== '').join(' ');
}

function secretsNamed(names: readonly string[]): string {
  return `${names.length === 1 ? 'secret' : 'secrets'} ${named(names)}`;
}

/** `a, b and c`, `a, b, c, d and 2 more` */
function named(all: readonly string[]): string {
  const shown = all.slice(0, MAX_NAMED);
  const rest = all.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

function handedTo({ file, job, step, given }: Place): readonly string[] {
  return secretsOf(given ?? textOf(file, job, step));
}

function isGivenAll({ job }: Place): boolean {
  return /\bsecrets:\s*inherit\b/.test(job.text);
}

function heldBy({ file, job }: Place): readonly string[] {
  return secretsOf(`${headOf(job)}\n${file.text.split(/^jobs:/m)[0] ?? ''}`);
}

const LOGIN = /^[\w.-]+\/[\w./-]*(?:login|auth|credentials|set-npm-token)[\w./-]*(?=@)/i;

/** An action before it that was handed a secret, and leaves its job logged in somewhere. */
function loginOf({ file, job, step }: Place): string | undefined {
  return job.steps
    .slice(0, Math.max(0, job.steps.indexOf(step)))
    .filter((one) => secretsOf(textOf(file, job, one)).length > 0)
    .flatMap(({ uses }) => LOGIN.exec(uses?.text ?? '')?.[0] ?? [])[0];
}

/** What holds for all of its steps. */
function headOf({ text }: CiJob): string {
  return text.split(/^\s*steps:/m)[0] ?? '';
}

function hasFreeToken({ file, job, step, given }: Place): boolean {
  const shared = [file.text.split(/^jobs:/m)[0] ?? '', headOf(job)];
  return job.writes === undefined && [given ?? textOf(file, job, step), ...shared].some(holdsToken);
}

/** By `with:` or by `env:`, comments left out. */
function holdsToken(text: string): boolean {
  return /^[^#\n]*\$\{\{[^}\n]*\b(?:secrets\.GITHUB_TOKEN|github\.token)\b/im.test(text);
}

const MIN_VENDOR = 4;

/** `CODECOV_TOKEN` for `codecov/codecov-action`: who makes the action has issued the token, and gains nothing by it. */
function isOfVendor(name: string, { uses }: CiStep): boolean {
  const vendor = name.toLowerCase().split('_')[0] ?? '';
  const owner = uses?.text.toLowerCase().split('/')[0]?.replaceAll('-', '') ?? '';
  if (vendor.length < MIN_VENDOR || GRAVE.test(name)) return false;
  return owner.startsWith(vendor);
}

/** Kept among the secrets, and worth nothing alone. */
const NO_SECRET = /^GITHUB_TOKEN$|(?:USER|USERNAME|E?MAIL)$|_(?:NAME|ORG|ORGANI[SZ]ATION|URL|ID)$/i;

/** Names of secrets in the text, comments left out. */
function secretsOf(text: string): readonly string[] {
  const code = text.replaceAll(/^\s*#.*$/gm, '');
  const names = new Set([...code.matchAll(SECRET)].map(({ 1: name = '' }) => name));
  return [...names].filter((name) => !NO_SECRET.test(name));
}

/** The lines of a step. */
function textOf(file: CiFile, job: CiJob, step: CiStep): string {
  const next = job.steps[job.steps.indexOf(step) + 1];
  const lines = file.text.split('\n');
  // An action of the repository has no text of its own: its steps go on to the end of the file.
  const last = job.text === '' ? lines.length + 1 : job.line + job.text.split('\n').length;
  const end = next?.line ?? last;
  return lines.slice(step.line - 1, end - 1).join('\n');
}
