import { readFileSync } from 'node:fs';

/** Of the package that this file belongs to: `src/app` and `dist/app` stand equally deep. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
