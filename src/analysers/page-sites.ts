import { posix } from 'node:path';

/** Settings of programs that make a site of the pages beside and below them. */
const SETTINGS =
  /^(?:conf\.py|_config\.ya?ml|docusaurus\.config\.\w+|mkdocs\.ya?ml|book\.toml|antora\.ya?ml|astro\.config\.\w+|hugo\.(?:toml|ya?ml)|site\.(?:json|ya?ml)|_sidebar\.md|SUMMARY\.md|\.nojekyll|docs\.json|mint\.json|gatsby-config\.\w+|eleventy\.config\.\w+|\.eleventy\.js|typedoc\.json|_toc\.ya?ml|CNAME)$/;
const SETTING_FOLDERS = /(?:^|\/)(?:\.vitepress|\.vuepress|_layouts|_includes)\//;
/** A folder of that name with a manifest of its own is a site. */
const SITE_NAMES = /^(?:docs?|www|website|site|documentation|web|pages|guide)$/;
/** A page with such a head is one of a site. */
const FRONT = /^﻿?(?:---|\+\+\+)\r?\n(?:[^\n]*\n){0,30}?(?:---|\+\+\+)\s*$/m;

/** Of Elixir: its ExDoc puts all pages that are named there into one folder. */
const DOCS_OF_MIX = /\bextras:/;

/** Which pages a program puts on a site: it may resolve their links, or make their targets, in its own way. */
export class PageSites {
  readonly #folders: ReadonlySet<string>;
  readonly #flat: readonly string[];

  constructor(paths: readonly string[], read: (path: string) => string | undefined) {
    this.#folders = new Set(paths.flatMap((path) => siteOf(path) ?? []));
    const mixes = paths.filter((path) => posix.basename(path) === 'mix.exs');
    this.#flat = mixes.filter((path) => DOCS_OF_MIX.test(read(path) ?? '')).map((path) => posix.dirname(path));
  }

  /** Whether its links lead to other pages by their names alone, whatever their folders. */
  isFlat(page: string): boolean {
    return this.#flat.some((folder) => folder === '.' || page.startsWith(`${folder}/`));
  }

  has(page: string, text: string): boolean {
    if (text.startsWith('---') && FRONT.test(text.slice(0, 3_000))) return true;
    for (let folder = posix.dirname(page); folder !== '.'; folder = posix.dirname(folder)) {
      if (this.#folders.has(folder)) return true;
    }
    return false;
  }
}

/** The folder whose pages the file speaks of. What stands in the root speaks of `docs`. */
function siteOf(path: string): string | undefined {
  const folder = posix.dirname(path);
  const below = SETTING_FOLDERS.exec(path);
  if (below !== null) return below.index === 0 ? 'docs' : path.slice(0, below.index);
  if (posix.basename(path) === 'package.json' && SITE_NAMES.test(posix.basename(folder))) return folder;
  if (!SETTINGS.test(posix.basename(path))) return undefined;
  return folder === '.' ? 'docs' : folder;
}
