import { resolveReference } from './parse-reference.ts';
import type { CompareOperator, Expression } from './expression.ts';
import { nextToken, type Operator, type Token } from './tokens.ts';

/** Limits of one expression. More is refused. */
export const EXPRESSION_LIMITS: Readonly<{ characters: number; depth: number; nodes: number }> = {
  characters: 512,
  depth: 16,
  nodes: 64,
};

/** `at`: characters from the start of the text. `message` is one sentence. */
export type ExpressionProblem = Readonly<{ message: string; at: number }>;

export type Parsed =
  | Readonly<{ ok: true; expression: Expression; end: number }>
  | Readonly<{ ok: false; problem: ExpressionProblem }>;

const COMPARE: ReadonlyMap<string, CompareOperator> = new Map(
  (['==', '!=', '<', '<=', '>', '>='] as const).map((operator) => [operator, operator]),
);

/** Carries a problem out of the recursion; caught in `parseAt`, never seen outside. */
class Problem extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Parses a whole text. The language: `inputs.x`, `matrix.x`, `env.X`, `run.id`, `tasks.x.state`,
 * `tasks.x.outputs.y`, texts, numbers, `true`, `false`, `== != < <= > >=`, `&& || !`, parentheses, `contains(a, b)`.
 * Everything else is a problem with its position, and so is more than 512 characters, depth 16 or 64 parts.
 */
export function parseExpression(text: string): Parsed {
  const { characters } = EXPRESSION_LIMITS;
  if (text.length > characters) {
    return { ok: false, problem: { message: `it has more than ${characters} characters.`, at: characters } };
  }
  return parseAt(text, 0, 'end');
}

/** Parses the expression that starts at `from` and must be followed by the closing `}}` or by the end of the text. */
export function parseAt(text: string, from: number, until: 'end' | 'braces'): Parsed {
  try {
    const parser = new Parser(text, from);
    const expression = parser.or(0);
    return { ok: true, expression, end: parser.finish(until, from) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: { message: error.message, at: error.at } };
    throw error;
  }
}

/** Recursive descent; one method per line of the grammar. `depth` counts parentheses, `!` and calls. */
class Parser {
  readonly #text: string;
  #token: Token;
  #nodes = 0;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#token = nextToken(text, from);
  }

  or(depth: number): Expression {
    let left = this.#and(depth);
    for (let at = this.#token.at; this.#take('||'); at = this.#token.at) {
      left = this.#node({ kind: 'or', left, right: this.#and(depth), at });
    }
    return left;
  }

  /** Where the expression ends. */
  finish(until: 'end' | 'braces', from: number): number {
    const { at } = this.#token;
    if (at - from > EXPRESSION_LIMITS.characters) {
      throw new Problem(`it has more than ${EXPRESSION_LIMITS.characters} characters.`, from);
    }
    if (until === 'braces' && this.#text.startsWith('}}', at)) return at + 2;
    if (this.#token.kind === 'end' && until === 'end') return at;
    throw this.#token.kind === 'end' ? new Problem('the closing "}}" is missing.', at) : this.#unexpected();
  }

  #and(depth: number): Expression {
    let left = this.#compare(depth);
    for (let at = this.#token.at; this.#take('&&'); at = this.#token.at) {
      left = this.#node({ kind: 'and', left, right: this.#compare(depth), at });
    }
    return left;
  }

  #compare(depth: number): Expression {
    const left = this.#operand(depth);
    const { at } = this.#token;
    const operator = this.#compareOperator();
    if (operator === undefined) return left;
    this.#advance();
    const compared = this.#node({ kind: 'compare', operator, left, right: this.#operand(depth), at });
    if (this.#compareOperator() !== undefined)
      throw new Problem('comparisons cannot be chained: join two with "&&".', this.#token.at);
    return compared;
  }

  #operand(depth: number): Expression {
    const { at } = this.#token;
    if (depth > EXPRESSION_LIMITS.depth) {
      throw new Problem(`it is nested more than ${EXPRESSION_LIMITS.depth} deep.`, at);
    }
    if (this.#take('!')) return this.#node({ kind: 'not', operand: this.#operand(depth + 1), at });
    if (!this.#take('(')) return this.#word(depth);
    const inner = this.or(depth + 1);
    this.#expect(')');
    return inner;
  }

  #word(depth: number): Expression {
    const token = this.#token;
    const { at } = token;
    if (token.kind === 'text' || token.kind === 'number') {
      this.#advance();
      return this.#node({ kind: 'literal', value: token.value, at });
    }
    if (token.kind !== 'name') throw this.#unexpected();
    this.#advance();
    if (token.name === 'true' || token.name === 'false') {
      return this.#node({ kind: 'literal', value: token.name === 'true', at });
    }
    if (this.#take('(')) return this.#call(token.name, at, depth + 1);
    const reference = resolveReference(token.name, at);
    if (!reference.ok) throw new Problem(reference.message, at);
    return this.#node({ kind: 'reference', reference: reference.reference, at });
  }

  #call(name: string, at: number, depth: number): Expression {
    if (name !== 'contains') throw new Problem(`there is no function "${name}", only "contains".`, at);
    const whole = this.or(depth);
    this.#expect(',');
    const part = this.or(depth);
    this.#expect(')');
    return this.#node({ kind: 'contains', whole, part, at });
  }

  #node(expression: Expression): Expression {
    this.#nodes += 1;
    if (this.#nodes > EXPRESSION_LIMITS.nodes) {
      throw new Problem(`it has more than ${EXPRESSION_LIMITS.nodes} parts.`, expression.at);
    }
    return expression;
  }

  #advance(): void {
    this.#token = nextToken(this.#text, this.#token.end);
  }

  #take(operator: Operator): boolean {
    if (this.#token.kind !== 'operator' || this.#token.operator !== operator) return false;
    this.#advance();
    return true;
  }

  #compareOperator(): CompareOperator | undefined {
    return this.#token.kind === 'operator' ? COMPARE.get(this.#token.operator) : undefined;
  }

  #expect(operator: ')' | ','): void {
    if (!this.#take(operator)) throw this.#unexpected(`"${operator}" is missing here.`);
  }

  #unexpected(message?: string): Problem {
    const token = this.#token;
    if (token.kind === 'invalid') return new Problem(token.message, token.at);
    if (message !== undefined) return new Problem(message, token.at);
    if (token.kind === 'end') return new Problem('it ends where a value is expected.', token.at);
    const found = this.#text.slice(token.at, token.end);
    return new Problem(`${JSON.stringify(found)} is not expected here.`, token.at);
  }
}
