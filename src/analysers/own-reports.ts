import { posix } from 'node:path';
import type { TextReader } from './read-text.ts';

const FORMAT = /^\s*\{\s*"format"\s*:\s*"waggle-check\//;
/** Reports are a few MB at most. */
const MAX_REPORT_BYTES = 64 * 1024 * 1024;
const NAMES = ['report.html', 'report.json', 'report.md', 'report.sarif'];

/**
 * Without the reports of checks that were kept in the repository: each would count the one before, and its figures
 * would grow from check to check.
 */
export function withoutReports(paths: readonly string[], reader: TextReader): readonly string[] {
  const kept = paths.filter((path) => posix.basename(path) === 'report.json' && isReport(path, reader));
  if (kept.length === 0) return paths;
  const own = new Set(kept.flatMap((path) => NAMES.map((name) => posix.join(posix.dirname(path), name))));
  return paths.filter((path) => !own.has(path));
}

function isReport(path: string, reader: TextReader): boolean {
  const found = reader.read(path, MAX_REPORT_BYTES);
  return found.kind === 'text' && FORMAT.test(found.text);
}
