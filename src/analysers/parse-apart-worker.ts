/** The process that `parseApart` starts: files in on stdin, what they gave out on stdout. */
import { readFileSync, writeSync } from 'node:fs';
import type { FileContext } from './classify.ts';
import { parseSource, type ParsedSource } from './parse-source.ts';
import { TextReader } from './read-text.ts';

type Job = Readonly<{ root: string; files: readonly Readonly<{ path: string; context: FileContext }>[] }>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is parseApart of this release
const { root, files } = JSON.parse(readFileSync(0, 'utf8')) as Job;
const reader = new TextReader(root);
const results = files.map(({ path, context }): ParsedSource => {
  const text = reader.text(path);
  return text === undefined
    ? { ok: false, path, cause: 'it could no longer be read' }
    : parseSource(path, text, context);
});
const output = Buffer.from(JSON.stringify(results));
for (let at = 0; at < output.length;) at += writeSync(1, output, at);
