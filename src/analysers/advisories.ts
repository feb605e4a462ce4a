import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { AnalyserCall, AnalyserResult, CheckInput } from './analyser.ts';
import { readAuditReport, type Advisory } from './advisories-read.ts';
import { runAudit, type AuditOutput, type AuditProcess } from './advisories-run.ts';
import type { FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { foreignFolders } from './foreign-programs.ts';
import { TextReader } from './read-text.ts';

const MAX_LOCK_BYTES = 16 * 1024 * 1024;
const MAX_FINDINGS = 60;

type Manager = Readonly<{ lock: string; argv: readonly string[] }>;

const MANAGERS: readonly Manager[] = [
  {
    lock: 'package-lock.json',
    argv: ['npm', 'audit', '--json', '--package-lock-only', '--ignore-scripts', '--no-fund'],
  },
  {
    lock: 'npm-shrinkwrap.json',
    argv: ['npm', 'audit', '--json', '--package-lock-only', '--ignore-scripts', '--no-fund'],
  },
  { lock: 'pnpm-lock.yaml', argv: ['pnpm', 'audit', '--json', '--ignore-scripts'] },
  { lock: 'yarn.lock', argv: ['yarn', 'audit', '--json', '--ignore-scripts'] },
];

const WHAT = 'What is known against the versions in use';

/** A reason that an audit has no answer: the check goes on, and the report says so. */
type Refusal = Pick<NonNullable<FindingsData['skipped']>, 'reason' | 'fix'>;

/** Asks the registry, through the package manager, what is known against the versions in the lock file. */
export async function advisories({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const paths = new Set(needData(input.data, 'inventory').files.map(({ path }) => path));
  const manager = MANAGERS.find(({ lock }) => paths.has(lock));
  const reader = new TextReader(input.root);
  const answer =
    manager === undefined || !paths.has('package.json')
      ? NOTHING_TO_ASK
      : (ownRegistryOf(reader) ?? (await ask(manager, { reader, input, signal })));
  const isAnswer = 'findings' in answer;
  const data: FindingsData = isAnswer
    ? { findings: answer.findings.slice(0, MAX_FINDINGS), looked: answer.packages, leftOut: [] }
    : { findings: [], looked: 0, leftOut: [], skipped: { ...answer, what: WHAT } };
  return {
    file: writeData(input.data, 'advisories', data),
    summary: isAnswer ? { packages: answer.packages, vulnerable: answer.findings.length } : { skipped: answer.reason },
  };
}

const NOTHING_TO_ASK: Refusal = {
  reason: 'no-lockfile',
  fix: 'There is no package-lock.json, pnpm-lock.yaml or yarn.lock with a package.json at the top of the project: other package managers are not asked.',
};

/** Names of private packages are nobody's business but their own registry's. */
function ownRegistryOf(reader: TextReader): Refusal | undefined {
  const texts = ['.npmrc', '.yarnrc', '.yarnrc.yml'].map((name) => reader.text(name) ?? '');
  const other = texts.map(
    (text) => /^\s*(?:(?:@[\w-]+:)?registry|npmRegistryServer)\s*[=: ]\s*"?(\S+?)"?\s*$/m.exec(text)?.[1],
  );
  const named = other.find(
    (one) => one !== undefined && !/^https:\/\/registry\.(?:npmjs\.org|yarnpkg\.com)\/?$/.test(one),
  );
  if (named === undefined) return undefined;
  return {
    reason: 'needs-consent',
    fix: 'The project has a registry of its own, and its settings are not loaded here. Nothing was asked, so that names of private packages stay with it: run the audit of your package manager yourself.',
  };
}

type Answer = Readonly<{ packages: number; findings: readonly Detected[] }>;
type Asking = Readonly<{ reader: TextReader; input: CheckInput; signal: AbortSignal }>;

async function ask(manager: Manager, { reader, input, signal }: Asking): Promise<Answer | Refusal> {
  const [manifest, lock] = ['package.json', manager.lock].map((name) => textOf(name, reader));
  const copies = { 'package.json': manifest ?? '', [manager.lock]: lock ?? '' };
  const audit = await auditCopy({ manager, copies }, input, signal);
  const report = audit.ok ? readAuditReport(audit.stdout) : audit;
  if (report.ok) {
    const findings = report.advisories.map((one) => findingOf(one, manager.lock, lock ?? ''));
    return { packages: report.packages, findings };
  }
  const command = manager.argv.slice(0, 2).join(' ');
  const why = `"${command}" gave no answer: ${report.why}`;
  return report.why.endsWith('was not found.')
    ? { reason: 'tool-missing', fix: `${why} Install it, then check again.` }
    : { reason: 'tool-failed', fix: `${why} Try "${command}" by hand, then check again.` };
}

function textOf(name: string, reader: TextReader): string {
  const read = reader.read(name, MAX_LOCK_BYTES);
  if (read.kind !== 'text') throw new Error(`${name} cannot be read: ${read.kind}.`);
  return read.text;
}

type Copy = Readonly<{ manager: Manager; copies: Readonly<Record<string, string>> }>;

/** In a copy of manifest and lock file alone: no setting, plug-in or script of the project takes part. */
async function auditCopy({ manager, copies }: Copy, input: CheckInput, signal: AbortSignal): Promise<AuditOutput> {
  mkdirSync(input.data, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(input.data, 'audit-'));
  try {
    for (const [name, text] of Object.entries({ ...copies, '.npmrc': '' })) writeFileSync(join(folder, name), text);
    const paths = [input.searchPath ?? '/usr/local/bin:/usr/bin:/bin', dirname(process.execPath)].join(delimiter);
    const searchPath = foreignFolders(input.root, paths).join(delimiter);
    const place = { folder, searchPath, signal };
    const registry = await ownRegistry(place);
    return await runAudit({ ...place, argv: manager.argv, ...(registry === undefined ? {} : { registry }) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The registry that the user's own settings name, without a password: a company's packages are asked for there. */
async function ownRegistry(place: Omit<AuditProcess, 'argv'>): Promise<string | undefined> {
  const told = await runAudit({
    ...place,
    home: homedir(),
    argv: ['npm', 'config', 'get', 'registry'],
    timeoutMs: 10_000,
  });
  const url = told.ok ? URL.parse(told.stdout.trim()) : null;
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : `${url.origin}${url.pathname}`;
}

function findingOf(
  { name, severity, titles, urls, range, isDirect, fix }: Advisory,
  lock: string,
  text: string,
): Detected {
  const line = lineOf(text, name);
  const ref = `${lock}:${line}`;
  const [title = 'a known fault', ...more] = titles;
  return {
    kind: 'known-vulnerability',
    severity,
    confidence: 0.9,
    title: `${name}: ${title}${more.length > 0 ? `, and ${more.length} more` : ''}`.slice(0, 200),
    file: lock,
    line,
    anchor: `${name} ${range}`,
    evidence: [
      {
        source: 'advisories',
        text: `Versions ${range === '' ? 'in use' : range} have it; ${isDirect ? 'the project asks for it itself' : 'another package brings it'}.`,
        ref,
      },
      ...urls.slice(0, 4).map((url) => ({ source: 'advisories', text: url.slice(0, 200) })),
    ],
    fix,
  };
}

function lineOf(text: string, name: string): number {
  const marks = [`node_modules/${name}": {`, `\n${name}@`, `\n"${name}@`, `'${name}@`, `  ${name}@`, `/${name}@`, name];
  const at = marks.map((mark) => text.indexOf(mark)).find((index) => index >= 0);
  return at === undefined ? 0 : text.slice(0, at + 1).split('\n').length;
}
