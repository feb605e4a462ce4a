import { parseDuration } from '../../util/duration.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { isMetricName, METRIC_NAMES, METRICS, type MetricName, type WindowFunction } from '../metrics/metric-table.ts';
import { WINDOW_LIMITS } from '../metrics/windows.ts';
import type { CompareOperator, Condition, Figure, SumOperator } from './condition.ts';
import { nextToken, type Sign, type Token } from './condition-tokens.ts';

/** Limits of one condition. More is refused. */
export const CONDITION_LIMITS: Readonly<{ characters: number; depth: number; nodes: number }> = {
  characters: 512,
  depth: 16,
  nodes: 64,
};

export type ParsedCondition =
  | Readonly<{ ok: true; condition: Condition }>
  /** `at`: characters from the start of the text. `message` is one sentence. */
  | Readonly<{ ok: false; message: string; at: number }>;

const COMPARE: ReadonlyMap<Sign, CompareOperator> = new Map(
  (['>', '>=', '<', '<=', '==', '!='] as const).map((sign) => [sign, sign]),
);
const FUNCTIONS: ReadonlyMap<string, WindowFunction> = new Map(
  (['avg', 'increase', 'max', 'min', 'p50', 'p95', 'p99', 'rate'] as const).map((name) => [name, name]),
);

/** Carries a problem out of the recursion; caught in `parseCondition`, never seen outside. */
class Problem extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Parses a whole condition, once: figures, names of metrics, `avg min max p50 p95 p99 rate increase(metric, "5m")`,
 * `+ - * /`, `> >= < <= == !=`, `&& || !` and parentheses. Everything else is a problem with its position, and so is
 * more than 512 characters, depth 16 or 64 parts. Figures and truths do not mix.
 */
export function parseCondition(text: string): ParsedCondition {
  const { characters } = CONDITION_LIMITS;
  if (text.length > characters)
    return { ok: false, message: `it has more than ${characters} characters.`, at: characters };
  try {
    return { ok: true, condition: new Parser(text).whole() };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, message: error.message, at: error.at };
    throw error;
  }
}

type Node = Readonly<{ truth: Condition; at: number }> | Readonly<{ figure: Figure; at: number }>;

/** Recursive descent. Parentheses may hold a truth or a figure, so every line gives either, and says which it needs. */
class Parser {
  readonly #text: string;
  #token: Token;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
    this.#token = nextToken(text, 0);
  }

  whole(): Condition {
    const node = this.#or(0);
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return truthOf(node);
  }

  #or(depth: number): Node {
    let left = this.#and(depth);
    for (let { at } = this.#token; this.#take('||'); at = this.#token.at) {
      left = this.#truth({ kind: 'or', left: truthOf(left), right: truthOf(this.#and(depth)) }, at);
    }
    return left;
  }

  #and(depth: number): Node {
    let left = this.#compare(depth);
    for (let { at } = this.#token; this.#take('&&'); at = this.#token.at) {
      left = this.#truth({ kind: 'and', left: truthOf(left), right: truthOf(this.#compare(depth)) }, at);
    }
    return left;
  }

  #compare(depth: number): Node {
    const left = this.#sum(depth);
    const { at } = this.#token;
    const operator = this.#compareOperator();
    if (operator === undefined) return left;
    this.#advance();
    const compared = { kind: 'compare', operator, left: figureOf(left), right: figureOf(this.#sum(depth)) } as const;
    if (this.#compareOperator() !== undefined) {
      throw new Problem('comparisons cannot be chained: join two with "&&".', this.#token.at);
    }
    return this.#truth(compared, at);
  }

  #sum(depth: number): Node {
    return this.#chain(['+', '-'], () => this.#product(depth));
  }

  #product(depth: number): Node {
    return this.#chain(['*', '/'], () => this.#atom(depth));
  }

  #chain(operators: readonly SumOperator[], next: () => Node): Node {
    let left = next();
    for (;;) {
      const { at } = this.#token;
      const operator = operators.find((sign) => this.#take(sign));
      if (operator === undefined) return left;
      left = this.#figure({ kind: 'sum', operator, left: figureOf(left), right: figureOf(next()) }, at);
    }
  }

  #atom(depth: number): Node {
    const token = this.#token;
    const { at } = token;
    if (depth > CONDITION_LIMITS.depth) throw new Problem(`it is nested more than ${CONDITION_LIMITS.depth} deep.`, at);
    if (this.#take('!')) return this.#truth({ kind: 'not', of: truthOf(this.#atom(depth + 1)) }, at);
    if (this.#take('-')) return this.#figure({ kind: 'negative', of: figureOf(this.#atom(depth + 1)) }, at);
    if (this.#take('(')) {
      const inner = this.#or(depth + 1);
      this.#expect(')');
      return inner;
    }
    if (token.kind === 'number') {
      this.#advance();
      return this.#figure({ kind: 'number', value: token.value }, at);
    }
    if (token.kind !== 'name') throw this.#unexpected();
    this.#advance();
    return this.#token.kind === 'sign' && this.#token.sign === '('
      ? this.#call(token.name, at)
      : this.#named(token.name, at);
  }

  #named(text: string, at: number): Node {
    const name = metricNamed(text, at);
    const { kind } = METRICS[name];
    if (kind === 'gauge' || kind === 'summary') return this.#figure({ kind: 'metric', name }, at);
    const example = kind === 'counter' ? `increase(${name}, "5m")` : `p95(${name}, "5m")`;
    throw new Problem(`"${name}" is read over a time: write ${example}.`, at);
  }

  #call(text: string, at: number): Node {
    const take = FUNCTIONS.get(text);
    if (take === undefined) throw new Problem(unknownFunction(text), at);
    this.#expect('(');
    const metric = this.#token;
    if (metric.kind !== 'name') throw this.#unexpected('the name of a metric is missing here.');
    const name = metricNamed(metric.name, metric.at);
    checkFit(take, name, metric.at);
    this.#advance();
    this.#expect(',');
    const spanMs = this.#span();
    this.#expect(')');
    return this.#figure({ kind: 'window', take, name, spanMs }, at);
  }

  #span(): number {
    const token = this.#token;
    const spanMs = token.kind === 'text' ? parseDuration(token.text) : undefined;
    const { leastMs, mostMs } = WINDOW_LIMITS;
    if (spanMs === undefined || spanMs % 1_000 !== 0 || spanMs < leastMs || spanMs > mostMs) {
      throw new Problem('a length of time from 1 second to 24 hours is missing here: "5m".', token.at);
    }
    this.#advance();
    return spanMs;
  }

  #truth(truth: Condition, at: number): Node {
    this.#count(at);
    return { truth, at };
  }

  #figure(figure: Figure, at: number): Node {
    this.#count(at);
    return { figure, at };
  }

  #count(at: number): void {
    this.#nodes += 1;
    if (this.#nodes > CONDITION_LIMITS.nodes)
      throw new Problem(`it has more than ${CONDITION_LIMITS.nodes} parts.`, at);
  }

  #advance(): void {
    this.#token = nextToken(this.#text, this.#token.end);
  }

  #take(sign: Sign): boolean {
    if (this.#token.kind !== 'sign' || this.#token.sign !== sign) return false;
    this.#advance();
    return true;
  }

  #compareOperator(): CompareOperator | undefined {
    return this.#token.kind === 'sign' ? COMPARE.get(this.#token.sign) : undefined;
  }

  #expect(sign: Sign): void {
    if (!this.#take(sign)) throw this.#unexpected(`"${sign}" is missing here.`);
  }

  #unexpected(message?: string): Problem {
    const token = this.#token;
    if (token.kind === 'invalid') return new Problem(token.message, token.at);
    if (message !== undefined) return new Problem(message, token.at);
    if (token.kind === 'end') return new Problem('it ends where a figure is expected.', token.at);
    return new Problem(`${JSON.stringify(this.#text.slice(token.at, token.end))} is not expected here.`, token.at);
  }
}

function truthOf(node: Node): Condition {
  if ('truth' in node) return node.truth;
  throw new Problem('a comparison is expected here, but this is a figure: add one, such as "> 0".', node.at);
}

function figureOf(node: Node): Figure {
  if ('figure' in node) return node.figure;
  throw new Problem('a figure is expected here, but this is true or false.', node.at);
}

function metricNamed(text: string, at: number): MetricName {
  if (isMetricName(text)) return text;
  const near = nearestName(text, METRIC_NAMES);
  const hint = near === undefined ? 'See docs/guides/alerts.md for all.' : `Did you mean "${near}"?`;
  throw new Problem(`there is no metric "${text.slice(0, 64)}". ${hint}`, at);
}

function unknownFunction(text: string): string {
  const near = nearestName(text, FUNCTIONS.keys());
  const known = [...FUNCTIONS.keys()].join(', ');
  return `there is no function "${text.slice(0, 64)}". ${near === undefined ? `Known are: ${known}.` : `Did you mean "${near}"?`}`;
}

function checkFit(take: WindowFunction, name: MetricName, at: number): void {
  const { kind } = METRICS[name];
  const isCount = take === 'rate' || take === 'increase';
  if (kind === 'counter' && isCount) return;
  if (kind === 'samples' && !isCount) return;
  if (kind === 'counter') throw new Problem(`"${name}" counts things: write rate or increase.`, at);
  if (kind === 'samples') throw new Problem(`"${name}" has figures: write avg, min, max, p50, p95 or p99.`, at);
  throw new Problem(`"${name}" is a figure of now and needs no function.`, at);
}
