import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Larger files are counted, not read. */
export const MAX_READ_BYTES: number = 2 * 1024 * 1024;

export type ReadText =
  | Readonly<{ kind: 'text'; text: string; bytes: number; isValidUtf8: boolean }>
  | Readonly<{ kind: 'binary' | 'too-large'; bytes: number }>
  | Readonly<{ kind: 'missing' | 'link' | 'not-a-file' | 'unreadable' }>;

/** Reads files below one folder, and nothing outside it: no link is followed, no pipe or device is opened for long. */
export class TextReader {
  readonly #root: string;
  readonly #folders = new Map<string, boolean>();
  #buffer = Buffer.allocUnsafe(64 * 1024);

  /** `root`: absolute, without links. */
  constructor(root: string) {
    this.#root = root;
  }

  /** `path`: relative to the root, with `/`. */
  read(path: string, maxBytes: number = MAX_READ_BYTES): ReadText {
    const full = join(this.#root, path);
    if (!this.#isInside(dirname(full))) return { kind: 'link' };
    try {
      const file = openSync(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return this.#readOpen(file, maxBytes);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      return { kind: whyUnreadable(error) };
    }
  }

  /** The text of a file, or undefined when it is not a text that can be read. */
  text(path: string): string | undefined {
    const result = this.read(path);
    return result.kind === 'text' ? result.text : undefined;
  }

  #readOpen(file: number, maxBytes: number): ReadText {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { kind: 'not-a-file' };
    if (stat.size > maxBytes) return { kind: 'too-large', bytes: stat.size };
    if (stat.size > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(stat.size);
    let length = 0;
    while (length < stat.size) {
      const read = readSync(file, this.#buffer, length, stat.size - length, length);
      if (read === 0) break;
      length += read;
    }
    const content = this.#buffer.subarray(0, length);
    const wide = wideText(content);
    if (wide !== undefined) return { kind: 'text', text: wide, bytes: length, isValidUtf8: true };
    if (content.subarray(0, 8_192).includes(0)) return { kind: 'binary', bytes: length };
    const text = content.toString('utf8');
    return { kind: 'text', text, bytes: length, isValidUtf8: !text.includes('\uFFFD') };
  }

  /** Whether the folder really stands below the root, without a link on the way. */
  #isInside(folder: string): boolean {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    let inside: boolean;
    try {
      inside = realpathSync(folder) === folder && (folder === this.#root || folder.startsWith(this.#root + sep));
    } catch {
      inside = true; // not there: opening the file says so
    }
    this.#folders.set(folder, inside);
    return inside;
  }
}

/** UTF-16 that says so by its first two bytes, as editors on Windows write it. */
function wideText(content: Buffer): string | undefined {
  const isLittle = content[0] === 0xff && content[1] === 0xfe;
  const isBig = content[0] === 0xfe && content[1] === 0xff;
  if ((!isLittle && !isBig) || content.length % 2 === 1) return undefined;
  const text = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(content);
  // Signs that no text has: it is something else that begins so.
  return text.includes('\0') || text.includes('\uFFFD') ? undefined : text;
}

function whyUnreadable(error: unknown): 'missing' | 'link' | 'unreadable' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  return code === 'ELOOP' || code === 'EMLINK' ? 'link' : 'unreadable';
}
