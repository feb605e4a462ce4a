/** A comment that gives a reason, or a page where it is discussed. */
const REASON =
  /\b(?:because|since|cannot|can't|can not|must not|on purpose|deliberate|intentional|unpinned|not pin|no releases?|trusted?|zizmor|pinact|ignore)\b|\/(?:issues|pull|discussions)\/\d+|(?:^|\s)(?:[\w.-]+\/[\w.-]+)?#\d+\b/i;

/** Whether a comment on the line, or within two lines above it, gives a reason or names an issue. */
export function reasonNear(lines: readonly string[], line: number): boolean {
  const own = /\s#(.*)$/.exec(lines[line - 1] ?? '')?.[1] ?? '';
  const above = lines.slice(Math.max(0, line - 3), line - 1).flatMap((one) => /^\s*#(.*)$/.exec(one)?.[1] ?? []);
  return [own, ...above].some((comment) => REASON.test(comment));
}

/** The comment lines right above a line, those beside it, and keys such as `name:` between them passed over. */
export function commentsAround(lines: readonly string[], from: number, to: number): string {
  const above: string[] = [];
  for (let at = from - 2; at >= 0 && above.length < 12; at -= 1) {
    const comment = /^\s*#(.*)$/.exec(lines[at] ?? '')?.[1];
    if (comment === undefined) break;
    above.unshift(comment.trim());
  }
  const inside = lines.slice(from - 1, to).flatMap((line) => /(?:^|\s)#(?!\{)\s*(.*)$/.exec(line)?.[1] ?? []);
  return [...above, ...inside].join(' ').trim();
}
