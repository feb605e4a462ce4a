import { entropyOf, findTokens, isPlaceholder } from '../../secret-patterns.ts';
import type { Motion } from '../ballot.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** Words around a value by which people say that it is none. */
const SAMPLE =
  /\b(?:example|sample|dummy|fake|mock|placeholder|test(?:ing)?|demo|not (?:a )?real|do not use|changeme|replace|your|insert|redacted|expired|revoked|invalid)\b/i;
/** Bits for each sign that a drawn value has at least; text of words has less. */
const DRAWN_BITS = 3.2;

/** Issued by a service that shows by whom, and good for nothing but to be let in. */
const OF_SERVICE =
  /^(?:GitHub|npm|GitLab|AWS|Slack|Stripe|Anthropic|OpenAI|SendGrid|Telegram|Hugging Face|PyPI|CI key) /;

/** The signs of the value and the words around it; a checksum, where there is one, decides alone. */
export function secret({ finding }: Motion, { reader }: Bench): Opinion {
  const lines = (reader.text(finding.file) ?? '').split('\n');
  const own = lines[finding.line - 1] ?? '';
  const ref = `${finding.file}:${finding.line}`;
  const [token] = findTokens(own);
  if (token !== undefined) {
    return token.holds
      ? approve('Its checksum holds: the last six signs fit the rest.', { text: 'CRC-32 fits.', ref })
      : reject('Its checksum does not hold: nobody issued it.', { text: 'CRC-32 differs.', ref });
  }
  if (isInComment(finding.file, lines, finding.line - 1)) {
    return abstain('It stands in a comment or a sample of code, where keys are shown as they look.');
  }
  const around = lines.slice(Math.max(0, finding.line - 3), finding.line + 1).join('\n');
  const word = SAMPLE.exec(around.replace(/["'`][^"'`]{12,}["'`]/g, ''))?.[0];
  if (word !== undefined) return reject(`"${word}" stands beside it: it is a sample.`, { text: word, ref });
  // Most keys and passwords that a public repository holds open nothing: only people know.
  if (!OF_SERVICE.test(finding.title)) return abstain('Its looks do not tell whether it opens anything.');
  const value = longestValue(own);
  return signsOf(value === '' ? longestValue(around) : value, ref);
}

const HASH_COMMENTS = /\.(?:py|rb|sh|bash|ya?ml|toml|ini|cfg|conf|pl|r|ex|exs|env|tf|properties)$|(?:^|\/)\.env/;

/** A line of a comment, of a text above a function, or between the fences of a sample. */
function isInComment(file: string, lines: readonly string[], at: number): boolean {
  const own = (lines[at] ?? '').trim();
  if (/^(?:\/\/|\/\*|\*(?:\s|$)|<!--|--\s)/.test(own)) return true;
  if (HASH_COMMENTS.test(file)) return own.startsWith('#') || isInDocString(file, lines, at);
  const before = lines.slice(0, at);
  const opened = before.findLastIndex((line) => /^\s*(?:\/\*|<!--)/.test(line));
  return opened >= 0 && !before.slice(opened).some((line) => /\*\/|-->/.test(line));
}

function isInDocString(file: string, lines: readonly string[], at: number): boolean {
  if (!file.endsWith('.py')) return false;
  const before = lines.slice(0, at).join('\n');
  const opening = before.lastIndexOf('"""');
  const isOpen = (before.match(/"""/g)?.length ?? 0) % 2 === 1;
  // A text that is given to a name is a value.
  return isOpen && /(?:^|\n)\s*[rRuU]?$/.test(before.slice(0, opening));
}

function signsOf(value: string, ref: string): Opinion {
  if (value === '') return abstain('No value stands in the line.');
  if (isPlaceholder(value) || hasRun(value)) return reject('Its signs run in order or repeat: it is made up.');
  const bits = entropyOf(value);
  const counted = `${bits.toFixed(1)} bits for each of its ${value.length} signs`;
  if (bits < DRAWN_BITS) return reject(`${counted}: words have that, keys have more.`, { text: counted, ref });
  return approve(`${counted}, no run of signs, no word around it that says it is a sample.`, { text: counted, ref });
}

function longestValue(text: string): string {
  const found = text.match(/[A-Za-z0-9+/_\-.~!#%^&*]{8,}=*/g) ?? [];
  return found.reduce((longest, one) => (score(one) > score(longest) ? one : longest), '');
}

/** Drawn values mix digits with letters; names do not. */
const score = (text: string): number =>
  (/\d/.test(text) && /[A-Za-z]/.test(text) ? 100 : 0) + Math.min(text.length, 80);

/** `abcdef`, `123456`, `aaaa`. */
function hasRun(value: string): boolean {
  let [up, same] = [1, 1];
  for (let at = 1; at < value.length; at += 1) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1);
    up = step === 1 ? up + 1 : 1;
    same = step === 0 ? same + 1 : 1;
    if (up >= 6 || same >= 5) return true;
  }
  return false;
}
