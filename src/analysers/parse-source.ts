import { parseSync } from 'oxc-parser';
import { isProduction, type FileContext } from './classify.ts';
import { ComplexityMeter, type MeasuredFunction } from './complexity.ts';
import type { ParsedFile } from './data.ts';
import type { Detected } from './detected.ts';
import { complaintsAbout } from './lint/rules.ts';
import { withoutIdleFocus } from './lint/idle-focus.ts';
import { brief, type Complaint } from './lint/rule.ts';
import { mayHoldRisks, RiskCollector, type Risk } from './lint/risky.ts';
import { isSkippedTest } from './lint/skipped-tests.ts';
import { countFilled } from './code-only.ts';
import { hasOnlyTypes, ImportCollector } from './module-imports.ts';
import { FROM_OUTSIDE } from './risk-texts.ts';
import { isFunction, isNode, Lines, walk, type AstNode, type Visitor } from './syntax.ts';

/** Functions with fewer decisions are not kept. */
const MIN_COMPLEXITY = 10;
/** Places of one kind in one function. */
const MAX_TOLD = 5;

/** What one file gave, or why it gave nothing. */
export type ParsedSource =
  | Readonly<{
      ok: true;
      file: ParsedFile;
      functions: readonly MeasuredFunction[];
      findings: readonly Detected[];
      risks: readonly Detected[];
    }>
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
  const look = new Look(path, text, { context, lines });
  try {
    walk(program, look);
  } catch (cause) {
    if (cause instanceof RangeError) return { ok: false, path, cause: 'it is nested too deeply' };
    throw cause;
  }
  const isTyped = /\.[cm]?tsx?$/.test(path);
  const { meter, collector, skipped } = look;
  return {
    ok: true,
    file: {
      path,
      imports: collector.imports(result.module, text, { lines, isTyped }),
      hasOnlyTypes: isTyped && hasOnlyTypes(program),
      codeLines: countFilled(withoutComments(text, result.comments)),
      complexity: meter.total,
      functions: meter.count,
      ...(meter.longest === undefined ? {} : { longest: meter.longest }),
      ...(skipped.length === 0 ? {} : { skipped }),
    },
    functions: meter.functions.filter(({ complexity }) => complexity >= MIN_COMPLEXITY),
    findings: perFile(
      perFunction(
        withoutIdleFocus(look.complaints, text).map((complaint) => ({
          within: complaint.within,
          finding: findingOf(path, text, complaint, lines),
        })),
      ),
    ),
    risks: look.risks.map((risk) => riskOf(path, text, risk, lines)),
  };
}

function withoutComments(text: string, comments: readonly Readonly<{ start: number; end: number }>[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of comments) {
    parts.push(text.slice(from, start));
    from = end;
  }
  return [...parts, text.slice(from)].join('');
}

/** Everything that one walk over a file sees. */
class Look implements Visitor {
  readonly meter: ComplexityMeter;
  readonly collector: ImportCollector = new ImportCollector();
  /** Lines of tests that are switched off. */
  readonly skipped: number[] = [];
  readonly #complaints: Complaint[] = [];
  readonly #risks: RiskCollector | undefined;
  readonly #path: string;
  readonly #text: string;
  readonly #lines: Lines;
  readonly #isTest: boolean;
  readonly #isJudged: boolean;

  constructor(path: string, text: string, about: Readonly<{ context: FileContext; lines: Lines }>) {
    this.#path = path;
    this.#text = text;
    this.#lines = about.lines;
    this.meter = new ComplexityMeter(path, about.lines);
    this.#isTest = about.context === 'test';
    const isShipped = isProduction(about.context);
    this.#isJudged = this.#isTest || isShipped;
    const isSearched = (isShipped || about.context === 'example') && mayHoldRisks(text);
    this.#risks = isSearched ? new RiskCollector(text) : undefined;
  }

  get complaints(): readonly Complaint[] {
    return this.#complaints.filter(({ at }) => !isSilenced(this.#text, at));
  }

  get risks(): readonly Risk[] {
    return (this.#risks?.risks ?? []).filter(({ at }) => !isSilenced(this.#text, at));
  }

  enter(node: AstNode, path: readonly AstNode[], key: string): void {
    this.meter.enter(node, path, key);
    this.collector.enter(node, path, key);
    this.#risks?.enter(node, path);
    if (!this.#isJudged) return;
    const context = { file: this.#path, source: this.#text, isTest: this.#isTest, path, key };
    const within = path.findLast(isFunction)?.start;
    for (const complaint of complaintsAbout(node, context))
      this.#complaints.push(within === undefined ? complaint : { ...complaint, within });
    if (this.#isTest && isSkippedTest(node, this.#text, path)) this.skipped.push(this.#lines.at(node.start));
  }

  leave(node: AstNode, key: string): void {
    this.meter.leave(node, key);
    this.collector.leave(node);
  }
}

/** Plain `.js` is often JSX or Flow; JSX is tried where a tag seems to follow. */
function parserOptions(path: string, text: string): Parameters<typeof parseSync>[2] {
  const mayBeJsx = /\.[cm]?js$/.test(path) && /<[A-Za-z>]/.test(text);
  return mayBeJsx
    ? { lang: 'jsx', sourceType: 'unambiguous' }
    : { sourceType: path.endsWith('.cjs') ? 'commonjs' : 'unambiguous' };
}

function findingOf(file: string, text: string, complaint: Complaint | Risk, lines: Lines): Detected {
  const { at, within: _, ...rest } = { within: undefined, ...complaint };
  const line = lines.at(at.start);
  return {
    ...rest,
    file,
    line,
    anchor: anchorOf(text, at),
    evidence: [{ source: 'parse', text: lineAround(text, at.start), ref: `${file}:${line}` }],
  };
}

/** With the place where somebody else's value comes in. */
function riskOf(file: string, text: string, { origin, ...risk }: Risk, lines: Lines): Detected {
  const found = findingOf(file, text, risk, lines);
  if (origin === undefined) return found;
  const shown = {
    source: 'parse',
    text: `${FROM_OUTSIDE}${brief(text, origin)}`,
    ref: `${file}:${lines.at(origin.start)}`,
  };
  return { ...found, evidence: [...found.evidence, shown] };
}

/** Somebody has told another linter to say nothing here, or on the line above that is not empty: they know. */
function isSilenced(text: string, { start }: AstNode): boolean {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const above = text.slice(0, lineStart).trimEnd();
  const before = above.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', start);
  return /\b(?:eslint|oxlint|tslint|biome)[-:]?\s?(?:disable|ignore)/.test(
    text.slice(before, end < 0 ? undefined : end),
  );
}

type Placed = Readonly<{ within: number | undefined; finding: Detected }>;

/** The same slip twice in one function, or in the same words in one file, is mended in one go. */
function perFunction(placed: readonly Placed[]): readonly Detected[] {
  const groups = Map.groupBy(placed, ({ within, finding }) =>
    within === undefined || ONCE.has(finding.kind) ? finding : `${finding.kind} ${within}`,
  );
  const inFunctions = [...groups.values()].map((group) => group.map(({ finding }) => finding));
  const sameWords = Map.groupBy(inFunctions, ([first]) =>
    first === undefined || ONCE.has(first.kind) ? first : `${first.kind} ${first.title}`,
  );
  return [...sameWords.values()].flatMap((some): readonly Detected[] => {
    const [first, ...others] = some.flat();
    const where = some.length > 1 ? 'this file' : 'this function';
    if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
    const evidence = [first, ...others].slice(0, MAX_TOLD).flatMap((one) => one.evidence);
    const more = others.length + 1 - MAX_TOLD;
    const rest = more > 0 ? [{ source: 'parse', text: `And ${more} more.` }] : [];
    const title = `${first.title} (${others.length} more in ${where})`;
    return [{ ...first, title, evidence: [...evidence, ...rest] }];
  });
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
