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
  why: string;
}>;

/** Rights that a stolen action would be after. */
const STRONG = new Set(['all', 'contents', 'packages', 'id-token', 'actions', 'deployments', 'attestations']);
const SECRET = /\bsecrets\.(\w+)/g;
/** Of services that are told what tests cover, how good or how fast code is: they are good for nothing else. */
const COVERAGE =
  /^(?:CODECOV|COVERALLS|COVERAGE|CODACY|CODECLIMATE|CC_TEST|QLTY|SONAR|DEEPSOURCE|SCRUTINIZER|CODSPEED|BENCHER|STRYKER|INFECTION|PERCY|CHROMATIC|ARGOS|BUILDPULSE|SNYK|FOSSA|LGTM|TEST_?REPORT|CODESCENE|SEMGREP)\w*$/i;
/** Secrets that publish, sign or open other machines. */
const GRAVE =
  /NPM|CARGO|CRATES|PYPI|TWINE|GEM|NUGET|MAVEN|SONATYPE|OSSRH|DOCKER|REGISTRY|GPG|PGP|SIGN|PASS|PRIVATE|SSH|DEPLOY|PUBLISH|RELEASE|AWS|AZURE|GCP/i;

const WITH_SECRETS = {
  severity: 'medium',
  danger: 20,
  mayWrite: false,
  isSlight: false,
  where: 'with secrets',
} as const;

type Place = Readonly<{ file: CiFile; job: CiJob; step: CiStep }>;

/** What is at stake in a step: undefined where its token may only read, or nobody says what, and no secret is there. */
export function stakeIn(place: Place, files: readonly CiFile[]): Stake | undefined {
  const callers = callersOf(place.file, files);
  if (callers.length === 0) return stakeOf(place);
  return callers.flatMap((caller) => stakeOf(caller) ?? []).toSorted((a, b) => b.danger - a.danger)[0];
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
  if (rights === undefined || secret === undefined) return rights ?? secret;
  const [worse, other] = rights.danger >= secret.danger ? [rights, secret] : [secret, rights];
  return {
    ...worse,
    danger: worse.danger + (secret.isSlight ? 0 : secret.danger / 10),
    mayWrite: true,
    isSlight: worse.isSlight && other.isSlight,
    where: rights.where,
    why: `${rights.why} ${secret.why}`,
  };
}

function rightsAtStake({ writes = new Set(), steps }: CiJob): Stake | undefined {
  const rights = [...writes].filter((scope) => STRONG.has(scope));
  const commands = steps.flatMap(({ run }) => publishes(run?.text ?? '') ?? []);
  const command = commands.find((one) => one !== 'git push') ?? commands[0];
  if (command === undefined && writes.has('pages') && rights.every((one) => one === 'id-token')) {
    const why = whyOf(['pages', ...rights], command);
    return { severity: 'medium', danger: 20, mayWrite: true, isSlight: true, where: 'that publishes pages', why };
  }
  if (rights.length === 0 && command === undefined) return undefined;
  const isPublishing = rights.includes('id-token') || (command ?? 'git push') !== 'git push';
  const where = isPublishing ? 'that may publish' : 'that may write';
  const danger = isPublishing ? 35 : 30;
  return { severity: 'high', danger, mayWrite: true, isSlight: false, where, why: whyOf(rights, command) };
}

function whyOf(rights: readonly string[], command: string | undefined): string {
  const has = rights.length === 0 ? [] : [`has ${rights.map((scope) => `${scope}: write`).join(', ')}`];
  const runs = command === undefined ? [] : [`runs "${command}"`];
  return `Its job ${[...has, ...runs].join(' and ')}.`;
}

/** A secret that the step is handed, before those that stand in its job, before a token that nothing limits. */
function secretAtStake(place: Place): Stake | undefined {
  return handedTo(place) ?? heldBy(place) ?? tokenOf(place);
}

function handedTo({ file, job, step }: Place): Stake | undefined {
  const handed = secretsOf(textOf(file, job, step)).filter((one) => !isOfVendor(one, step));
  const grave = handed.find((name) => GRAVE.test(name));
  if (grave !== undefined)
    return { ...WITH_SECRETS, severity: 'high', danger: 34, why: `It is handed the secret ${grave}.` };
  const name = handed.find((one) => !COVERAGE.test(one));
  return name === undefined ? undefined : { ...WITH_SECRETS, danger: 24, why: `It is handed the secret ${name}.` };
}

function heldBy({ file, job, step }: Place): Stake | undefined {
  if (/\bsecrets:\s*inherit\b/.test(job.text)) return { ...WITH_SECRETS, danger: 24, why: 'It is given all secrets.' };
  const held = [...secretsOf(headOf(job)), ...secretsOf(file.text.split(/^jobs:/m)[0] ?? '')].filter(
    (one) => !isOfVendor(one, step),
  );
  const name = held.find((one) => !COVERAGE.test(one));
  return name === undefined ? undefined : { ...WITH_SECRETS, why: `Its job holds the secret ${name}.` };
}

/** What holds for all of its steps. */
function headOf({ text }: CiJob): string {
  return text.split(/^\s*steps:/m)[0] ?? '';
}

function tokenOf({ file, job, step }: Place): Stake | undefined {
  const shared = [file.text.split(/^jobs:/m)[0] ?? '', headOf(job)];
  const isHanded = [textOf(file, job, step), ...shared].some(holdsToken);
  if (!isHanded || job.writes !== undefined) return undefined;
  const why = 'It is handed a token whose rights no "permissions:" limits.';
  return { ...WITH_SECRETS, danger: 18, where: 'with a token that nothing limits', why };
}

/** By `with:` or by `env:`, comments left out. */
function holdsToken(text: string): boolean {
  return /^[^#\n]*\$\{\{[^}\n]*\b(?:secrets\.GITHUB_TOKEN|github\.token)\b/m.test(text);
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
  return [...code.matchAll(SECRET)].flatMap(({ 1: name = '' }) => (NO_SECRET.test(name) ? [] : [name]));
}

/** The lines of a step. */
function textOf(file: CiFile, job: CiJob, step: CiStep): string {
  const next = job.steps[job.steps.indexOf(step) + 1];
  const end = next?.line ?? job.line + job.text.split('\n').length;
  return file.text
    .split('\n')
    .slice(step.line - 1, end - 1)
    .join('\n');
}
