import { isAbsolute, posix, relative } from 'node:path';
import { asRecord, parseJson } from '../json-value.ts';
import type { TextReader } from '../read-text.ts';

/** Share of the lines that ran, 0 to 1, by path relative to the repository. Empty without a report. */
export type Coverage = ReadonlyMap<string, number>;

const MAX_BYTES = 2 * 1024 * 1024;

/** The report of the last test run, where the usual tools leave it. */
export function readCoverage(reader: TextReader, root: string): Coverage {
  const summary = reader.read('coverage/coverage-summary.json', MAX_BYTES);
  if (summary.kind === 'text') return fromSummary(summary.text, root);
  const lcov = reader.read('coverage/lcov.info', MAX_BYTES);
  return lcov.kind === 'text' ? fromLcov(lcov.text, root) : new Map();
}

/** `coverage-summary.json` of Istanbul: `{ "<path>": { "lines": { "pct": 93.1 } } }`. */
function fromSummary(text: string, root: string): Coverage {
  const found = new Map<string, number>();
  for (const [path, value] of Object.entries(asRecord(parseJson(text)))) {
    const share = asRecord(asRecord(value)['lines'])['pct'];
    const own = ownPath(path, root);
    if (typeof share === 'number' && own !== undefined) found.set(own, share / 100);
  }
  return found;
}

/** `lcov.info`: `SF:` names the file, `LF:` counts its lines, `LH:` those that ran. */
function fromLcov(text: string, root: string): Coverage {
  const found = new Map<string, number>();
  for (const part of text.split('end_of_record')) {
    const path = ownPath(/^SF:(.+)$/m.exec(part)?.[1]?.trim() ?? '', root);
    const [lines, ran] = [/^LF:(\d+)$/m, /^LH:(\d+)$/m].map((pattern) => Number(pattern.exec(part)?.[1] ?? 0));
    if (path !== undefined && lines !== undefined && ran !== undefined && lines > 0) found.set(path, ran / lines);
  }
  return found;
}

function ownPath(path: string, root: string): string | undefined {
  if (path === '' || path === 'total') return undefined;
  const own = posix.normalize((isAbsolute(path) ? relative(root, path) : path).replaceAll('\\', '/'));
  return own.startsWith('..') ? undefined : own;
}
