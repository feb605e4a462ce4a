import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { BuildOutputs, looksCompiled } from './built-code.ts';
import { contextOf, looksBuilt, looksCopied, looksGenerated, looksMinified, type FileContext } from './classify.ts';
import { codeOnly, countFilled } from './code-only.ts';
import type { FileEntry, InventoryData, UnreadCause } from './data.ts';
import { writeData } from './data-files.ts';
import { readHead } from './head.ts';
import { countBranches, isParsedLanguage, languageOf, type Language } from './languages.ts';
import { listFiles } from './list-files.ts';
import { withoutReports } from './own-reports.ts';
import { MAX_READ_BYTES, TextReader, type ReadText } from './read-text.ts';
import { MAX_FILES, NO_PERMISSION, TOO_MANY_FILES } from './unread-causes.ts';

/** Larger files are not parsed. */
const MAX_PARSED_BYTES = 1024 * 1024;
const NOT_READ: ReadonlySet<FileContext> = new Set(['vendored', 'lock']);
const NOT_COUNTED: ReadonlySet<FileContext> = new Set(['vendored', 'generated', 'lock']);

/** Lists, reads and sorts the files: languages, lines, what each is for, and who parses it. */
export async function inventory({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const [listing, repository] = await Promise.all([
    listFiles(input.root, input.searchPath, signal),
    readHead(input.root, { searchPath: input.searchPath, signal }),
  ]);
  const reader = new TextReader(input.root);
  const paths = withoutReports(listing.paths, reader);
  const unread = new Map<string, string[]>();
  const note = (cause: string, path: string): void => void (unread.get(cause)?.push(path) ?? unread.set(cause, [path]));
  for (const name of listing.unreadableNames) note('the name is not valid UTF-8', name);
  const files: FileEntry[] = [];
  const known = new Set(paths);
  const outputs = new BuildOutputs(paths, reader);
  for (const path of chooseFiles(paths, note)) {
    signal.throwIfAborted();
    const file = examine(path, { reader, known, outputs, note });
    if (file !== undefined) files.push(file);
  }
  const data: InventoryData = {
    files: withShards(files, input.shards ?? 0),
    languages: languagesOf(files),
    unread: [...unread].map(([cause, named]) => causeOf(cause, named)),
    total: paths.length + listing.unreadableNames.length,
    repository,
  };
  return { file: writeData(input.data, 'inventory', data), summary: summaryOf(data) };
}

type TextRead = Extract<ReadText, { kind: 'text' }>;
type Note = (cause: string, path: string) => void;

function chooseFiles(paths: readonly string[], note: Note): readonly string[] {
  if (paths.length <= MAX_FILES) return paths;
  const isFirst = (path: string): boolean => contextOf(path) === 'production' && languageOf(path)?.kind === 'code';
  const ordered = [...paths.filter(isFirst), ...paths.filter((path) => !isFirst(path))];
  for (const path of ordered.slice(MAX_FILES)) note(TOO_MANY_FILES, path);
  return ordered.slice(0, MAX_FILES);
}

type Around = Readonly<{ reader: TextReader; known: ReadonlySet<string>; outputs: BuildOutputs; note: Note }>;

const NOTHING = { bytes: 0, lines: 0, codeLines: 0, branches: 0 };

function examine(path: string, { reader, known, outputs, note }: Around): FileEntry | undefined {
  const language = languageOf(path);
  const context = contextOf(path);
  const base = { path, language: language?.name ?? '', context, isText: false, ...NOTHING };
  if (NOT_READ.has(context)) return base;
  const read = reader.read(path);
  if (read.kind !== 'text') return noteUnread(read, base, note);
  if (!read.isValidUtf8) note('some bytes are not valid UTF-8, they were read as signs', path);
  return measure(read, base, { language, known, outputs });
}

type Look = Readonly<{ language: Language | undefined; known: ReadonlySet<string>; outputs: BuildOutputs }>;

function measure({ text, bytes }: TextRead, base: FileEntry, look: Look): FileEntry {
  const { language } = look;
  const size = { isText: true, bytes, lines: countLines(text) };
  if (language?.kind !== 'code' && language?.kind !== 'markup') return { ...base, ...size };
  if (looksMinified(bytes, size.lines) || looksGenerated(text) || isBuilt(base.path, text, look)) {
    return { ...base, ...size, context: 'generated' };
  }
  const copied = looksCopied(text) ? { isCopied: true as const } : {};
  if (language.isParsed === true || language.branches === undefined) return { ...base, ...size, ...copied };
  const code = codeOnly(base.path, text);
  return { ...base, ...size, ...copied, codeLines: countFilled(code), branches: countBranches(code, language) };
}

/** Whether a program made it of something else, whose text is the one to look at. */
function isBuilt(path: string, text: string, { known, outputs }: Look): boolean {
  return looksBuilt(path, text, known) || outputs.has(path) || looksCompiled(path, text);
}

function noteUnread(read: Exclude<ReadText, { kind: 'text' }>, base: FileEntry, note: Note): FileEntry | undefined {
  switch (read.kind) {
    case 'missing':
      return undefined;
    case 'binary':
      if (languageOf(base.path)?.kind === 'code') note('no text in UTF-8, and it does not say what else', base.path);
      return { ...base, bytes: read.bytes };
    case 'too-large':
      note(`larger than ${MAX_READ_BYTES / 1024 / 1024} MiB`, base.path);
      return { ...base, bytes: read.bytes };
    case 'link':
      note('symbolic link, not followed', base.path);
      return undefined;
    case 'not-a-file':
      note('not a regular file (submodule, socket or pipe)', base.path);
      return undefined;
    case 'unreadable':
      note(NO_PERMISSION, base.path);
      return undefined;
  }
}

/** As people count: a last line without an end is one too. */
function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return text === '' || text.endsWith('\n') ? lines : lines + 1;
}

function isToParse({ path, context, isText, bytes }: FileEntry): boolean {
  if (!isText || bytes > MAX_PARSED_BYTES || !isParsedLanguage(path)) return false;
  return context !== 'vendored' && context !== 'generated' && context !== 'fixture';
}

/** The largest file goes to the part that has least so far. */
function withShards(files: readonly FileEntry[], shards: number): readonly FileEntry[] {
  if (shards === 0) return files;
  const load = Array.from({ length: shards }, () => 0);
  const shardOf = new Map<string, number>();
  for (const { path, bytes } of files.filter(isToParse).toSorted((a, b) => b.bytes - a.bytes)) {
    const shard = load.indexOf(Math.min(...load));
    load[shard] = (load[shard] ?? 0) + bytes + 200;
    shardOf.set(path, shard);
  }
  return files.map((file) => {
    const shard = shardOf.get(file.path);
    return shard === undefined ? file : { ...file, shard };
  });
}

function languagesOf(files: readonly FileEntry[]): InventoryData['languages'] {
  const shares = new Map<string, { files: number; lines: number }>();
  for (const { language, lines, context, isText } of files) {
    if (language === '' || !isText || NOT_COUNTED.has(context)) continue;
    const share = shares.get(language) ?? { files: 0, lines: 0 };
    shares.set(language, { files: share.files + 1, lines: share.lines + lines });
  }
  return [...shares].map(([language, share]) => ({ language, ...share })).toSorted((a, b) => b.lines - a.lines);
}

function causeOf(cause: string, paths: readonly string[]): UnreadCause {
  return { cause, files: paths.length, examples: paths.slice(0, 3) };
}

function summaryOf({ files, languages, total }: InventoryData): AnalyserResult['summary'] {
  return {
    files: total,
    lines: languages.reduce((sum, { lines }) => sum + lines, 0),
    languages: languages.slice(0, 3).map(({ language }) => language),
    generated: files.filter(({ context }) => context === 'generated').length,
    vendored: files.filter(({ context }) => context === 'vendored').length,
  };
}
