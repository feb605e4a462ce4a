import { VARIABLE_PATTERN } from '../core/expressions/parse-reference.ts';
import { formatBytes, parseBytes } from '../util/bytes.ts';
import { formatDuration, parseDuration } from '../util/duration.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { OptionRow } from './option-row.ts';
import type { OptionValue } from './options.ts';

/** The value in the option's unit, or in two sentences what is wrong with it. */
export type OptionResult =
  | Readonly<{ ok: true; value: OptionValue }>
  | Readonly<{ ok: false; message: string; fix: string }>;

type Figure = Extract<OptionRow, { type: 'count' | 'duration' | 'bytes' }>;

/** Checks what a file, the environment or a flag gives for an option. Texts from outside a file count as figures too. */
export function readOption(name: string, row: OptionRow, given: unknown): OptionResult {
  switch (row.type) {
    case 'count':
    case 'duration':
    case 'bytes':
      return readFigure(name, row, given);
    case 'choice':
      return readChoice(name, row, given);
    case 'names':
      return readNames(name, row, given);
    case 'commands':
      return readCommands(name, row, given);
  }
}

/** As people write it: `5m`, `512MiB`, `4`, `adaptive`; `unlimited` where there is no value. */
export function showOption(row: OptionRow, value: OptionValue): string {
  if (value === undefined) return 'unlimited';
  if (typeof value === 'number') return showFigure(row, value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readFigure(name: string, row: Figure, given: unknown): OptionResult {
  const value = typeof given === 'string' ? figureFrom(row, given) : given;
  const range = `${showFigure(row, row.min)} to ${showFigure(row, row.max)}`;
  const fix = `Write ${exampleOf(row)}.`;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return { ok: false, message: `${name} is ${show(given)}, but must be ${wordsFor(row)}, ${range}.`, fix };
  }
  if (value >= row.min && value <= row.max) return { ok: true, value };
  return { ok: false, message: `${name} is ${showFigure(row, value)}, but must be ${range}.`, fix };
}

function figureFrom(row: Figure, text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (row.type === 'duration') return parseDuration(text);
  return row.type === 'bytes' ? parseBytes(text) : undefined;
}

function readChoice(name: string, row: Extract<OptionRow, { type: 'choice' }>, given: unknown): OptionResult {
  if (typeof given === 'string' && row.choices.includes(given)) return { ok: true, value: given };
  const near = typeof given === 'string' ? nearestName(given, row.choices) : undefined;
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const all = row.choices.join(', ');
  return { ok: false, message: `${name} is ${show(given)}, which is no choice.`, fix: `Write one of ${all}.${hint}` };
}

function readNames(name: string, row: Extract<OptionRow, { type: 'names' }>, given: unknown): OptionResult {
  const value = typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given;
  const fix = 'Write names of environment variables: [NPM_TOKEN].';
  if (!isTexts(value)) return { ok: false, message: `${name} is ${show(given)}, but must be a list of names.`, fix };
  const wrong = value.find((one) => !VARIABLE_PATTERN.test(one));
  if (wrong !== undefined) return { ok: false, message: `${name} has ${show(wrong)}, which is no such name.`, fix };
  if (value.length <= row.most) return { ok: true, value };
  return { ok: false, message: `${name} has ${value.length} names, but ${row.most} is the most.`, fix: 'Remove some.' };
}

function readCommands(name: string, row: Extract<OptionRow, { type: 'commands' }>, given: unknown): OptionResult {
  const fix = 'Write a list of programs with their arguments: [[npm, ci]].';
  const isCommands = Array.isArray(given) && given.every((argv) => isTexts(argv) && argv.length > 0 && argv[0] !== '');
  if (!isCommands) return { ok: false, message: `${name} is ${show(given)}, but must be a list of commands.`, fix };
  const value = given.filter(isTexts);
  if (value.length <= row.most) return { ok: true, value };
  return {
    ok: false,
    message: `${name} has ${value.length} commands, but ${row.most} is the most.`,
    fix: 'Remove some.',
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function showFigure(row: OptionRow, value: number): string {
  if (row.type === 'duration') return formatDuration(value);
  return row.type === 'bytes' ? formatBytes(value) : value.toLocaleString('en-US');
}

function wordsFor(row: Figure): string {
  if (row.type === 'duration') return 'a duration';
  return row.type === 'bytes' ? 'a size' : `a whole number of ${row.unit}`;
}

function exampleOf(row: Figure): string {
  if (row.type === 'duration') return 'a number with a unit, such as 500ms, 10s, 30m or 2h';
  return row.type === 'bytes' ? 'a number with a unit, such as 64KiB, 512MiB or 2GiB' : 'a whole number in that range';
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'empty';
  return Array.isArray(value) ? 'a list' : 'a group of keys';
}
