import { posix } from 'node:path';
import type { Detected } from './detected.ts';
import type { MarkdownLink } from './markdown-links.ts';
import { countOf } from './words.ts';

/** A relative link whose target is not there. */
export type DeadLink = MarkdownLink &
  Readonly<{
    page: string;
    expected: string;
    /** The same path in other letters. */
    sameName: string | undefined;
    /** The only file of that name. */
    likely: string | undefined;
    /** The first folder of the path that does not exist. */
    missingFolder: string | undefined;
  }>;

/** What mends a link: `text` says how it is known, `fix` what to write; null where nothing tells. */
export type Mend = Readonly<{ text: string; fix: string }> | null;
export type MendedLink = DeadLink & Readonly<{ mend: Mend }>;

const MAX_PLACES = 12;
const MAX_SHOWN = 58;
/** Pages that everybody reads first. */
const GUIDE = /^(?:readme|contributing|security)\.(?:md|markdown)$/i;

/** At most two findings: one for the links whose mend is known, one for those of which only people know it. */
export function deadLinkFindings(links: readonly MendedLink[]): readonly Detected[] {
  const sorted = links.toSorted((a, b) => rankOf(a) - rankOf(b) || byText(a.page, b.page) || a.line - b.line);
  return [true, false].flatMap((isKnown) => {
    const own = sorted.filter(({ mend }) => (mend !== null) === isKnown);
    return own.length === 0 ? [] : [findingOf(own)];
  });
}

/** A mistake that everybody sees comes first. */
function rankOf({ page }: DeadLink): number {
  if (GUIDE.test(page)) return 0;
  return isReadFirst(page) ? 1 : 2;
}

export function isReadFirst(page: string): boolean {
  return GUIDE.test(posix.basename(page));
}

function findingOf(links: readonly MendedLink[]): Detected {
  const [first] = links;
  const { page = '', line = 0, target = '', mend = null } = first ?? {};
  const rest = links.length - MAX_PLACES;
  return {
    kind: 'dead-link',
    severity: GUIDE.test(page) && mend !== null ? 'medium' : 'low',
    confidence: mend === null ? 0.6 : 0.9,
    title: titleOf(links),
    file: page,
    line,
    anchor: links.length === 1 ? target : `dead links${mend === null ? ' that nothing mends' : ''}`,
    evidence: [
      ...links.slice(0, MAX_PLACES).map((link) => ({
        source: 'docs',
        text: `Link to ${link.target}: ${link.mend?.text ?? missing(link)}`,
        ref: `${link.page}:${link.line}`,
      })),
      ...(rest > 0 ? [{ source: 'docs', text: `And ${countOf(rest, 'further link')}.` }] : []),
    ],
    fix: fixOf(links),
  };
}

function missing({ expected, missingFolder }: DeadLink): string {
  return missingFolder === undefined ? `${expected} does not exist.` : `The folder ${missingFolder} does not exist.`;
}

function titleOf(links: readonly MendedLink[]): string {
  const [first] = links;
  if (first === undefined) return '';
  const { target, sameName, mend } = first;
  const shown = target.length > MAX_SHOWN ? `…${target.slice(1 - MAX_SHOWN)}` : target;
  if (links.length > 1) {
    const pages = new Set(links.map(({ page }) => page)).size;
    const where = pages > 1 ? ` on ${pages} pages` : '';
    return `Link to ${shown} and ${links.length - 1} more${where} lead nowhere`;
  }
  if (sameName !== undefined) return `Link to ${shown} has the wrong case`;
  return mend !== null && isAddress(target) ? `Link to ${shown} lacks "mailto:"` : `Link to ${shown} leads nowhere`;
}

function fixOf(links: readonly MendedLink[]): string {
  const known = [...new Set(links.flatMap(({ mend }) => mend?.fix ?? []))];
  const [one, ...others] = known;
  if (one === undefined) return 'Correct the link, or remove it.';
  if (others.length === 0) return one;
  return `${known.slice(0, 3).join(' ')}${known.length > 3 ? ' The others are told with their places.' : ''}`;
}

export function isAddress(target: string): boolean {
  return /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(target);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
