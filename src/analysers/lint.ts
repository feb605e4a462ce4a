import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { AnalyserCall, AnalyserResult, CheckInput } from './analyser.ts';
import { isProduction } from './classify.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, readParts, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { asRecord, asText, parseJson } from './json-value.ts';
import { LINT_PLUGINS, LINT_RULES } from './lint-rules.ts';
import { TextReader } from './read-text.ts';
import { runTool } from './run-tool.ts';
import { countOf } from './words.ts';

/** bytes of paths in one call: systems allow 128 KiB to 2 MiB. */
const MAX_PATHS = 100_000;
/** ms, for all calls together */
const MAX_MS = 20_000;
const MAX_OUTPUT = 16 * 1024 * 1024;
const MAX_FINDINGS = 20;
const MAX_PLACES = 6;

/** Lets oxlint look, with our rules and none of the repository's settings. Fails when it does not answer as it should. */
export async function lint({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  if (input.linter === undefined) throw new Error('no linter was found when the check was planned');
  const files = needData(input.data, 'inventory').files.filter(isLinted);
  const complaints = await complaintsOf(
    { ...input, linter: input.linter },
    files.map(({ path }) => path),
    signal,
  );
  const known = new Set(
    readParts(input.data, input.shards ?? 0).flatMap(({ findings }) =>
      // One that stands for several names the others in its evidence.
      findings.flatMap(({ file, line, evidence }) => [`${file}:${line}`, ...evidence.flatMap(({ ref }) => ref ?? [])]),
    ),
  );
  const fresh = complaints.filter(({ file, line }) => !known.has(`${file}:${line}`));
  const findings = grouped(fresh, new TextReader(input.root));
  const rest = findings.length - MAX_FINDINGS;
  const data: FindingsData = {
    findings: findings.slice(0, MAX_FINDINGS),
    looked: files.length,
    leftOut: rest > 0 ? [`${rest} further complaints of the linter.`] : [],
  };
  return { file: writeData(input.data, 'lint', data), summary: { files: files.length, found: findings.length } };
}

function isLinted({ path, context, shard }: FileEntry): boolean {
  return shard !== undefined && isProduction(context) && !/\.d\.[cm]?ts$/.test(path);
}

type Complaint = Readonly<{ rule: string; message: string; help: string; file: string; line: number }>;
type Linting = CheckInput & Readonly<{ linter: string }>;

async function complaintsOf(
  input: Linting,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly Complaint[]> {
  const cwd = join(input.data, 'lint');
  mkdirSync(cwd, { recursive: true, mode: 0o700 });
  const config = join(cwd, 'config.json');
  writeFileSync(config, '{}\n', { mode: 0o600 });
  const settings = [
    '--config',
    config,
    '--disable-nested-config',
    '--no-ignore',
    '--format=json',
    '--threads=2',
    '--allow=all',
    ...LINT_PLUGINS,
    ...[...LINT_RULES.keys()].map((rule) => `--deny=${rule}`),
  ];
  const complaints: Complaint[] = [];
  const endsAtMs = performance.now() + MAX_MS;
  for (const some of inCalls(paths.map((path) => join(input.root, path)))) {
    signal.throwIfAborted();
    const timeoutMs = Math.max(1, Math.round(endsAtMs - performance.now()));
    const result = await runTool(input.linter, [...settings, ...some], {
      cwd,
      timeoutMs,
      maxOutput: MAX_OUTPUT,
      signal,
    });
    if (!result.ok) throw failure(input.linter, result.message);
    complaints.push(...readAnswer(result.stdout, input, cwd));
  }
  return complaints;
}

function failure(linter: string, why: string): Error {
  return new Error(
    `tool-failed: ${linter} did not do its work: ${why}. Run it by hand with --version, or install it anew.`,
  );
}

/** Parts of a list that are short enough for the arguments of a program. */
function inCalls(paths: readonly string[]): readonly (readonly string[])[] {
  const calls: string[][] = [];
  let room = 0;
  for (const path of paths) {
    const length = Buffer.byteLength(path) + 9;
    if (room < length) {
      calls.push([]);
      room = MAX_PATHS;
    }
    calls.at(-1)?.push(path);
    room -= length;
  }
  return calls;
}

/** What it printed: JSON from another program, so nothing in it is taken for granted. */
function readAnswer(stdout: string, { root, linter }: Linting, cwd: string): readonly Complaint[] {
  const all = asRecord(parseJson(stdout))['diagnostics'];
  if (!Array.isArray(all))
    throw failure(linter, `it printed no list of diagnostics, but: ${stdout.trim().slice(0, 200)}`);
  return all.flatMap((one: unknown): readonly Complaint[] => {
    const entry = asRecord(one);
    const rule = ruleOf(asText(entry['code']) ?? '');
    const file = relative(root, resolve(cwd, asText(entry['filename']) ?? ''))
      .split(sep)
      .join('/');
    const labels: unknown = entry['labels'];
    const [label] = Array.isArray(labels) ? labels.map(asRecord) : [];
    const line = asRecord(label?.['span'])['line'];
    if (!LINT_RULES.has(rule) || file.startsWith('..') || typeof line !== 'number') return [];
    const message = (asText(entry['message']) ?? rule).replace(/\s+/g, ' ').slice(0, 200);
    return [{ rule, message, help: (asText(entry['help']) ?? '').replace(/\s+/g, ' ').slice(0, 200), file, line }];
  });
}

/** `eslint(no-const-assign)` → `no-const-assign`; `eslint-plugin-unicorn(no-thenable)` → `unicorn/no-thenable`. */
function ruleOf(code: string): string {
  const [, scope = '', rule = ''] = /^(?:eslint-plugin-)?([\w-]+)\(([\w-]+)\)$/.exec(code) ?? [];
  const plugin = scope.replace('typescript-eslint', 'typescript');
  return plugin === 'eslint' ? rule : `${plugin}/${rule}`;
}

/** One finding for all complaints of a rule: whoever mends one mends the others too. */
function grouped(complaints: readonly Complaint[], reader: TextReader): readonly Detected[] {
  const groups = [...Map.groupBy(complaints, ({ rule }) => rule).values()];
  return groups.flatMap((group) => {
    const inOrder = group.toSorted((a, b) => byText(a.file, b.file) || a.line - b.line);
    const [first] = inOrder;
    const worth = LINT_RULES.get(first?.rule ?? '');
    if (first === undefined || worth === undefined) return [];
    const { rule, message, help, file, line } = first;
    const rest = inOrder.length - MAX_PLACES;
    const textOf = (one: Complaint): string => textAt(reader, one);
    return [
      {
        kind: 'lint-complaint',
        severity: worth.severity,
        confidence: worth.confidence,
        title: inOrder.length === 1 ? worth.title : `${worth.title} (${inOrder.length} times)`,
        file,
        line,
        anchor: `${rule} ${textOf(first)}`,
        evidence: [
          ...inOrder
            .slice(0, MAX_PLACES)
            .map((one) => ({ source: 'lint', text: textOf(one), ref: `${one.file}:${one.line}` })),
          ...(rest > 0 ? [{ source: 'lint', text: `And at ${countOf(rest, 'further place')}.` }] : []),
          { source: 'lint', text: `oxlint says: ${message} (rule ${rule})` },
        ],
        fix: help === '' ? `Change it as the rule ${rule} says, or tell the linter why it may stay.` : help,
      },
    ];
  });
}

function textAt(reader: TextReader, { file, line }: Complaint): string {
  const text = (reader.text(file) ?? '').split('\n')[line - 1] ?? '';
  return text.trim().slice(0, 160);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
