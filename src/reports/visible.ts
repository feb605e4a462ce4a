/** Characters that change what people see without being seen: controls, bidirectional marks, invisible spaces. */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- finding control characters is its purpose
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Text of a repository as it can be shown anywhere: what hides is written out as `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (sign) => `⟨U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** At most `length` characters, marked where it was cut. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
