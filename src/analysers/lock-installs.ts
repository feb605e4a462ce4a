import { posix } from 'node:path';
import { isCiFile } from './classify.ts';
import type { FileEntry } from './data.ts';
import type { TextReader } from './read-text.ts';

/** Commands that install just what a lock file says, or fail. */
const INSTALLS: Readonly<Record<string, RegExp>> = {
  'package-lock.json': /\bnpm\s+(?:ci|clean-install|cit)\b/,
  'npm-shrinkwrap.json': /\bnpm\s+(?:ci|clean-install|cit)\b/,
  'yarn.lock': /--(?:frozen-lockfile|immutable)\b/,
  'pnpm-lock.yaml': /\bpnpm\s+(?:ci|i|install)\b(?![^\n]*--no-frozen-lockfile)|\brun_install:/,
  'bun.lock': /--frozen-lockfile\b|\bbun\s+ci\b/,
  'uv.lock': /\buv\b[^\n]*--(?:locked|frozen)\b|\bUV_(?:LOCKED|FROZEN)\b/,
  'poetry.lock': /\bpoetry\s+(?:install|sync)\b/,
  'Pipfile.lock': /\bpipenv\s+(?:sync|install[^\n]*--deploy)\b/,
  'Gemfile.lock': /\bbundle(?:r)?\s+install\b|\bbundler-cache:\s*true\b/,
  'composer.lock': /\bcomposer\s+install\b/,
  'Cargo.lock': /--(?:locked|frozen)\b/,
};
const MAX_CHARS = 400_000;

/** What build services and images are told to do, comments left out. */
export function commandsOf(files: readonly FileEntry[], reader: TextReader): string {
  let text = '';
  for (const { path, isText } of files) {
    const isAsked = isText && (isCiFile(path) || /(?:^|\/)(?:Dockerfile|tox\.ini|noxfile\.py)$/.test(path));
    if (isAsked && text.length < MAX_CHARS) text += `${reader.text(path) ?? ''}\n`;
  }
  return text.replaceAll(/^\s*#.*$/gm, '');
}

/** Whether one of the commands installs from the lock file, and so fails, or gives others than were meant. */
export function installs(commands: string, lock: string): boolean {
  return INSTALLS[posix.basename(lock)]?.test(commands) ?? false;
}
