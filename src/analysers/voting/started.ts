import { posix } from 'node:path';
import type { Bench } from './opinion.ts';
import { namesIn } from './on-disk.ts';

/** Where people write down what is started. */
const SETTINGS = /(?:^package\.json$|\.config\.[cm]?[jt]s$|^(?:Makefile|Dockerfile|Procfile|index\.html|deno\.json)$)/;
const MAX_FILES = 40;

/** The manifest, setting or workflow that names `file` in its folder or one above it; undefined when none does. */
export function namedToRun(file: string, { root, reader }: Pick<Bench, 'root' | 'reader'>): string | undefined {
  if ((reader.text(file) ?? '').startsWith('#!')) return `Its first line`;
  const stem = file.replace(/\.[cm]?[jt]sx?$/, '');
  for (let dir = posix.dirname(file); ; dir = posix.dirname(dir)) {
    const below = dir === '.' ? stem : posix.relative(dir, stem);
    for (const path of settingsIn(dir, root)) {
      if (isNamed(reader.text(path) ?? '', below)) return path;
    }
    if (dir === '.') return undefined;
  }
}

function settingsIn(dir: string, root: string): readonly string[] {
  const own = namesIn(root, dir)
    .filter((name) => SETTINGS.test(name))
    .map((name) => posix.join(dir, name));
  if (dir !== '.') return own;
  const workflows = namesIn(root, '.github/workflows').map((name) => `.github/workflows/${name}`);
  return [...own, ...workflows].slice(0, MAX_FILES);
}

/** By its path below the folder, with or without its ending. */
function isNamed(text: string, below: string): boolean {
  for (let at = text.indexOf(below); at >= 0; at = text.indexOf(below, at + 1)) {
    const [before = ' ', after = ' '] = [text[at - 1], text[at + below.length]];
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
