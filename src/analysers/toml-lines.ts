/** One `key = value` of a TOML text. */
export type TomlEntry = Readonly<{
  /** The table it stands in, as written between the brackets; `''` at the top. */
  table: string;
  /** Which one, where tables of one name make a list; 0 for the first. */
  index: number;
  key: string;
  /** As written, without comments; a list or table over several lines is put together. */
  value: string;
  /** From 1. */
  line: number;
}>;

const MAX_VALUE_LINES = 5_000;

/** Every entry, in order. Made for manifests and lock files: what it does not understand it leaves out. */
export function tomlEntries(text: string): readonly TomlEntry[] {
  const entries: TomlEntry[] = [];
  const counts = new Map<string, number>();
  const lines = text.split(/\r?\n/);
  let [table, index] = ['', 0];
  for (let at = 0; at < lines.length; at += 1) {
    const line = withoutComment(lines[at] ?? '').trim();
    const head = /^\[\[?([^[\]]+)\]\]?$/.exec(line)?.[1]?.trim();
    if (head !== undefined) {
      table = plainKey(head);
      index = line.startsWith('[[') ? (counts.get(table) ?? 0) : 0;
      counts.set(table, index + 1);
      continue;
    }
    const [, key, start = ''] =
      /^((?:"[^"]*"|'[^']*'|[\w.-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const whole = wholeValue(lines, at, start);
    entries.push({ table, index, key: plainKey(key), value: whole.value, line: at + 1 });
    at = whole.end;
  }
  return entries;
}

function plainKey(key: string): string {
  return key.replaceAll(/["']/g, '').replaceAll(/\s*\.\s*/g, '.');
}

/** Up to where the brackets, or the three quotes, are closed. */
function wholeValue(lines: readonly string[], from: number, start: string): Readonly<{ value: string; end: number }> {
  const fence = /^("""|''')/.exec(start)?.[1];
  const parts = [start];
  let end = from;
  const isOpen = (): boolean =>
    fence === undefined ? openBrackets(parts.join('\n')) > 0 : parts.join('\n').split(fence).length < 3;
  if (!isOpen()) return { value: start, end };
  let open = fence === undefined ? openBrackets(start) : 1;
  while (open > 0 && end + 1 < lines.length && end - from < MAX_VALUE_LINES) {
    end += 1;
    const line = fence === undefined ? withoutComment(lines[end] ?? '').trim() : (lines[end] ?? '');
    parts.push(line);
    open = fence === undefined ? open + openBrackets(line) : Number(!line.includes(fence));
  }
  return { value: parts.join('\n'), end };
}

const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/g;

function openBrackets(text: string): number {
  const bare = text.replaceAll(QUOTED, '');
  return [...bare.matchAll(/[[{]/g)].length - [...bare.matchAll(/[\]}]/g)].length;
}

function withoutComment(line: string): string {
  return line.includes('#')
    ? line.replaceAll(/("(?:[^"\\]|\\.)*"|'[^']*')|#.*/g, (_, quoted: string | undefined) => quoted ?? '')
    : line;
}

/** Every quoted text of a value: the items of a list, or the text itself. */
export function tomlTexts(value: string): readonly string[] {
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '');
}

/** The text of `key` in `{ key = "text" }`. */
export function tomlField(value: string, key: string): string | undefined {
  const [, double, single] = new RegExp(`(?:^|[{,\\s])${key}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(value) ?? [];
  return double ?? single;
}
