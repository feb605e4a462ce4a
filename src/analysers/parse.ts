import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import type { FileContext } from './classify.ts';
import type { ParseData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import { mayNestTooDeeply } from './nesting.ts';
import { parseApart } from './parse-apart.ts';
import { parseSource, type ParsedSource } from './parse-source.ts';
import { TextReader } from './read-text.ts';

/** Reads one part of the sources: imports, complexity, and code that does something else than it says. */
export function parse({ input, signal }: AnalyserCall): AnalyserResult {
  const shard = input.shard ?? 0;
  const own = needData(input.data, 'inventory').files.filter((file) => file.shard === shard);
  const reader = new TextReader(input.root);
  const results: ParsedSource[] = [];
  const risky: { path: string; context: FileContext }[] = [];
  for (const { path, context } of own) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined) results.push({ ok: false, path, cause: 'it could no longer be read' });
    else if (mayNestTooDeeply(text)) risky.push({ path, context });
    else results.push(parseSource(path, text, context));
  }
  const data = gather([...results, ...parseApart(input.root, risky)]);
  const { files, functions, failed } = data;
  const summary = { files: files.length, complexFunctions: functions.length, failed: failed.length };
  return { file: writeData(input.data, `parse.${shard}`, data), summary };
}

function gather(results: readonly ParsedSource[]): ParseData {
  const parsed = results.filter((result) => result.ok);
  return {
    files: parsed.map(({ file }) => file),
    functions: parsed.flatMap(({ functions }) => functions),
    findings: parsed.flatMap(({ findings }) => findings),
    risks: parsed.flatMap(({ risks }) => risks),
    failed: results.filter((result) => !result.ok).map(({ path, cause }) => ({ path, cause })),
  };
}
