import { parseSync } from 'oxc-parser';
import type { ComplexFunction } from '../core/findings/check-report.ts';
import type { FileContext } from './classify.ts';
import { ComplexityMeter } from './complexity.ts';
import type { ParsedFile } from './data.ts';
import type { Detected } from './detected.ts';
import { complaintsAbout } from './lint/rules.ts';
import type { Complaint } from './lint/rule.ts';
import { hasOnlyTypes, ImportCollector } from './module-imports.ts';
import { isNode, Lines, walk, type AstNode } from './syntax.ts';

/** Functions with fewer decisions are not kept. */
const MIN_COMPLEXITY = 10;

/** What one file gave, or why it gave nothing. */
export type ParsedSource =
  | Readonly<{ ok: true; file: ParsedFile; functions: readonly ComplexFunction[]; findings: readonly Detected[] }>
  | Readonly<{ ok: false; path: string; cause: string }>;

/** `text` must not nest too deeply: see `mayNestTooDeeply`. */
export function parseSource(path: string, text: string, context: FileContext): ParsedSource {
  const result = parseSync(path, text, parserOptions(path, text));
  const program: unknown = result.program;
  const [error] = result.errors;
  if (!isNode(program) || (error !== undefined && result.program.body.length === 0 && text.trim() !== '')) {
    return { ok: false, path, cause: `it does not parse: ${error?.message ?? 'unknown reason'}`.slice(0, 200) };
  }
  const lines = new Lines(text);
  const meter = new ComplexityMeter(path, lines);
  const collector = new ImportCollector();
  const complaints: Complaint[] = [];
  const isTest = context === 'test';
  const isJudged = isTest || context === 'production' || context === 'config';
  try {
    walk(program, {
      enter(node, above, key) {
        meter.enter(node, above, key);
        collector.enter(node, above, key);
        if (isJudged) complaints.push(...complaintsAbout(node, { file: path, source: text, isTest, path: above, key }));
      },
      leave(node, key) {
        meter.leave(node, key);
        collector.leave(node);
      },
    });
  } catch (cause) {
    if (cause instanceof RangeError) return { ok: false, path, cause: 'it is nested too deeply' };
    throw cause;
  }
  const isTyped = /\.[cm]?tsx?$/.test(path);
  return {
    ok: true,
    file: {
      path,
      imports: collector.imports(result.module, text, { lines, isTyped }),
      hasOnlyTypes: isTyped && hasOnlyTypes(program),
      complexity: meter.total,
      functions: meter.count,
    },
    functions: meter.functions.filter(({ complexity }) => complexity >= MIN_COMPLEXITY),
    findings: perFile(
      complaints.filter(({ at }) => !isSilenced(text, at)).map((complaint) => findingOf(path, text, complaint, lines)),
    ),
  };
}

/** Plain `.js` is often JSX or Flow; JSX is tried where a tag seems to follow. */
function parserOptions(path: string, text: string): Parameters<typeof parseSync>[2] {
  const mayBeJsx = /\.[cm]?js$/.test(path) && /<[A-Za-z>]/.test(text);
  return mayBeJsx
    ? { lang: 'jsx', sourceType: 'unambiguous' }
    : { sourceType: path.endsWith('.cjs') ? 'commonjs' : 'unambiguous' };
}

function findingOf(file: string, text: string, complaint: Complaint, lines: Lines): Detected {
  const { at, ...rest } = complaint;
  const line = lines.at(at.start);
  return {
    ...rest,
    file,
    line,
    anchor: anchorOf(text, at),
    evidence: [{ source: 'parse', text: lineAround(text, at.start), ref: `${file}:${line}` }],
  };
}

/** Somebody has told another linter to say nothing here: they know. */
function isSilenced(text: string, { start }: AstNode): boolean {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.lastIndexOf('\n', lineStart - 2) + 1;
  const end = text.indexOf('\n', start);
  return /\b(?:eslint|oxlint|tslint|biome)[-:]?\s?(?:disable|ignore)/.test(
    text.slice(before, end < 0 ? undefined : end),
  );
}

/** Said once for a file, however often it stands there. */
const ONCE: ReadonlyMap<string, (times: number) => string> = new Map([
  ['empty-catch', (times) => `${times} errors are caught and dropped without a word`],
  ['focused-test', (times) => `Only ${times} tests of the file run`],
]);

function perFile(findings: readonly Detected[]): readonly Detected[] {
  const single = findings.filter(({ kind }) => !ONCE.has(kind));
  const grouped = [...ONCE].flatMap(([kind, title]): readonly Detected[] => {
    const [first, ...others] = findings.filter((one) => one.kind === kind);
    if (first === undefined || others.length === 0) return first === undefined ? [] : [{ ...first, anchor: kind }];
    const evidence = [first, ...others].slice(0, 5).flatMap((one) => one.evidence);
    return [{ ...first, anchor: kind, title: title(others.length + 1), evidence }];
  });
  return [...single, ...grouped];
}

/** The code itself, at most a few lines of it. */
function anchorOf(text: string, node: AstNode): string {
  return text.slice(node.start, Math.min(node.end, node.start + 400));
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text
    .slice(start, end < 0 ? undefined : end)
    .trim()
    .slice(0, 160);
}
