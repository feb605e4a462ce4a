/** A link or picture in a Markdown text. */
export type MarkdownLink = Readonly<{ target: string; line: number }>;

const INLINE =
  /!?\[(?:[^\]\\\n]|\\.){0,300}\]\(\s{0,4}<?([^()\s<>]{1,500}(?:\([^()\s]{0,100}\)[^()\s<>]{0,200})?)>?(?:\s+["'(][^\n]{0,300})?\)/g;
const DEFINED = /^ {0,3}\[(?!\^)[^\]\n]{1,200}\]:\s{0,4}<?([^\s<>]{1,500})>?/gm;
const HTML = /<(?:a|img)\b[^>\n]{0,300}?\s(?:href|src)\s{0,4}=\s{0,4}["']([^"'\n]{1,500})["']/gi;

/** Every link, code and comments left out. */
export function markdownLinks(text: string): readonly MarkdownLink[] {
  const prose = withoutCode(text);
  return [INLINE, DEFINED, HTML].flatMap((pattern) =>
    [...prose.matchAll(pattern)].map(({ 1: target = '', index }) => ({ target, line: lineAt(prose, index) })),
  );
}

/** Code blocks, code spans and comments as blanks: every other character stays at its line. */
export function withoutCode(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  let fence = '';
  const lines = text.split('\n').map((line) => {
    const mark = /^\s{0,12}(?:>\s?)*(?:[-*+]\s+|\d+\.\s+)?(```+|~~~+)/.exec(line)?.[1] ?? '';
    if (fence === '') {
      fence = mark;
      return mark === '' ? line : blank(line);
    }
    if (mark.startsWith(fence)) fence = '';
    return blank(line);
  });
  return lines
    .join('\n')
    .replace(/<!--[\s\S]{0,20000}?-->/g, blank)
    .replace(/(`+)[^`\n]{1,1000}\1/g, blank);
}

/** The shell commands of a Markdown text: code blocks that hold some, and code spans. */
export function codeOf(text: string): readonly Readonly<{ code: string; line: number }>[] {
  const found: { code: string; line: number }[] = [];
  let fence = '';
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /^\s{0,12}(```+|~~~+)/.exec(line)?.[1] ?? '';
    if (fence !== '') {
      if (mark.startsWith(fence)) fence = '';
      else found.push({ code: line, line: index + 1 });
    } else if (mark === '') {
      for (const { 1: code = '' } of line.matchAll(/`([^`\n]{1,300})`/g)) found.push({ code, line: index + 1 });
    } else fence = mark;
  }
  return found;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
