import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import type { FileEntry, FindingsData, PackageEntry } from './data.ts';
import { needData, readData, writeData } from './data-files.ts';
import { deadLinkFindings, isAddress, isReadFirst, type DeadLink, type Mend, type MendedLink } from './dead-links.ts';
import type { Detected } from './detected.ts';
import { lostFiles, type Lost } from './lost-files.ts';
import { codeOf, markdownLinks } from './markdown-links.ts';
import { PageSites } from './page-sites.ts';
import { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 60;

type Page = Readonly<{ path: string; isOfSite: boolean; dead: readonly DeadLink[]; checked: number }>;

/** Looks up relative links, and scripts that a page says to run. */
export async function docs({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const packages = readData(input.data, 'manifests')?.packages ?? [];
  const reader = new TextReader(input.root);
  const tree = new Tree(input.root, files);
  const sites = new PageSites(
    files.map(({ path }) => path),
    (path) => reader.text(path),
  );
  const pages: Page[] = [];
  const scripts: Detected[] = [];
  for (const { path, context } of files.filter(isPage)) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined) continue;
    const isFlat = sites.isFlat(path) && !isReadFirst(path);
    pages.push({ ...checkPage(path, text, { tree, isFlat }), isOfSite: isFlat || sites.has(path, text) });
    if (context === 'docs') scripts.push(...missingScripts(path, text, packages));
  }
  const dead = pages.flatMap((page) => page.dead);
  const asked = dead.flatMap(({ expected }) => namesOf(expected));
  const lost = await lostFiles(input.root, asked, { searchPath: input.searchPath, signal });
  const told = pages.flatMap((page) => mended(page, lost, tree));
  const left = dead.length - told.length;
  const data: FindingsData = {
    findings: [...scripts, ...deadLinkFindings(told)].slice(0, MAX_FINDINGS),
    looked: pages.reduce((sum, { checked }) => sum + checked, 0),
    leftOut:
      left === 0 ? [] : [`${countOf(left, 'link')} to what is not in the repository: a site or a build may make it.`],
  };
  return {
    file: writeData(input.data, 'docs', data),
    summary: { pages: pages.length, links: data.looked, dead: dead.length },
  };
}

/** Links that are surely dead: their mend is known, or the page is read where it stands. */
function mended({ path, dead, isOfSite }: Page, lost: readonly Lost[], tree: Tree): readonly MendedLink[] {
  const single = [...Map.groupBy(dead, ({ target }) => target).values()].flatMap((same) => same.slice(0, 1));
  return single.flatMap((link) => {
    const mend = mendOf(link, lost, tree);
    if ((mend === null || !mend.isSure) && (isOfSite || /\.html?$/.test(link.expected))) return [];
    return mend !== null || isReadFirst(path) ? [{ ...link, mend }] : [];
  });
}

/** `isSure`: on a site too, and for a page that a program makes. */
type Found = NonNullable<Mend> & Readonly<{ isSure: boolean }>;

/** By the letters, by the history, or by the name. */
function mendOf(link: DeadLink, lost: readonly Lost[], tree: Tree): Found | null {
  const { target, page, expected, sameName, likely } = link;
  const write = (path: string): string => `Write ${posix.relative(posix.dirname(page), path)} for ${target}.`;
  if (sameName !== undefined) {
    const text = `${sameName} is there, in other letters: the link works on some machines only.`;
    return { text, fix: `Write it as ${posix.basename(sameName)}.`, isSure: true };
  }
  if (isAddress(target)) {
    const text = `Without "mailto:" it is a path: ${expected} does not exist.`;
    return { text, fix: `Write it as mailto:${target}.`, isSure: true };
  }
  const names = namesOf(expected);
  const gone = lost.find(({ path }) => names.some((name) => path === name || path.startsWith(`${name}/`)));
  if (gone !== undefined) {
    const { path, commit, day, to } = gone;
    const isMoved = to !== undefined && tree.has(to) && names.includes(path);
    if (isMoved) return { text: `${path} became ${to} in ${commit} (${day}).`, fix: write(to), isSure: true };
    const known = likely === undefined ? '' : ` The only file of that name is ${likely}.`;
    const fix = likely === undefined ? `Remove the link to ${target}.` : write(likely);
    return { text: `${path} was removed in ${commit} (${day}).${known}`, fix, isSure: false };
  }
  if (likely === undefined) return null;
  return { text: `The only file of that name is ${likely}.`, fix: write(likely), isSure: false };
}

/** What a link to it may have meant: the file itself, or the page that it was made of. */
function namesOf(expected: string): readonly string[] {
  const stem = expected.replace(/\.html?$/, '');
  if (posix.extname(stem) !== '' && stem === expected) return [expected];
  return [expected, `${stem}.md`, `${stem}.mdx`, `${stem}/index.md`, `${stem}/README.md`];
}

/** They tell of what was, and are left as they are. */
const OF_THE_PAST =
  /(?:^|\/)(?:changelogs?|blog|archived?|rfcs?|news|old|legacy|attic)\/|(?:^|\/)(?:changelog|changes|history|release-?notes|news)[\w.-]*\.\w+$/i;

function isPage({ path, context, isText }: FileEntry): boolean {
  return (
    isText &&
    /\.(?:md|markdown)$/i.test(path) &&
    !/template[^/]*$/i.test(path) &&
    !OF_THE_PAST.test(path) &&
    (context === 'docs' || context === 'config')
  );
}

/** Names that say nothing of what was meant. */
const EVERYWHERE = /^(?:index|readme|license|licence|package|main|mod|setup|config|changelog)(?:\.\w+)?$/;

/** The files there are, in their own and in lower case. */
class Tree {
  readonly #root: string;
  readonly #files: readonly string[];
  readonly #paths: ReadonlySet<string>;
  readonly #lower: ReadonlyMap<string, string>;

  constructor(root: string, files: readonly FileEntry[]) {
    this.#root = root;
    this.#files = files.map(({ path }) => path);
    this.#paths = new Set(files.flatMap(({ path }) => [path, ...foldersAbove(path)]));
    this.#lower = new Map([...this.#paths].map((path) => [path.toLowerCase(), path]));
  }

  has(path: string): boolean {
    return path === '.' || this.#paths.has(path) || existsSync(join(this.#root, path));
  }

  /** The only file of that name, ending and letters aside where it has none: what was meant, most likely. */
  likely(path: string): string | undefined {
    const name = posix.basename(path).toLowerCase();
    if (EVERYWHERE.test(name)) return undefined;
    const isAlike = (known: string): boolean => {
      const other = posix.basename(known).toLowerCase();
      return other === name || (!name.includes('.') && other.replace(/\.(?:md|mdx|markdown)$/, '') === name);
    };
    const [first, ...more] = this.#files.filter(isAlike);
    return more.length === 0 ? first : undefined;
  }

  /** Whether a page has this name, in whatever folder. */
  hasPageNamed(path: string): boolean {
    const name = stemOf(path);
    return this.#files.some((file) => /\.(?:md|livemd|cheatmd)$/.test(file) && stemOf(file) === name);
  }

  /** The first folder of the path that does not exist. */
  missingFolder(path: string): string | undefined {
    return foldersAbove(path).find((folder) => !this.has(folder));
  }

  /** Links of its pages may be names that the site knows, of passages and not of files. */
  isSphinx(page: string): boolean {
    return foldersAbove(page).some((folder) => this.#paths.has(`${folder}/conf.py`));
  }

  /** The same name in other letters: works on some machines only. */
  otherCase(path: string): string | undefined {
    return this.#lower.get(path.toLowerCase());
  }
}

function stemOf(path: string): string {
  return posix
    .basename(path)
    .replace(/\.\w+$/, '')
    .toLowerCase();
}

function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

type Around = Readonly<{ tree: Tree; isFlat: boolean }>;

function checkPage(path: string, text: string, { tree, isFlat }: Around): Omit<Page, 'isOfSite'> {
  const checked = markdownLinks(text).flatMap((link) => {
    const expected = expectedPath(path, link.target);
    const isName = posix.extname(expected ?? '') === '' && tree.isSphinx(path);
    return expected === undefined || isName ? [] : [{ ...link, expected }];
  });
  const dead = checked
    .filter(({ expected }) => !isThere(expected, tree) && !(isFlat && tree.hasPageNamed(expected)))
    .map((link) => ({
      ...link,
      page: path,
      missingFolder: tree.missingFolder(link.expected),
      sameName: tree.otherCase(link.expected),
      likely: tree.likely(link.expected),
    }));
  return { path, dead, checked: checked.length };
}

/** The file that a relative link means; undefined for links that lead out, to another page of a forge, or to a template. */
function expectedPath(from: string, target: string): string | undefined {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/|#|\/|~|@|\?|mailto)/i.test(target) || /[{}$<>*|\\]/.test(target)) return undefined;
  const bare = decode(target.replace(/[?#].*$/, ''));
  if (bare === undefined || bare === '' || /^[\w-]+(?:\.[\w-]+)*\.(?:com|org|io|dev|net)(?:\/|$)/i.test(bare))
    return undefined;
  if (!/[./]/.test(bare)) return undefined; // a single word is a placeholder more often than a file
  const path = posix.join(posix.dirname(from), bare).replace(/\/$/, '');
  return path.startsWith('..') ? undefined : path;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The file itself, or the page that a site would make of it. */
function isThere(path: string, tree: Tree): boolean {
  if (tree.has(path)) return true;
  const stem = path.replace(/\.html?$/, '');
  const pages = ['.md', '.mdx', '.markdown', '.rst', '.ipynb', '.adoc'].map((end) => stem + end);
  return [...pages, `${stem}/index.md`, `${stem}/README.md`, `${stem}/index.mdx`].some((page) => tree.has(page));
}

const RUN = /(?:^|[\s;&|(])(?:npm run(?:-script)?|pnpm run|yarn run|bun run)\s+([\w:.-]+)(?=\s|$|[;&|)])/g;
/** Another folder or another project is meant. */
const ELSEWHERE = /\bcd\s|\bnpx?\s+(?:init|create)|\bcreate-|--prefix|--cwd|\s-C\s|-w\s|--workspace|--filter|<|\$\{/;

/** `npm run x` in a page beside a `package.json` that has no script x. */
function missingScripts(path: string, text: string, packages: readonly PackageEntry[]): readonly Detected[] {
  const isGuide = /^(?:readme|contributing|development|developing|building|hacking)\.(?:md|markdown)$/i.test(
    posix.basename(path),
  );
  const owner = packages.find(({ dir }) => dir === (posix.dirname(path) === '.' ? '' : posix.dirname(path)));
  const code = codeOf(text);
  if (!isGuide || owner === undefined || code.some((line) => ELSEWHERE.test(line.code))) return [];
  const everywhere = new Set(packages.flatMap(({ scripts }) => scripts));
  const asked = code.flatMap(({ code: command, line }) =>
    [...command.matchAll(RUN)].map(({ 1: script = '' }) => ({ script, line })),
  );
  const missing = new Map(asked.filter(({ script }) => !everywhere.has(script)).map((one) => [one.script, one]));
  return [...missing.values()].map(({ script, line }) => ({
    kind: 'missing-script',
    severity: 'medium',
    confidence: 0.6,
    title: `Says to run "${script}", a script that does not exist`,
    file: path,
    line,
    anchor: script,
    evidence: [
      { source: 'docs', text: `npm run ${script}`, ref: `${path}:${line}` },
      { source: 'manifests', text: `No package.json of this repository has a script "${script}".` },
    ],
    fix: 'Name a script that is there, or add it.',
  }));
}
