import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Names, kinds, times and contents of everything in a folder, `.git` too, but `except` and what is in it. */
export function fingerprintOf(folder: string, except?: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => except === undefined || (name !== except && !name.startsWith(`${except}/`)))
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path);
      const content = stat.isFile() ? readFileSync(path) : Buffer.from(stat.isSymbolicLink() ? readlinkSync(path) : '');
      return `${name} ${stat.mode} ${stat.mtimeMs} ${createHash('sha256').update(content).digest('hex')}`;
    });
}
