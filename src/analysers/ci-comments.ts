const REASON =
  /\b(?:because|since|cannot|can't|can not|must not|on purpose|deliberate|intentional|no releases?|trusted?|ignore)\b/i;
/** It speaks of the name that the action is called by. */
const ABOUT_NAME =
  /\b(?:(?:un)?pin(?:ned|ning|act)?|zizmor|ratchet|tags?|versions?|branch(?:es)?|sha|hash|moving|movable|latest|trust(?:ed)?)\b/i;
/** Where it is discussed. */
const PAGE = /\/(?:issues|pull|discussions)\/\d+|(?:^|\s)(?:[\w.-]+\/[\w.-]+)?#\d+\b/;
const ON_PURPOSE = /\b(?:unpinned|not pin|zizmor|pinact)\b/i;

/** Whether a comment on the line, or right above its step, says why the action is called by that name. */
export function reasonNear(lines: readonly string[], line: number): boolean {
  const own = /\s#(.*)$/.exec(lines[line - 1] ?? '')?.[1] ?? '';
  const above = lines.slice(Math.max(0, line - 3), line - 1).flatMap((one) => /^\s*#(.*)$/.exec(one)?.[1] ?? []);
  const said = above.join(' ');
  if ([own, said].some((one) => ON_PURPOSE.test(one) || PAGE.test(one)) || REASON.test(own)) return true;
  return REASON.test(said) && ABOUT_NAME.test(said);
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
