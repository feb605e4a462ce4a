import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** One page of documentation: its path relative to the repository's root, and its text. */
export type Page = Readonly<{ path: string; text: string }>;

/** `path:line: what is wrong` */
export type Problem = string;

const FENCE = /^\s*(?:```|~~~)/;
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const SPEED =
  /\d\s*(?:tasks|assignments|events|commits|transitions)(?:\/s| per second)|\bp(?:50|95|99)\b[^|]*\d\s*(?:ms|µs)/;
const PROGRAM = /npm run bench -- ([a-z][a-z-]*)/g;
const NPM = /\bnpm (?:--?[\w-]+ )*([a-z-]+)(?: (?:--silent )?([\w:-]+))?/g;
const WAGGLE = /(?:^|[\s`(])(?:npx )?waggle(?:-swarm)? ([a-z]+)\b/g;
/** Made by a command, so not there in a fresh checkout. */
const MADE = /^(?:reports|dist|\.waggle)\//;
const NPM_VERBS = new Set(['ci', 'install', 'i', 'help', 'test', 'start', 'pack', 'link', 'view', 'init']);

/** Every check over every page, in the order of the pages. */
export function problemsOf(root: string, pages: readonly Page[]): readonly Problem[] {
  return pages.flatMap((page) => [
    ...deadLinks(root, page),
    ...unknownCommands(root, page),
    ...figuresWithoutSource(root, page),
    ...missingPaths(root, page),
  ]);
}

/** Relative links must lead to a file, and their fragment to a heading of it. */
export function deadLinks(root: string, { path, text }: Page): readonly Problem[] {
  return numbered(withoutBlocks(text)).flatMap(([line, number]) =>
    [...line.replaceAll(/`[^`]*`/g, '').matchAll(LINK)].flatMap(([, target = '']) => {
      const problem = linkProblem(root, path, target);
      return problem === undefined ? [] : [`${path}:${number}: ${problem}`];
    }),
  );
}

function linkProblem(root: string, from: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [file = '', fragment] = target.split('#');
  const path = file === '' ? from : join(dirname(from), decodeURIComponent(file));
  if (path.startsWith('..')) return `the link "${target}" leads out of the repository`;
  if (!existsSync(join(root, path))) return `the link "${target}" leads nowhere`;
  if (fragment === undefined || !path.endsWith('.md')) return undefined;
  const anchors = anchorsOf(readFileSync(join(root, path), 'utf8'));
  return anchors.has(fragment) ? undefined : `"${path}" has no heading for "#${fragment}"`;
}

/** Anchors as the usual hosting services make them from headings. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of withoutBlocks(text).split('\n')) {
    const title = HEADING.exec(line)?.[1];
    if (title === undefined) continue;
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    let unique = slug;
    for (let again = 1; anchors.has(unique); again += 1) unique = `${slug}-${again}`;
    anchors.add(unique);
  }
  return anchors;
}

/** `npm run x` must be a script of the package, and `waggle x` a command of the program. */
export function unknownCommands(root: string, { path, text }: Page): readonly Problem[] {
  const scripts = scriptsOf(root);
  return codeLines(text).flatMap(([line, number]) => {
    const npm = [...line.matchAll(NPM)].flatMap(([, verb = '', name = '']) => npmProblem(scripts, verb, name) ?? []);
    const own = [...line.matchAll(WAGGLE)]
      .filter(([, verb = '']) => verb !== 'help' && !existsSync(join(root, 'src/cli/commands', `${verb}.ts`)))
      .map(([, verb = '']) => `there is no command "waggle ${verb}"`);
    return [...npm, ...own].map((problem) => `${path}:${number}: ${problem}`);
  });
}

function npmProblem(scripts: ReadonlySet<string>, verb: string, name: string): string | undefined {
  if (verb === 'run') return name === '' || scripts.has(name) ? undefined : `there is no npm script "${name}"`;
  return NPM_VERBS.has(verb) || scripts.has(verb) ? undefined : `"npm ${verb}" is not a command`;
}

/** A speed in a page must stand in a page that names the program which measures it, and the program must exist. */
export function figuresWithoutSource(root: string, { path, text }: Page): readonly Problem[] {
  const programs = [...text.matchAll(PROGRAM)].map(([, name = '']) => name).filter((name) => name !== 'all');
  const missing = programs
    .filter((name) => !existsSync(join(root, 'bench', `${name}.ts`)))
    .map((name) => `${path}: there is no bench/${name}.ts`);
  const speed = numbered(text).find(([line]) => SPEED.test(line));
  const hasSource = programs.length > 0 || text.includes('performance.md');
  if (speed === undefined || hasSource) return missing;
  return [...missing, `${path}:${speed[1]}: a figure without its program: link docs/performance.md or name the bench`];
}

/** Paths that a page on the architecture names in code spans must exist, from the root or below `src/`. */
export function missingPaths(root: string, { path, text }: Page): readonly Problem[] {
  if (path !== 'ARCHITECTURE.md' && path !== 'CONTRIBUTING.md') return [];
  return numbered(withoutBlocks(text)).flatMap(([line, number]) =>
    [...line.matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => !MADE.test(name) && !existsSync(join(root, name)) && !existsSync(join(root, 'src', name)))
      .map((name) => `${path}:${number}: there is no ${name}`),
  );
}

function scriptsOf(root: string): ReadonlySet<string> {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return new Set(Object.keys(z.object({ scripts: z.record(z.string(), z.string()) }).parse(manifest).scripts));
}

function numbered(text: string): readonly (readonly [line: string, number: number])[] {
  return text.split('\n').map((line, index) => [line, index + 1]);
}

/** The text with the lines of code blocks emptied; lines keep their numbers. */
function withoutBlocks(text: string): string {
  let inCode = false;
  return text
    .split('\n')
    .map((line) => {
      const isFence = FENCE.test(line);
      if (isFence) inCode = !inCode;
      return isFence || inCode ? '' : line;
    })
    .join('\n');
}

/** What stands in code blocks and code spans, with line numbers. */
function codeLines(text: string): readonly (readonly [line: string, number: number])[] {
  let inCode = false;
  return numbered(text).flatMap<readonly [string, number]>(([line, number]) => {
    if (FENCE.test(line)) {
      inCode = !inCode;
      return [];
    }
    if (inCode) return [[line, number]];
    return [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']): readonly [string, number] => [code, number]);
  });
}
