import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Severity } from '../core/findings/finding.ts';

/** A kind of key that can be told by its looks. */
export type SecretPattern = Readonly<{
  name: string;
  /** Linear in time: no nested repetition. Group 1, if any, is the secret itself. */
  pattern: RegExp;
  severity: Severity;
  confidence: number;
  /** A word that must stand in the file, so that most files need no search. Lower case. */
  hint: string;
  /** Whether the last characters prove the rest. */
  hasChecksum?: (secret: string) => boolean;
}>;

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: 'GitHub token',
    pattern: /\bgh[pousr]_[A-Za-z0-9]{36}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'gh',
    hasChecksum: hasBase62Checksum,
  },
  {
    name: 'GitHub fine-grained token',
    pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'github_pat_',
  },
  {
    name: 'npm token',
    pattern: /\bnpm_[A-Za-z0-9]{36}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'npm_',
    hasChecksum: hasBase62Checksum,
  },
  {
    name: 'GitLab token',
    pattern: /\bglpat-[A-Za-z0-9_-]{20,}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'glpat-',
  },
  {
    name: 'AWS access key id',
    pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
    severity: 'high',
    confidence: 0.8,
    hint: 'a',
  },
  {
    name: 'Slack token',
    pattern: /\bxox[baprs]-[0-9]{8,14}-[0-9A-Za-z-]{16,}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'xox',
  },
  {
    name: 'Slack webhook',
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}\b/g,
    severity: 'high',
    confidence: 0.85,
    hint: 'hooks.slack.com',
  },
  {
    name: 'Stripe live key',
    pattern: /\b[sr]k_live_[A-Za-z0-9]{20,}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: '_live_',
  },
  {
    name: 'Google API key',
    pattern: /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g,
    severity: 'medium',
    confidence: 0.6,
    hint: 'aiza',
  },
  {
    name: 'Anthropic key',
    pattern: /\bsk-ant-(?:api|admin)\d{2}-[A-Za-z0-9_-]{80,}/g,
    severity: 'critical',
    confidence: 0.95,
    hint: 'sk-ant-',
  },
  {
    name: 'OpenAI key',
    pattern: /\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80}/g,
    severity: 'critical',
    confidence: 0.95,
    hint: 't3blbkfj',
  },
  {
    name: 'SendGrid key',
    pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'sg.',
  },
  {
    name: 'Telegram bot token',
    pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/g,
    severity: 'high',
    confidence: 0.8,
    hint: ':aa',
  },
  { name: 'Hugging Face token', pattern: /\bhf_[A-Za-z]{34}\b/g, severity: 'critical', confidence: 0.85, hint: 'hf_' },
  {
    name: 'PyPI token',
    pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/g,
    severity: 'critical',
    confidence: 0.95,
    hint: 'pypi-',
  },
  {
    name: 'Azure storage key',
    pattern: /\bAccountKey=([A-Za-z0-9+/]{86}==)/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'accountkey=',
  },
  {
    name: 'private key',
    pattern:
      /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----(?:\\r|\\n|\s){0,4}(?:[A-Za-z0-9+/=:\\,-]\s{0,2}){100,100}/g,
    severity: 'critical',
    confidence: 0.9,
    hint: 'private key-----',
  },
  {
    name: 'password in a URL',
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|rediss|amqps?|ftp|https?):\/\/[\w.%+-]{1,64}:([^\s:@/'"`<>${}()[\]\\]{4,80})@[\w-]+(?:\.[\w-]+)+/g,
    severity: 'high',
    confidence: 0.65,
    hint: '://',
  },
];

const HOLDS_SECRET =
  'passw(?:or)?d|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key|encryption[_-]?key|signing[_-]?key';
const KEYWORD = new RegExp(HOLDS_SECRET, 'gi');
const ASSIGNED = new RegExp(
  `(?:^|[^\\w])["']?([\\w.-]{0,60}?(?:${HOLDS_SECRET})(?:[_-][A-Za-z0-9]{1,20}){0,2})["']?\\s{0,4}(?::|=|=>|:=)\\s{0,4}["'\`]([^"'\`\\s\\\\]{12,200})["'\`]`,
  'gi',
);
const MAX_LINE = 400;

/** `name = "value"` where the name says that the value is a secret. */
export function assignedSecrets(text: string): readonly Readonly<{ name: string; value: string; at: number }>[] {
  const found: { name: string; value: string; at: number }[] = [];
  let done = -1;
  for (const { index } of text.matchAll(KEYWORD)) {
    if (index < done) continue;
    const start = Math.max(text.lastIndexOf('\n', index) + 1, index - MAX_LINE / 2);
    const end = text.indexOf('\n', index);
    done = Math.min(end < 0 ? text.length : end, start + MAX_LINE);
    for (const { 1: name = '', 2: value = '', index: at } of text.slice(start, done).matchAll(ASSIGNED)) {
      found.push({ name, value, at: text.indexOf(value, start + at) });
    }
  }
  return found;
}

/** Keys to services that build services are given: what they open is somebody's account. */
const CI_KEY =
  /(?:^|[\s"'-])([A-Z][A-Z0-9_]*_(?:ACCESS_?KEY|API_?KEY|AUTH_?KEY|API_?TOKEN|AUTH_?TOKEN|ACCESS_?TOKEN|SECRET_?KEY|TOKEN|SECRET))\s{0,4}[=:]\s{0,4}["']?([\w+/.~-]{16,200}={0,2})["']?(?=[\s,\]#]|$)/gm;
/** Drawn for a test, good for nothing but to be told something, or meant for everybody. */
const NO_CI_KEY =
  /TEST|DUMMY|FAKE|SAMPLE|EXAMPLE|LOCAL|MINIO|EMULATOR|SECRET_KEY_BASE|JWT|SESSION|COOKIE|CSRF|^(?:APP|DJANGO|FLASK|RAILS|LARAVEL|SYMFONY)_|^(?:CODECOV|COVERALLS|CODACY|CODECLIMATE|CC_|QLTY|SONAR|PERCY|CHROMATIC|NX_|TURBO|CYPRESS|SENTRY|ALGOLIA|FIREBASE)|PUBLIC|PUBLISHABLE|SITE_/;

/** `SAUCE_ACCESS_KEY=…` and `SAUCE_ACCESS_KEY: …` as the settings of build services have them; comments left out. */
export function keysOfCi(text: string): readonly Readonly<{ name: string; value: string; at: number }>[] {
  return [...text.matchAll(CI_KEY)].flatMap(({ 1: name = '', 2: value = '', index }) => {
    const line = text.slice(text.lastIndexOf('\n', index) + 1, index + 1);
    if (NO_CI_KEY.test(name) || line.includes('#')) return [];
    if (isPlaceholder(value) || !looksRandom(value)) return [];
    return [{ name, value, at: text.indexOf(value, index) }];
  });
}

const PLACEHOLDER =
  /example|sample|dummy|fake|mock|placeholder|changeme|change[-_]me|replace|your[-_]|insert|todo|redacted|xxx|\*\*\*|\.\.\.|<|\$\{|\{\{|%[({s]|test|demo|foo|bar|lorem|secret|password|passw0rd|hunter2|deadbeef|abcdef|123456|qwerty|localhost|127\.0\.0\.1|process\.env|getenv|environ|undefined|null|none|default|unused|invalid|expired|not[-_]?(?:a|real)/i;

/** Beginnings of SHA-256: keys that emulators have for everybody (Azurite, the emulator of Cosmos DB). */
const KEYS_FOR_ALL: ReadonlySet<string> = new Set(['0011cc25eb432071', 'aa6547439583c3a2']);
/** Words that stand beside what an emulator or an image takes as its key. */
const EMULATOR = /devstoreaccount1|azurite|UseDevelopmentStorage|localstack|\bemulator\b|minioadmin/i;

/** Whether everybody may know the key: it comes with an emulator. `around`: the text near it. */
export function isForEverybody(secret: string, around: string): boolean {
  const hash = createHash('sha256').update(secret).digest('hex');
  return KEYS_FOR_ALL.has(hash.slice(0, 16)) || EMULATOR.test(around);
}

/** A password of an address that is none: the name again, or for a server that only this machine or a test has. */
export function isLocalAddress(address: string): boolean {
  const [, name = '', password = '', host = ''] = /\/\/([^:@/]*):([^@/]*)@([\w.-]+)/.exec(address) ?? [];
  return (
    (name !== '' && name.toLowerCase() === password.toLowerCase()) ||
    /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0)|(?:^|\.)(?:local|localhost|test|example|invalid|localdomain)$|(?:^|\.)example\.\w+$/i.test(
      host,
    )
  );
}

/** A value that stands for a secret but is none. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || /^(.)\1+$/.test(value) || new Set(value).size < 6;
}

/** Random text has more than this many bits for each character. Words and paths have less. */
const MIN_ENTROPY = 3.5;

/** Looks like something a machine drew: mixed signs, high entropy, no words. */
export function looksRandom(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/[a-z]{5,}[-_. /][a-z]{4,}/i.test(value) || /^[\w.-]+\.[a-z]{2,4}$/i.test(value)) return false; // words, file names
  if (/^(?:https?:|\/|\.\/|@|#|data:)/.test(value)) return false;
  return entropyOf(value) >= MIN_ENTROPY;
}

/** Shannon's bits for each character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The last six characters of a GitHub or npm token are the CRC-32 of the characters before, after the prefix.
 * Source: "Behind GitHub's new authentication token formats", 2021.
 */
export function hasBase62Checksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  let rest = crc32(body.slice(0, -6));
  let text = '';
  for (let place = 0; place < 6; place += 1) {
    text = (BASE62[rest % 62] ?? '') + text;
    rest = Math.floor(rest / 62);
  }
  return text === body.slice(-6);
}

/** What may be shown of a secret: its first signs, and never more than a third of it. */
export function masked(secret: string): string {
  const shown = Math.min(4, Math.floor(secret.length / 3));
  return `${secret.slice(0, shown)}… (${secret.length} characters)`;
}

/** The text with every secret in it masked: for lines of code that are shown as evidence of something else. */
export function withoutSecrets(text: string): string {
  const lower = text.toLowerCase();
  const known = SECRET_PATTERNS.filter(({ hint }) => lower.includes(hint)).flatMap(({ pattern }) =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]),
  );
  const assigned = assignedSecrets(text).map(({ value }) => value);
  return [...known, ...assigned].reduce((shown, secret) => shown.replaceAll(secret, masked(secret)), text);
}

/** Tokens in the text that end in a checksum, and whether it holds. */
export function findTokens(text: string): readonly Readonly<{ token: string; holds: boolean }>[] {
  return SECRET_PATTERNS.flatMap(({ pattern, hasChecksum }) =>
    hasChecksum === undefined
      ? []
      : [...text.matchAll(pattern)].map(([token]) => ({ token, holds: hasChecksum(token) })),
  );
}

export function hasProvenToken(text: string): boolean {
  return findTokens(text).some(({ holds }) => holds);
}
