/** Blocks of one function that say the same with other names: where each begins, and how many lines it has. */
export type RepeatedBlocks = Readonly<{ lines: readonly number[]; size: number }>;

/** Shorter ones read well as they are. */
const MIN_SIZE = 8;
const MAX_SIZE = 80;
const MIN_TIMES = 3;
const START = /^(\s+)if \(.*\{$/;
const KEYWORDS =
  /^(?:if|else|for|while|do|switch|case|return|throw|new|typeof|instanceof|in|of|const|let|var|await|true|false|null|undefined|this)$/;

/** The largest group of blocks that begin with `if` in one function and differ in names and texts alone. */
export function repeatedBlocks(text: string): RepeatedBlocks | undefined {
  const lines = text.split('\n');
  const groups = new Map<string, { lines: number[]; size: number }>();
  let around = 0;
  for (const [index, line] of lines.entries()) {
    const indent = START.exec(line)?.[1];
    if (indent === undefined) continue;
    const end = endOf(lines, index, indent);
    if (end === undefined || end - index + 1 < MIN_SIZE) continue;
    // The line that the blocks stand in: they are one function's when nothing with less indent is between.
    around = startAround(lines, index, { indent, from: around });
    const shape = shapeOf(lines.slice(index, end + 1));
    const key = `${around} ${shape}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { lines: [index + 1], size: end - index + 1 });
    else known.lines.push(index + 1);
  }
  return [...groups.values()]
    .filter((group) => group.lines.length >= MIN_TIMES)
    .toSorted((a, b) => b.lines.length * b.size - a.lines.length * a.size)[0];
}

/** The line that closes it: with the same indent. */
function endOf(lines: readonly string[], start: number, indent: string): number | undefined {
  for (let at = start + 1; at < lines.length && at - start < MAX_SIZE; at += 1) {
    const line = lines[at] ?? '';
    if (line === `${indent}}`) return at;
    if (line.trim() !== '' && !line.startsWith(`${indent} `) && !line.startsWith(`${indent}\t`)) return undefined;
  }
  return undefined;
}

const MAX_BACK = 400;

function startAround(
  lines: readonly string[],
  index: number,
  { indent, from }: Readonly<{ indent: string; from: number }>,
): number {
  for (let at = index - 1; at >= Math.max(from, index - MAX_BACK); at -= 1) {
    const line = lines[at] ?? '';
    if (line.trim() !== '' && line.length - line.trimStart().length < indent.length) return at;
  }
  return from;
}

/** Names by the order in which they come, texts out. */
function shapeOf(lines: readonly string[]): string {
  const names = new Map<string, number>();
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n')
    .replace(/"[^"\n]*"|'[^'\n]*'|`[^`\n]*`/g, '""')
    .replace(/[A-Za-z_$][\w$]*/g, (name) => {
      if (KEYWORDS.test(name)) return name;
      const number = names.get(name) ?? names.size;
      names.set(name, number);
      return `n${number}`;
    });
}
