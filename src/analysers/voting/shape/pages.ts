import { posix } from 'node:path';
import { IgnoreFile } from '../../ignore-file.ts';
import { asPattern, countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { isOnDisk, namesIn } from '../on-disk.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** Folders that a site or a registry serves as if they were the page's own. */
const SERVED = ['', 'docs', 'public', 'static', 'src', 'website', 'website/docs', 'docs/public', 'content', 'site'];

type Place = Readonly<{ target: string; dir: string; ref: string; isKnown: boolean }>;

/** A detector that knows what mends a link says it so. */
const KNOWN =
  /^Link to (\S+): (?:(.+ (?:became|was removed in) |the only file of that name is |.+ is there, in other letters|Without "mailto:")|)/i;

/** Looks for the targets where a site, a registry or a build would have them. */
export function deadLink({ finding }: Motion, { root, reader }: Bench): Opinion {
  const places = finding.evidence.flatMap((one) => placeOf(one) ?? []);
  const standing = places.filter(({ target, ref }) => lineAt(ref, reader).includes(target));
  if (standing.length === 0) return reject('The line does not have the link.');
  // What a forge and a registry show is served as it stands, whatever a site does with other pages.
  const served = standing.flatMap(({ target, dir, ref }) =>
    isShownAsItIs(ref) ? [] : (whereElse(target, dir, root) ?? []),
  );
  if (served.length * 2 >= standing.length) {
    return reject(`${served.length} of ${standing.length} are served from another folder: ${served[0] ?? ''}.`);
  }
  const ignored = standing.filter(({ target, dir }) => isIgnored(posix.join(dir, bare(target)), reader));
  if (ignored.length * 2 >= standing.length) return reject('.gitignore names it: a build makes it.');
  const sentOn = standing.filter(({ target, dir }) => isSentOn(posix.join(dir, bare(target)), root, reader));
  if (sentOn.length * 2 >= standing.length) return reject('The site sends readers of that address on.');
  const known = standing.find(({ isKnown }) => isKnown);
  if (known === undefined) return abstain('Nothing tells where it should lead.');
  const there = whatIsThere(root, posix.dirname(posix.join(known.dir, bare(known.target))));
  const { ref } = known;
  if (isShownAsItIs(ref)) return approve(`${there}, and forges show this page as it stands.`, { text: there, ref });
  return approve(`${there}, and it is in no folder that a site serves.`, {
    text: `Looked in ${SERVED.length} folders.`,
    ref,
  });
}

/** The README of the root, and its translations in whatever folder. */
function isShownAsItIs(ref: string): boolean {
  return (
    /^readme[^/]*\.(?:md|markdown):\d+$/i.test(ref) ||
    /(?:^|\/)readme[-_.][a-z]{2,3}(?:[-_][a-z]{2,4})?\.(?:md|markdown):\d+$/i.test(ref)
  );
}

function placeOf({ text, ref }: Motion['finding']['evidence'][number]): Place | undefined {
  const [, target, known] = KNOWN.exec(text) ?? [];
  if (target === undefined || ref === undefined) return undefined;
  return { target, dir: posix.dirname(ref.replace(/:\d+$/, '')), ref, isKnown: known !== undefined };
}

/** Lists of addresses that a site sends on, in the folders above a page. */
const REDIRECTS = [
  '_redirects',
  '.vuepress/redirects',
  '.vitepress/redirects',
  'public/_redirects',
  'static/_redirects',
];
const SITE_SETTINGS = ['netlify.toml', 'vercel.json', 'mkdocs.yml', 'docusaurus.config.js', 'docusaurus.config.ts'];

function isSentOn(path: string, root: string, reader: Bench['reader']): boolean {
  const parts = path.split('/').slice(0, -1);
  const folders = ['', ...parts.map((_, at) => parts.slice(0, at + 1).join('/'))];
  const name = path.replace(/\.(?:mdx?|html?)$/, '');
  return folders.some((folder) =>
    [...REDIRECTS, ...SITE_SETTINGS].some((list) => {
      const file = posix.join(folder, list);
      const below = posix.relative(folder, name);
      return isOnDisk(root, file) && below.includes('/') && (reader.text(file) ?? '').includes(below);
    }),
  );
}

function lineAt(ref: string, reader: Bench['reader']): string {
  const [, path = '', line = '1'] = /^(.*):(\d+)$/.exec(ref) ?? [];
  return (reader.text(path) ?? '').split('\n')[Number(line) - 1] ?? '';
}

function whatIsThere(root: string, folder: string): string {
  const names = namesIn(root, folder).length;
  if (names === 0) return `The folder ${folder} does not exist`;
  return `${folder === '.' ? 'The root' : `The folder ${folder}`} has ${countOf(names, 'name')}, none of them the target`;
}

const bare = (target: string): string => {
  const path = target.replace(/[?#].*$/, '').replace(/^\/+/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

function whereElse(target: string, dir: string, root: string): string | undefined {
  const name = bare(target).replace(/^(?:\.\.?\/)+/, '');
  if (name === '') return undefined;
  const served = SERVED.filter(
    (folder) => folder !== dir && posix.join(folder, name) !== posix.join(dir, bare(target)),
  );
  const ends = posix.extname(name) === '' ? ['', '.md', '.mdx', '/index.md', '/README.md'] : [''];
  const candidates = served.flatMap((folder) => ends.map((end) => posix.join(folder, name + end)));
  // A bare name is found in the root by chance; a path of folders is not.
  return candidates
    .filter((path) => name.includes('/') || posix.dirname(path) !== '.')
    .find((path) => isOnDisk(root, path));
}

function isIgnored(path: string, reader: Bench['reader']): boolean {
  const list = new IgnoreFile(reader.text('.gitignore') ?? '');
  const parts = path.split('/');
  return parts.some((_, index) => list.verdict(parts.slice(0, index + 1), index < parts.length - 1) === 'ignored');
}

/** Before such a line the reader is told to go somewhere else first. */
const ELSEWHERE =
  /\b(?:git clone|npm create|npm init|npx create-|yarn create|pnpm create|bun create|degit|your (?:project|app|package)|new project|in your\b|add (?:this|the following|a script))/i;

/** The manifests as text, and what the page says before it. */
export function missingScript({ finding, anchor }: Motion, { root, reader }: Bench): Opinion {
  const dir = posix.dirname(finding.file);
  for (const name of [
    'package.json',
    'Makefile',
    'nx.json',
    'project.json',
    'turbo.json',
    'lerna.json',
    'wireit.json',
  ]) {
    const path = posix.join(dir, name);
    if (isOnDisk(root, path) && namesScript(reader.text(path) ?? '', anchor)) return reject(`${path} has it.`);
  }
  const lines = (reader.text(finding.file) ?? '').split('\n');
  const before = lines.slice(Math.max(0, finding.line - 20), finding.line).join('\n');
  const told = ELSEWHERE.exec(before)?.[0];
  if (told !== undefined) return reject(`The page speaks of another project there: "${told}".`);
  return approve(`No manifest beside ${finding.file} has "${anchor}", and the page speaks of this project.`, {
    text: (lines[finding.line - 1] ?? '').trim().slice(0, 120),
    ref: `${finding.file}:${finding.line}`,
  });
}

function namesScript(text: string, script: string): boolean {
  return new RegExp(`"${asPattern(script)}"\\s*:|^${asPattern(script)}:`, 'm').test(text);
}
