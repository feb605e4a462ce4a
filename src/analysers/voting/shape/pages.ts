import { posix } from 'node:path';
import { IgnoreFile } from '../../ignore-file.ts';
import { asPattern, countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { isOnDisk, namesIn } from '../on-disk.ts';
import { approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** Folders that a site or a registry serves as if they were the page's own. */
const SERVED = ['', 'docs', 'public', 'static', 'src', 'website', 'website/docs', 'docs/public', 'content', 'site'];

/** Looks for the target where a site, a registry or a build would have it. */
export function deadLink({ finding, anchor }: Motion, { root, reader }: Bench): Opinion {
  const targets = anchor === 'many dead links' ? manyTargets(finding.evidence) : [anchor];
  const dir = posix.dirname(finding.file);
  const served = targets.flatMap((target) => whereElse(target, dir, root) ?? []);
  if (targets.length > 0 && served.length * 2 >= targets.length) {
    return reject(`${served.length} of ${targets.length} are served from another folder: ${served[0] ?? ''}.`);
  }
  const ignored = targets.filter((target) => isIgnored(posix.join(dir, bare(target)), reader));
  if (ignored.length === targets.length) return reject('.gitignore names it: a build makes it.');
  const line = (reader.text(finding.file) ?? '').split('\n')[finding.line - 1] ?? '';
  if (anchor !== 'many dead links' && !line.includes(anchor)) return reject('The line does not have the link.');
  const there = whatIsThere(root, posix.dirname(posix.join(dir, bare(targets[0] ?? ''))));
  return approve(`${there}, and it is in no folder that a site serves.`, {
    text: `Looked in ${SERVED.length} folders.`,
    ref: `${finding.file}:${finding.line}`,
  });
}

function whatIsThere(root: string, folder: string): string {
  const names = namesIn(root, folder).length;
  if (names === 0) return `The folder ${folder} does not exist`;
  return `The folder ${folder} has ${countOf(names, 'name')}, none of them the target`;
}

function manyTargets(evidence: Motion['finding']['evidence']): readonly string[] {
  return evidence.flatMap(({ text }) => /^(\S+) does not exist/.exec(text)?.[1] ?? []);
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
