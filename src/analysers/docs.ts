import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import type { FileEntry, FindingsData, PackageEntry } from './data.ts';
import { needData, readData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { codeOf, markdownLinks, type MarkdownLink } from './markdown-links.ts';
import { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

const MAX_FINDINGS = 60;
/** A documentation site resolves links in its own way: where this share of links is dead, nothing is said about them. */
const SITE_SHARE = 0.3;
const SITE_LINKS = 6;

type Page = Readonly<{ path: string; links: readonly MarkdownLink[]; dead: readonly DeadLink[]; checked: number }>;
type DeadLink = MarkdownLink &
  Readonly<{ expected: string; sameName: string | undefined; likely: string | undefined; missing: string }>;

/** Looks up relative links, and scripts that a page says to run. */
export function docs({ input, signal }: AnalyserCall): AnalyserResult {
  const { files } = needData(input.data, 'inventory');
  const packages = readData(input.data, 'manifests')?.packages ?? [];
  const reader = new TextReader(input.root);
  const tree = new Tree(input.root, files);
  const pages: Page[] = [];
  const scripts: Detected[] = [];
  for (const { path, context } of files.filter(isPage)) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined) continue;
    pages.push(checkPage(path, text, tree));
    if (context === 'docs') scripts.push(...missingScripts(path, text, packages));
  }
  const sites = siteFolders(pages);
  const own = pages.filter(({ path }) => !sites.has(folderOf(path)));
  const dead = own.flatMap(deadLinks);
  const left = pages.filter(({ path }) => sites.has(folderOf(path))).reduce((sum, page) => sum + page.dead.length, 0);
  const data: FindingsData = {
    findings: [...scripts, ...dead].slice(0, MAX_FINDINGS),
    looked: pages.reduce((sum, { checked }) => sum + checked, 0),
    leftOut:
      left === 0
        ? []
        : [
            `${countOf(left, 'link')} in ${[...sites].join(', ')}: a documentation site seems to resolve them in its own way.`,
          ],
  };
  return {
    file: writeData(input.data, 'docs', data),
    summary: { pages: pages.length, links: data.looked, dead: dead.length },
  };
}

function isPage({ path, context, isText }: FileEntry): boolean {
  return (
    isText &&
    /\.(?:md|markdown)$/i.test(path) &&
    !/template[^/]*$/i.test(path) &&
    (context === 'docs' || context === 'example' || context === 'config')
  );
}

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
    const isAlike = (known: string): boolean => {
      const other = posix.basename(known).toLowerCase();
      return other === name || (!name.includes('.') && other.replace(/\.(?:md|mdx|markdown)$/, '') === name);
    };
    const [first, ...more] = this.#files.filter(isAlike);
    return more.length === 0 ? first : undefined;
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

function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function checkPage(path: string, text: string, tree: Tree): Page {
  const links = markdownLinks(text);
  const checked = links.flatMap((link) => {
    const expected = expectedPath(path, link.target);
    const isName = posix.extname(expected ?? '') === '' && tree.isSphinx(path);
    return expected === undefined || isName ? [] : [{ ...link, expected }];
  });
  const dead = checked
    .filter(({ expected }) => !isThere(expected, tree))
    .map((link) => {
      const { expected } = link;
      const folder = tree.missingFolder(expected);
      const missing = folder === undefined ? `${expected} does not exist.` : `The folder ${folder} does not exist.`;
      return { ...link, missing, sameName: tree.otherCase(expected), likely: tree.likely(expected) };
    });
  return { path, links, dead, checked: checked.length };
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

/** The first two folders: a site is one of them. */
function folderOf(path: string): string {
  const parts = path.split('/').slice(0, -1);
  return parts.slice(0, 2).join('/');
}

function siteFolders(pages: readonly Page[]): ReadonlySet<string> {
  const byFolder = Map.groupBy(pages, ({ path }) => folderOf(path));
  const sites = [...byFolder].filter(([folder, inside]) => {
    const dead = inside.reduce((sum, page) => sum + page.dead.length, 0);
    const checked = inside.reduce((sum, page) => sum + page.checked, 0);
    return folder !== '' && dead >= SITE_LINKS && dead > checked * SITE_SHARE;
  });
  return new Set(sites.map(([folder]) => folder));
}

/** More dead links than this in one page are one finding. */
const MANY = 3;

function deadLinks({ path, dead, checked }: Page): readonly Detected[] {
  const single = [...new Map(dead.map((link) => [link.target, link])).values()];
  const severity = /^(?:readme|contributing|security)\.(?:md|markdown)$/i.test(path) ? 'medium' : 'low';
  const found = single.map((link) => deadLink(path, link, severity));
  const [first] = found;
  if (first === undefined || found.length <= MANY) return found;
  const title = `${first.title.replace(/ leads nowhere$/, '')} and ${found.length - 1} more lead nowhere`;
  const count = { source: 'docs', text: `${found.length} of ${checked} links of the page.` };
  const evidence = [...found.slice(0, 8).flatMap((one) => one.evidence), count];
  return [{ ...first, title, anchor: 'many dead links', evidence, fix: 'Correct the links, or remove them.' }];
}

function deadLink(path: string, link: DeadLink, severity: 'medium' | 'low'): Detected {
  const { target, line, expected, sameName, likely, missing } = link;
  const shown = target.length > 60 ? `…${target.slice(-58)}` : target;
  const base = { kind: 'dead-link', severity, confidence: 0.85, file: path, line, anchor: target } as const;
  const ref = `${path}:${line}`;
  if (sameName !== undefined) {
    const otherCase = `${sameName} is there, in other letters: the link works on some machines only.`;
    const evidence = [{ source: 'docs', text: `${expected} does not exist. ${otherCase}`, ref }];
    const fix = `Write it as ${posix.basename(sameName)}.`;
    return { ...base, title: `Link to ${shown} has the wrong case`, evidence, fix };
  }
  if (/^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(target)) {
    const evidence = [{ source: 'docs', text: `Without "mailto:" it is a path: ${expected} does not exist.`, ref }];
    return { ...base, title: `Link to ${shown} lacks "mailto:"`, evidence, fix: `Write it as mailto:${target}.` };
  }
  const only = likely === undefined ? '' : ` The only file of that name is ${likely}.`;
  const fix =
    likely === undefined
      ? 'Correct the link, or remove it.'
      : `If ${likely} is meant, link to ${posix.relative(posix.dirname(path), likely)}.`;
  const evidence = [{ source: 'docs', text: `${missing}${only}`, ref }];
  return { ...base, title: `Link to ${shown} leads nowhere`, evidence, fix };
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
