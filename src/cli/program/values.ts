import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../util/duration.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { FailOn } from '../fail-on.ts';

/** Limits of one run, as `--budget` gives them. Money in micro-dollars. */
export type BudgetFlags = {
  wallMs?: number;
  attempts?: number;
  agents?: number;
  tokens?: number;
  costMicros?: number;
};

const SEVERITIES = ['critical', 'high', 'medium'] as const;
const FINDING_ID = /^[0-9a-f]{16}$/;
const BUDGETS = ['wall', 'cost', 'attempts', 'agents', 'tokens'];

/** A whole number from 1 to 1,000. */
export function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new InvalidArgumentError('Write a whole number from 1 to 1000.');
}

/** `--input name=value`, collected. */
export function inputs(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** A record of the journal, or a time since the run began. */
export type ReplayAt = Readonly<{ seq: number }> | Readonly<{ afterMs: number }>;

/** `57` or `90s`. */
export function replayPoint(text: string): ReplayAt {
  const afterMs = parseDuration(text);
  if (afterMs !== undefined) return { afterMs };
  const seq = Number(text);
  if (Number.isSafeInteger(seq) && seq >= 1) return { seq };
  throw new InvalidArgumentError('Write the number of a record (57) or a time with a unit (90s).');
}

/** `high`, `new`, ids of findings, or several with commas. Of several severities the lowest counts. */
export function failOn(text: string): FailOn {
  const words = states(text);
  const unknown = words.find((word) => word !== 'new' && !isSeverity(word) && !FINDING_ID.test(word));
  if (words.length === 0 || unknown !== undefined)
    throw new InvalidArgumentError(
      `Write ${SEVERITIES.join(', ')}, new, or ids of findings, with commas between them.`,
    );
  const lowest = SEVERITIES.findLast((name) => words.includes(name));
  return {
    isNew: words.includes('new'),
    ids: words.filter((word) => FINDING_ID.test(word)),
    ...(lowest === undefined ? {} : { severity: lowest }),
  };
}

function isSeverity(word: string): boolean {
  return SEVERITIES.some((name) => name === word);
}

/** `wall=10m,cost=2 USD,attempts=50`. */
export function budget(text: string): BudgetFlags {
  const limits: BudgetFlags = {};
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=', 2).map((piece) => piece.trim());
    Object.assign(limits, limitOf(name, value));
  }
  return limits;
}

function limitOf(name: string, value: string): BudgetFlags {
  switch (name) {
    case 'wall':
      return { wallMs: atLeastOne(parseDuration(value), 'wall needs a time with a unit: wall=10m.') };
    case 'cost':
      return { costMicros: atLeastOne(parseMoney(value), 'cost needs an amount: cost=2 USD.') };
    case 'attempts':
    case 'agents':
    case 'tokens':
      return { [name]: atLeastOne(Number(value), `${name} needs a whole number: ${name}=50.`) };
    default: {
      const near = nearestName(name, BUDGETS);
      const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
      throw new InvalidArgumentError(`Limits are ${BUDGETS.join(', ')}.${hint}`);
    }
  }
}

function atLeastOne(amount: number | undefined, fix: string): number {
  if (amount !== undefined && Number.isSafeInteger(amount) && amount > 0) return amount;
  throw new InvalidArgumentError(fix[0]?.toUpperCase() + fix.slice(1));
}

function parseMoney(text: string): number | undefined {
  const [, amount] = /^(\d{1,9}(?:\.\d{1,6})?)(?: ?USD)?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * 1_000_000);
}

export type Choice = (typeof CHOICES)[number];

const CHOICES = ['approve', 'reject', 'abstain'] as const;

export function choice(text: string): Choice {
  const known = CHOICES.find((name) => name === text);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(`Write ${CHOICES.join(', ')}.`);
}

/** The beginning of a SHA-256 in hex. An empty one, as of an unset variable, would fit every content. */
export function contentHash(text: string): string {
  if (/^[0-9a-f]{4,64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('Write at least the first 4 characters of the hash, 0 to 9 and a to f.');
}

/** Words with commas between them. */
export function states(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Whole days, 0 to 36,500. */
export function days(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 36_500) return number;
  throw new InvalidArgumentError('Write a whole number of days.');
}

/** A person's word on a task whose outcome nobody knows. */
export type Settlement = 'succeeded' | 'failed' | 'retry';

export function settlement(text: string): Settlement {
  if (text === 'succeeded' || text === 'failed' || text === 'retry') return text;
  throw new InvalidArgumentError('Write succeeded, failed or retry.');
}

/** `30s`, `5m`; in ms. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('Write a time with a unit: 30s, 5m.');
}
