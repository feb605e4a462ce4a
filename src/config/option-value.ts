import { VARIABLE_PATTERN } from '../core/expressions/parse-reference.ts';
import type { ResourceAmounts } from '../core/tasks/task-spec.ts';
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
    case 'people':
      return readPeople(name, row, given);
    case 'hosts':
      return readHosts(name, row, given);
    case 'amounts':
      return readAmounts(name, given);
    case 'commands':
      return readCommands(name, row, given);
  }
}

/** As people write it: `5m`, `512MiB`, `4`, `adaptive`; `unlimited` where there is no value. */
export function showOption(row: OptionRow, value: OptionValue): string {
  if (value === undefined) return 'unlimited';
  if (typeof value === 'number') return showFigure(row, value);
  if (typeof value === 'string') return value;
  return row.type === 'amounts' && !isList(value) ? showAmounts(value) : JSON.stringify(value);
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
  const value = row.choices.includes('off') && typeof given === 'boolean' ? wordOf(given) : given;
  if (typeof value === 'string' && row.choices.includes(value)) return { ok: true, value };
  const later = typeof value === 'string' && Object.hasOwn(row.later ?? {}, value) ? row.later?.[value] : undefined;
  if (later !== undefined) {
    const fix = `Leave it out, or write ${row.choices.join(', ')}.`;
    return {
      ok: false,
      message: `${name} is ${show(given)}, which is not available yet in this version: ${later}`,
      fix,
    };
  }
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

/** As whoever votes calls himself: `--as ann`. */
const PERSON = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

function readPeople(name: string, row: Extract<OptionRow, { type: 'people' }>, given: unknown): OptionResult {
  const value = typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given;
  const fix = 'Write names of people, each once: [ann, ben].';
  if (!isTexts(value)) return { ok: false, message: `${name} is ${show(given)}, but must be a list of names.`, fix };
  const wrong = value.find((one, index) => !PERSON.test(one) || value.indexOf(one) < index);
  if (wrong !== undefined)
    return { ok: false, message: `${name} has ${show(wrong)}, which is no name or there twice.`, fix };
  if (value.length <= row.most) return { ok: true, value };
  return { ok: false, message: `${name} has ${value.length} names, but ${row.most} is the most.`, fix: 'Remove some.' };
}

function wordOf(given: boolean): string {
  return given ? 'on' : 'off';
}

/** A name or an IPv4 address, or an IPv6 address in brackets; then the port. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]):([1-9]\d{0,4})$/;

function readHosts(name: string, row: Extract<OptionRow, { type: 'hosts' }>, given: unknown): OptionResult {
  const value = typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given;
  const fix = 'Write hosts with their port: [127.0.0.1:9000].';
  if (!isTexts(value)) return { ok: false, message: `${name} is ${show(given)}, but must be a list of hosts.`, fix };
  const wrong = value.find((one) => Number(HOST.exec(one)?.[1] ?? Infinity) > 65_535);
  if (wrong !== undefined)
    return { ok: false, message: `${name} has ${show(wrong)}, which is no host with a port.`, fix };
  if (value.length <= row.most) return { ok: true, value: value.map((one) => one.toLowerCase()) };
  return { ok: false, message: `${name} has ${value.length} hosts, but ${row.most} is the most.`, fix: 'Remove some.' };
}

const AMOUNTS = ['cpu', 'memory', 'storage', 'network'] as const;
const MOST_CORES = 1_024;

/** From outside a file: `cpu=4,memory=8GiB`. */
function readAmounts(name: string, given: unknown): OptionResult {
  const fix = 'Write what Waggle may use: { cpu: 4, memory: 8GiB, storage: 50GiB, network: 10MiB }.';
  const parts = typeof given === 'string' ? partsIn(given) : given;
  if (!isRecord(parts))
    return { ok: false, message: `${name} is ${show(given)}, but must be a group of amounts.`, fix };
  const amounts: Partial<Record<(typeof AMOUNTS)[number], number>> = {};
  for (const [key, text] of Object.entries(parts)) {
    const kind = AMOUNTS.find((one) => one === key);
    if (kind === undefined) return { ok: false, message: `${name} has ${show(key)}, which is not known.`, fix };
    const amount = kind === 'cpu' ? milliCores(text) : bytesIn(text);
    if (amount === undefined) return { ok: false, message: `${name} has ${show(text)} as ${kind}.`, fix };
    amounts[kind] = amount;
  }
  return { ok: true, value: amounts };
}

function partsIn(text: string): Readonly<Record<string, string>> {
  const parts = text.split(',').map((part) => part.split('=', 2).map((piece) => piece.trim()));
  return Object.fromEntries(parts.map(([key = '', value = '']) => [key, value]));
}

function milliCores(given: unknown): number | undefined {
  const cores = typeof given === 'string' && given !== '' ? Number(given) : given;
  if (typeof cores !== 'number' || !(cores > 0) || cores > MOST_CORES) return undefined;
  return Math.max(1, Math.round(cores * 1_000));
}

function bytesIn(given: unknown): number | undefined {
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return bytesIn(Number(given));
  const bytes = typeof given === 'string' ? parseBytes(given) : given;
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** As people write it; `unlimited` when nothing is named. */
function showAmounts({ cpu, ...bytes }: ResourceAmounts): string {
  const parts = Object.entries(bytes).map(([kind, amount]) => `${kind}=${formatBytes(amount)}`);
  const all = cpu === undefined ? parts : [`cpu=${cpu / 1_000}`, ...parts];
  return all.length === 0 ? 'unlimited' : all.join(',');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: OptionValue): value is Extract<OptionValue, readonly unknown[]> {
  return Array.isArray(value);
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
