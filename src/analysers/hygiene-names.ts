import { lstatSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { contextOf } from './classify.ts';
import type { FileEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { runGit } from './git.ts';

const MAX_LINKS = 500;
const MAX_SHOWN = 8;
/** Made by a build or an install, and not there before. */
const MADE = /(?:^|\/)(?:node_modules|dist|build|built|out|target|lib|bazel-[\w-]+|vendor|\.venv|venv)(?:\/|$)/;

type Options = Readonly<{ searchPath?: string | undefined; signal: AbortSignal }>;

/** Links that were committed and lead to nothing inside the project. */
export async function deadLinks(root: string, options: Options): Promise<readonly Detected[]> {
  const listed = await runGit(root, ['ls-files', '-s', '-z'], options);
  if (!listed.ok) return [];
  const links = listed.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((entry) => (entry.startsWith('120000 ') ? [entry.slice(entry.indexOf('\t') + 1)] : []));
  return links
    .filter((path) => contextOf(path) !== 'fixture' && contextOf(path) !== 'test' && contextOf(path) !== 'vendored')
    .slice(0, MAX_LINKS)
    .flatMap((path) => deadLink(root, path))
    .slice(0, MAX_SHOWN);
}

function deadLink(root: string, path: string): readonly Detected[] {
  const target = linkAt(join(root, path));
  if (target === undefined || target.startsWith('/')) return [];
  const full = posix.join(posix.dirname(path), target);
  if (full.startsWith('..') || MADE.test(full) || isThere(join(root, full))) return [];
  return [
    {
      kind: 'dead-symlink',
      severity: 'medium',
      confidence: 0.85,
      title: `The link leads to ${target}, which does not exist`,
      file: path,
      line: 0,
      anchor: target,
      evidence: [{ source: 'hygiene', text: `${full} is not there.`, ref: path }],
      fix: 'Point the link at the file that is meant, or remove it.',
    },
  ];
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // a file where links are not supported, or gone
  }
}

/** The target itself; where that is a link again, it is looked at on its own. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Two files whose names differ in case alone: on Windows and macOS only one of them exists. */
export function caseCollisions(files: readonly FileEntry[]): readonly Detected[] {
  const byName = Map.groupBy(files, ({ path }) => path.toLowerCase());
  return [...byName.values()]
    .flatMap((same): readonly Detected[] => {
      const [first, ...others] = same;
      if (first === undefined || others.length === 0 || first.context === 'fixture' || first.context === 'vendored')
        return [];
      const names = others.map(({ path }) => path).join(', ');
      return [
        {
          kind: 'case-collision',
          severity: 'medium',
          confidence: 0.9,
          title: `${posix.basename(first.path)} and ${posix.basename(others[0]?.path ?? '')} are one file on Windows and macOS`,
          file: first.path,
          line: 0,
          anchor: first.path.toLowerCase(),
          evidence: [{ source: 'hygiene', text: `${first.path} and ${names} differ in case alone.`, ref: first.path }],
          fix: 'Give one of them another name, or remove it.',
        },
      ];
    })
    .slice(0, MAX_SHOWN);
}
