import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isCiFile, isForDevelopment, isProduction, type FileContext } from './classify.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import { tellFound } from './found-early.ts';
import type { Detected } from './detected.ts';
import { TextReader } from './read-text.ts';
import { countOf } from './words.ts';
import {
  assignedSecrets,
  entropyOf,
  isForEverybody,
  isLocalAddress,
  isPlaceholder,
  keysOfCi,
  looksRandom,
  masked,
  SECRET_PATTERNS,
  type SecretPattern,
} from './secret-patterns.ts';

const MAX_FINDINGS = 100;
const SEARCHED: ReadonlySet<FileContext> = new Set(['production', 'config', 'docs', 'test', 'fixture', 'example']);

type Match = Readonly<{
  name: string;
  secret: string;
  at: number;
  severity: Detected['severity'];
  confidence: number;
  isProven: boolean;
}>;

/**
 * Looks for keys and passwords in every text. What stands in tests and examples, and does not prove itself, is left to
 * the voters; only a few of those, and after everything else.
 */
export async function secrets({ input, signal, messages }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const findings: Secret[] = [];
  const doubtful: Doubtful[] = [];
  const told: Promise<void>[] = [];
  let [looked, samples] = [0, 0];
  for (const file of files) {
    signal.throwIfAborted();
    if (!file.isText || !SEARCHED.has(file.context) || /\.(?:svg|csv|tsv|map)$/i.test(file.path)) continue;
    const text = reader.text(file.path);
    if (text === undefined) continue;
    looked += 1;
    const matches = matchesIn(file.path, text);
    const real = matches.filter(
      (match) => isReal(match, file) && !isPublic(match, text) && !isOfDevelopment(match, text),
    );
    samples += matches.length - real.length;
    findings.push(...real.map((match) => ({ secret: match.secret, finding: findingOf(match, file, text) })));
    for (const { finding } of findings.slice(told.length, MAX_TOLD)) told.push(tellFound(messages, 'secrets', finding));
    doubtful.push(
      ...doubtfulOf(
        matches.filter((match) => !real.includes(match)),
        file,
        text,
      ),
    );
  }
  const asked = mostLikely(doubtful);
  const left = samples - asked.length;
  const leftOut =
    left === 0
      ? []
      : [`${countOf(left, 'text')} shaped like a key or password: samples, test data, or keys meant for everybody.`];
  const shown = together(findings).slice(0, MAX_FINDINGS);
  const data: FindingsData = { findings: [...shown, ...asked], looked, leftOut };
  const file = writeData(input.data, 'secrets', data);
  await Promise.all(told);
  return {
    file,
    summary: { files: looked, found: data.findings.length, samples },
  };
}

/** Told at once, before the search is over. */
const MAX_TOLD = 50;

/** A text shaped like a key where keys are made up as a rule: the voters look at it, at the end of the order. */
type Doubtful = Readonly<{ isKnownShape: boolean; finding: Detected }>;

const MAX_DOUBTFUL = 20;
/** So low that none of them stands before anything that was found. */
const DOUBT = 0.05;

function doubtfulOf(matches: readonly Match[], file: FileEntry, text: string): readonly Doubtful[] {
  const asked = matches.filter((match) => !isPublic(match, text) && isWorthAsking(match, file)).slice(0, 3);
  return asked.map((match) => ({
    isKnownShape: !match.name.startsWith('value of'),
    finding: findingOf({ ...match, severity: 'low', confidence: DOUBT }, file, text),
  }));
}

/** The body of a key has more bits for each sign; dashes and words have less. */
const KEY_ENTROPY = 4;

/** In a page or a sample a made-up password looks like any other: only keys of a service can be told apart there. */
function isWorthAsking({ name, secret }: Match, { context, language }: FileEntry): boolean {
  if (name === 'private key' && entropyOf(secret) < KEY_ENTROPY) return false;
  const isPage = context === 'docs' || context === 'example' || language === 'Markdown';
  return !isPage || !(name.startsWith('value of') || name === 'password in a URL');
}

/** Keys of a known shape first, one of each file and value: a made-up key is often used again and again. */
function mostLikely(doubtful: readonly Doubtful[]): readonly Detected[] {
  const ordered = doubtful.toSorted((a, b) => Number(b.isKnownShape) - Number(a.isKnownShape));
  const single = new Map<string, Detected>();
  const files = new Set<string>();
  for (const { finding } of ordered) {
    if (single.has(finding.anchor) || files.has(finding.file)) continue;
    single.set(finding.anchor, finding);
    files.add(finding.file);
  }
  return [...single.values()].slice(0, MAX_DOUBTFUL);
}

/** Everything in the text that has the shape of a secret, the known kinds first. */
export function findSecrets(text: string): readonly Match[] {
  const lower = text.toLowerCase();
  const known = SECRET_PATTERNS.filter(({ hint }) => lower.includes(hint)).flatMap((kind) => matchesOf(kind, text));
  const taken = new Set(known.map(({ secret }) => secret));
  const assigned = assignedSecrets(text).flatMap(({ name, value, at }): readonly Match[] => {
    if (taken.has(value) || isPlaceholder(value) || !looksRandom(value) || isCode(value)) return [];
    return [{ name: `value of ${name}`, secret: value, at, severity: 'high', confidence: 0.55, isProven: false }];
  });
  return [...known, ...assigned];
}

function matchesOf(
  { name, pattern, severity, confidence, hasChecksum }: SecretPattern,
  text: string,
): readonly Match[] {
  return [...text.matchAll(pattern)].flatMap((match): readonly Match[] => {
    const secret = match[1] ?? match[0];
    if (hasChecksum?.(secret) === true)
      return [{ name, secret, at: match.index, severity, confidence: 0.98, isProven: true }];
    const isSample = isPlaceholder(secret) && name !== 'private key';
    return [
      {
        name,
        secret,
        at: match.index,
        severity,
        confidence: hasChecksum === undefined && !isSample ? confidence : 0.3,
        isProven: false,
      },
    ];
  });
}

function matchesIn(path: string, text: string): readonly Match[] {
  const found = findSecrets(text);
  if (isEnvFile(path)) return [...envSecrets(text), ...found];
  if (!isCiFile(path)) return found;
  const own = keysOfCi(text)
    .filter(({ value }) => !found.some(({ secret, name }) => secret === value && isOfService(name)))
    .map(({ name, value, at }): Match => ({
      name: `CI key ${name}`,
      secret: value,
      at,
      severity: 'high',
      confidence: 0.6,
      isProven: false,
    }));
  return [...own, ...found.filter(({ secret }) => !own.some((one) => one.secret === secret))];
}

/** Calls, paths and the like between quotes. */
function isCode(value: string): boolean {
  return (
    /[(){};,]|^[\w-]+(?:\.[\w-]+)+$|^[a-z]+(?:[A-Z][a-z]+)+\d*$|^[\w/.-]+\/[\w/.-]+$/.test(value) ||
    /^[0-9a-f-]{36}$/i.test(value)
  );
}

function isEnvFile(path: string): boolean {
  return /(?:^|\/)\.env(?:\.(?!example|sample|template|dist|defaults?|test|schema)[\w.-]+)?$/i.test(path);
}

/** Values of a `.env` under names that hold secrets. */
function envSecrets(text: string): readonly Match[] {
  const lines = [
    ...text.matchAll(
      /^[ \t]*(?:export[ \t]+)?(\w*(?:PASS|SECRET|TOKEN|API_?KEY|PRIVATE|CREDENTIAL)\w*)[ \t]*=[ \t]*["']?([^\s"'#]{6,500})/gim,
    ),
  ];
  return lines.flatMap(({ 1: name = '', 2: secret = '', index }): readonly Match[] => {
    if (isPlaceholder(secret) || !/\d/.test(secret) || new Set(secret).size < 8) return [];
    return [
      {
        name: `value of ${name}`,
        secret,
        at: text.indexOf(secret, index),
        severity: 'high',
        confidence: 0.7,
        isProven: false,
      },
    ];
  });
}

/** In tests, examples and docs only a key that proves itself counts; made-up ones are the rule there. */
function isReal({ isProven, confidence, name }: Match, { context, language, path }: FileEntry): boolean {
  if (isProven) return true;
  if (!isProduction(context) || (!isOfService(name) && isForDevelopment(path))) return false;
  return confidence >= 0.5 && language !== 'Markdown';
}

/** What was issued by a service opens something wherever it stands. */
function isOfService(name: string): boolean {
  return !/^(?:value of|private key|password in|Azure)/.test(name);
}

/** Publishable keys of Stripe and Clerk, public tokens of Mapbox, keys of PostHog that only send. */
const PUBLISHABLE = /^(?:pk_(?:live|test)_|pk\.eyJ|phc_)/;

/** Tokens that say themselves that they may only read, such as those of Nx Cloud: `<id>|read`, in base64. */
function isReadOnly(secret: string): boolean {
  return (
    /^[A-Za-z0-9+/]{16,}={0,2}$/.test(secret) && Buffer.from(secret, 'base64').toString('latin1').endsWith('|read')
  );
}

/** Keys that browsers are meant to see: Firebase, Algolia search, sites behind a captcha; and those that only read. */
function isPublic({ at, isProven, secret, name }: Match, text: string): boolean {
  if (!isProven && (PUBLISHABLE.test(secret) || isReadOnly(secret))) return true;
  const around = text.slice(Math.max(0, at - 250), at + 250);
  if (!isProven && isForEverybody(secret, around)) return true;
  const isAddress = name === 'password in a URL';
  if (isAddress && isLocalAddress(text.slice(Math.max(0, at - 1), at + 300))) return true;
  return !isProven && /firebase|authDomain|algolia|docsearch|recaptcha|publishable|site[_-]?key|sentry/i.test(around);
}

function findingOf(match: Match, { path, context }: FileEntry, text: string): Detected {
  const line = text.slice(0, match.at).split('\n').length;
  return {
    kind: 'secret',
    severity: match.severity,
    confidence: match.confidence,
    title: titleOf(match.name, context),
    file: path,
    line,
    anchor: `${match.name} ${match.secret.slice(0, 4)} ${match.secret.length}`,
    evidence: [
      { source: 'secrets', text: `${match.name}: ${masked(match.secret)}`, ref: `${path}:${line}` },
      ...(match.isProven ? [{ source: 'secrets', text: 'Its checksum holds: it was issued by the service.' }] : []),
    ],
    fix: fixFor(match.name),
  };
}

function titleOf(name: string, context: FileContext): string {
  if (name.startsWith('CI key ')) return `${name} stands in plain text`;
  return `${name} in ${context === 'production' || context === 'config' ? 'a file of the project' : `${context} code`}`;
}

const MAY_STAY = 'It stays in the history of git.';

/** Who has to be told that it is known differs. */
function fixFor(name: string): string {
  if (name === 'private key') {
    return `Make a new pair of keys, take the old one off every machine that trusts it, and keep the new one outside the repository. ${MAY_STAY}`;
  }
  if (name.startsWith('password in')) {
    return `Change the password on the server, then take the address from the environment. ${MAY_STAY}`;
  }
  if (/secret_?(?:key_?base|token)|(?:session|cookie|jwt|signing)\w*secret|secret_?key$/i.test(name)) {
    return `Draw a new one, which ends all sessions, and take it from the environment. ${MAY_STAY}`;
  }
  if (/^value of \w*pass(?:word|wd|phrase)?/i.test(name)) {
    return `Change it where it opens something, then take it from the environment. ${MAY_STAY}`;
  }
  const from = name.startsWith('CI key ') ? 'from the secrets of the build service' : 'from the environment';
  return `Revoke it where it was issued, then take it ${from}. ${MAY_STAY}`;
}

const RAILS_KEY = /^value of [\w.]*secret_(?:key_base|token)$/i;
const RAILS_LINE = /^(?:development|test|production|staging|shared|default)\b[^\n]*:/gm;

/** Rails asks for one key in `development:` and `test:` too, which signs nothing that matters. */
function isOfDevelopment({ name, at }: Match, text: string): boolean {
  if (!RAILS_KEY.test(name)) return false;
  const section = [...text.slice(0, at).matchAll(RAILS_LINE)].at(-1)?.[0] ?? '';
  return /^(?:development|test)\b/.test(section);
}

type Secret = Readonly<{ secret: string; finding: Detected }>;

const MAX_PLACES = 5;

/** The same secret is one finding, wherever it stands. */
function together(found: readonly Secret[]): readonly Detected[] {
  return [...Map.groupBy(found, ({ secret, finding }) => `${finding.anchor}\0${secret}`).values()].flatMap((group) => {
    const [first, ...others] = group.map(({ finding }) => finding);
    if (first === undefined) return [];
    const files = [...new Map(others.map((one) => [one.file, one])).values()].filter(({ file }) => file !== first.file);
    const places = files.slice(0, MAX_PLACES).flatMap(({ evidence }) => evidence.slice(0, 1));
    return [{ ...first, evidence: [...first.evidence, ...places] }];
  });
}
