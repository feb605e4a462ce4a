import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Project } from '../../app/project.ts';
import { type EntryInfo, type NoteKind, SwarmMemory } from '../../app/swarm-memory.ts';
import { userName } from '../../config/environment.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseJson } from '../parse-json.ts';
import { when } from '../render/format.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';

type SetOptions = Readonly<{ file?: string; ttl?: number; passing?: true; ifVersion?: number; as?: string }>;

/** `waggle memory get`: exit code 1 when there is nothing. */
export function memoryGet(cli: Cli, key: string): Promise<ExitCode> {
  return withMemory(cli, async (memory) => {
    const entry = await memory?.get(key);
    if (entry === undefined) {
      cli.out.say(`There is no "${visible(key)}".`);
      return EXIT.failed;
    }
    cli.out.json({ type: 'entry', key, ...entry });
    cli.out.result(...JSON.stringify(entry.value, null, 2).split('\n').map(visible));
    return EXIT.ok;
  });
}

/** `waggle memory set`: as a person, and lasting unless told otherwise. Exit code 1 when the version did not fit. */
export async function memorySet(
  cli: Cli,
  key: string,
  text: string | undefined,
  options: SetOptions,
): Promise<ExitCode> {
  const value = valueIn(await textFrom(cli, text, options));
  return withWriter(cli, async (memory) => {
    const { ttl, passing, ifVersion } = options;
    const version = await memory.set(key, value, {
      as: options.as ?? userName(),
      persistent: passing !== true,
      ...(ttl === undefined ? {} : { ttlMs: ttl }),
      ...(ifVersion === undefined ? {} : { ifVersion }),
    });
    cli.out.json({ type: 'memory.set', key, version: version ?? null });
    if (version === undefined) cli.out.warn(`"${visible(key)}" has another version by now: nothing was written.`);
    else cli.out.result(`Kept as version ${version}.`);
    return version === undefined ? EXIT.failed : EXIT.ok;
  });
}

/** `waggle memory list` */
export function memoryList(cli: Cli, pattern: string, { limit }: Readonly<{ limit: number }>): Promise<ExitCode> {
  if (!/[:*]/.test(pattern)) throw noPattern(pattern);
  return withMemory(cli, async (memory) => {
    const entries = (await memory?.list(pattern, limit + 1)) ?? [];
    const shown = entries.slice(0, limit);
    for (const entry of shown) cli.out.json({ type: 'entry', ...entry });
    if (shown.length === 0) cli.out.result('Nothing there.');
    else cli.out.result(...entryTable(cli, shown));
    if (entries.length > limit) cli.out.say(`There is more: waggle memory list "${visible(pattern)}" --limit 1000`);
    return EXIT.ok;
  });
}

/** `waggle memory search`: exit code 1 when nothing fits. */
export function memorySearch(
  cli: Cli,
  words: readonly string[],
  { limit, in: pattern }: Readonly<{ limit: number; in?: string }>,
): Promise<ExitCode> {
  return withMemory(cli, async (memory) => {
    const options = { limit: Math.min(limit, 100), ...(pattern === undefined ? {} : { pattern }) };
    const found = (await memory?.search(words.join(' '), options)) ?? [];
    for (const entry of found) {
      cli.out.json({ type: 'found', ...entry });
      cli.out.result(`${visible(entry.key)}  ${visible(entry.snippet.replaceAll('\n', ' '))}`);
    }
    if (found.length === 0) cli.out.say('Nothing has these words.');
    return found.length === 0 ? EXIT.failed : EXIT.ok;
  });
}

/** `waggle memory invalidate` */
export function memoryInvalidate(cli: Cli, pattern: string, { as }: Readonly<{ as?: string }>): Promise<ExitCode> {
  return withWriter(cli, async (memory) => {
    const removed = await memory.invalidate(pattern, as ?? userName());
    cli.out.json({ type: 'memory.invalidated', pattern, removed });
    cli.out.result(removed === 1 ? '1 entry is gone.' : `${removed} entries are gone.`);
    return EXIT.ok;
  });
}

/** `waggle memory stats` */
export function memoryStats(cli: Cli): Promise<ExitCode> {
  return withMemory(cli, async (memory) => {
    const stats = await memory?.stats();
    if (stats === undefined) {
      cli.out.result('Nothing is remembered yet.');
      return EXIT.ok;
    }
    const { usage, hits } = stats;
    cli.out.json({ type: 'memory.stats', ...usage, hits });
    cli.out.result(`${usage.entries} of ${usage.maxEntries} entries, ${usage.bytes} of ${usage.maxBytes} bytes`);
    for (const [tier, { reads, hits: found }] of Object.entries(hits)) {
      if (reads > 0) cli.out.result(`tier ${TIERS[tier] ?? tier}: ${found} of ${reads} reads answered`);
    }
    return EXIT.ok;
  });
}

/** `waggle memory notes` */
export function memoryNotes(
  cli: Cli,
  kind: NoteKind,
  { run, limit }: Readonly<{ run?: string; limit: number }>,
): Promise<ExitCode> {
  return withMemory(cli, async (memory) => {
    const notes = (await memory?.notes(kind, run, limit)) ?? [];
    const nowMs = Date.now();
    for (const { value, ...info } of notes) {
      cli.out.json({ type: kind, ...info, value });
      cli.out.result(`${visible(info.key.slice(kind.length + 1))}  ${when(info.writtenAtMs, nowMs)}`);
      cli.out.result(`  ${visible(JSON.stringify(value))}`);
    }
    if (notes.length === 0) cli.out.result('There are no such notes.');
    return EXIT.ok;
  });
}

/** A word that was meant otherwise, mostly as a command. */
function noPattern(pattern: string): Error {
  const message = `"${pattern}" matches no key, and is no command.`;
  const fix = 'Write a pattern such as swarm:* or *plan*, or see: waggle memory --help';
  return userError({ code: 'MEMORY_PATTERN', message, fix });
}

const TIERS: Readonly<Record<string, string>> = { local: '1', shared: '2', persistent: '3' };

/** Undefined where nothing was ever stored: looking makes no store. */
function withMemory(cli: Cli, act: (memory: SwarmMemory | undefined) => Promise<ExitCode>): Promise<ExitCode> {
  return withProject(cli, async (project) =>
    act(project.archive() === undefined ? undefined : await open(cli, project)),
  );
}

function withWriter(cli: Cli, act: (memory: SwarmMemory) => Promise<ExitCode>): Promise<ExitCode> {
  return withProject(cli, async (project) => act(await open(cli, project)));
}

async function open(cli: Cli, project: Project): Promise<SwarmMemory> {
  const onTrouble = (message: string): void => cli.out.warn(visible(message));
  return new SwarmMemory(await project.connect({ isBrief: true, onTrouble }));
}

async function textFrom(cli: Cli, text: string | undefined, { file }: SetOptions): Promise<string> {
  if (text !== undefined && file === undefined) return text;
  if (file !== undefined && text === undefined)
    return readFile(resolve(cli.cwd, file), 'utf8').catch(() => noFile(file));
  throw userError({ code: 'MEMORY_SET', message: 'What shall be kept?', fix: 'Give a value or --file <file>.' });
}

function noFile(file: string): never {
  throw userError({ code: 'MEMORY_SET', at: file, message: 'It cannot be read.', fix: 'Give a file of text or JSON.' });
}

/** JSON where it is JSON, else a text. */
function valueIn(text: string): Parameters<SwarmMemory['set']>[1] {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function entryTable(cli: Cli, entries: readonly EntryInfo[]): readonly string[] {
  const nowMs = Date.now();
  const rows = entries.map(({ key, bytes, version, author, isLasting, writtenAtMs }) => [
    visible(key),
    String(bytes),
    String(version),
    visible(author.id),
    isLasting ? 'yes' : 'no',
    when(writtenAtMs, nowMs),
  ]);
  const heads = [
    { title: 'key', least: 12 },
    { title: 'bytes', align: 'right' },
    { title: 'version', align: 'right' },
    { title: 'by' },
    { title: 'lasts' },
    { title: 'written' },
  ] as const;
  return table(heads, rows, cli.out.columns);
}
