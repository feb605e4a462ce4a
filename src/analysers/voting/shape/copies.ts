import type { Motion } from '../ballot.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';
import { tokensOf } from './tokens.ts';

const LINES = 30;
/** Share of tokens in order that must be the same. */
const MIN_SAME = 0.8;
/** Decisions and calls among them: lists, types and imports have hardly any. */
const MIN_ACTIONS = 8;
const ACTION =
  /^(?:if|for|while|switch|case|return|throw|await|try|catch|else|elif|except|raise|defer|match|&&|\|\||=>)$/;

/** The two places, word by word: is it the same, and is it anything that a function could hold? */
export function duplicateCode({ finding }: Motion, { reader }: Bench): Opinion {
  const places = finding.evidence.flatMap(({ ref }) => ref ?? []).slice(0, 2);
  const [one, other] = places.map((ref) => wordsAt(ref, reader));
  if (one === undefined || other === undefined || places[0] === places[1])
    return abstain('The second place is not named.');
  const words = one.filter((word, index) => word === other[index]).length;
  const same = Math.max(words, inOrder(one, other)) / Math.max(1, Math.min(one.length, other.length));
  const percent = Math.round(same * 100);
  const seen = {
    text: `${places.join(' and ')}: ${percent}% of the words are the same, in order.`,
    ref: places[0] ?? finding.file,
  };
  if (same < MIN_SAME) return reject(`Word by word only ${percent}% of the two places are the same.`, seen);
  const actions = one.filter((word, index) => ACTION.test(word) || (one[index + 1] === '(' && /^\w/.test(word))).length;
  if (actions < MIN_ACTIONS)
    return reject(`It decides and calls ${actions} times in ${LINES} lines: a list, types or settings.`, seen);
  if (areApart(places) && !isBound(finding))
    return abstain('Whether two files are alike on purpose stands in no file, and no change was made in both.');
  return approve(`${percent}% of the words are the same, ${actions} of them decisions and calls.`, seen);
}

/** In different files. */
function areApart(places: readonly string[]): boolean {
  return new Set(places.map((ref) => ref.replace(/:\d+$/, ''))).size > 1;
}

/** Commits show that who changes one has to change the other. */
function isBound({ evidence }: Motion['finding']): boolean {
  return evidence.some(({ source }) => source === 'history');
}

function wordsAt(ref: string, reader: Bench['reader']): readonly string[] {
  const [, path = '', line = '1'] = /^(.*):(\d+)$/.exec(ref) ?? [];
  const lines = (reader.text(path) ?? '').split('\n').slice(Number(line) - 1, Number(line) - 1 + LINES);
  const plain = lines.map((text) => (/\.(?:py|rb|sh|ex|exs|jl|pl|r)$/.test(path) ? text.replace(/#.*$/, '') : text));
  return tokensOf(plain.join('\n')).map(({ text }) => text);
}

/** Words of `one` that follow each other in `other` too; a gap of a few words is passed over. */
function inOrder(one: readonly string[], other: readonly string[]): number {
  let [at, found] = [0, 0];
  for (const word of one) {
    const next = other.indexOf(word, at);
    if (next < 0 || next - at > 20) continue;
    found += 1;
    at = next + 1;
  }
  return found;
}
