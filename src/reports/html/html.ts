import { visible } from '../visible.ts';

/** Text that is markup already. Made by `html` alone, so that nothing of a repository gets in unescaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Part = Html | string | number | false | undefined | readonly Part[];

/** Markup with everything between escaped, except for other markup. `false` and undefined leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    strings.map((text, index) => unindented(text) + (index < parts.length ? markupOf(parts[index]) : '')).join(''),
  );
}

/** Indentation is for those who read the source, and a tenth of the page. */
function unindented(text: string): string {
  return text.replace(/\n\s+/g, '\n');
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(markupOf).join('');
  return escapeHtml(String(part));
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
