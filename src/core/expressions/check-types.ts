import { unreachable } from '../../util/assert.ts';
import type { Expression, Reference } from './expression.ts';
import type { ExpressionProblem } from './parse-expression.ts';
import { typeOf, type ValueType } from './value.ts';

/** What is known of a value before the run: its type, or undefined when only the run will show it. */
export type KnownType = ValueType | undefined;

/** What a reference will be. The caller reports unknown names itself. */
export type TypeOfReference = (reference: Reference) => KnownType;

/** The type that `expression` will have, and every mistake that no run could avoid, from left to right. */
export function checkTypes(
  expression: Expression,
  typeOfReference: TypeOfReference,
): Readonly<{ type: KnownType; problems: readonly ExpressionProblem[] }> {
  const problems: ExpressionProblem[] = [];
  const type = new Checker(typeOfReference, problems).typeOf(expression);
  return { type, problems };
}

class Checker {
  readonly #typeOfReference: TypeOfReference;
  readonly #problems: ExpressionProblem[];

  constructor(typeOfReference: TypeOfReference, problems: ExpressionProblem[]) {
    this.#typeOfReference = typeOfReference;
    this.#problems = problems;
  }

  typeOf(expression: Expression): KnownType {
    switch (expression.kind) {
      case 'literal':
        return typeOf(expression.value);
      case 'reference':
        return this.#typeOfReference(expression.reference);
      case 'not':
        this.#needTruth(expression.operand, '!');
        return 'true or false';
      case 'and':
      case 'or':
        this.#needTruth(expression.left, expression.kind === 'and' ? '&&' : '||');
        this.#needTruth(expression.right, expression.kind === 'and' ? '&&' : '||');
        return 'true or false';
      case 'compare':
        this.#checkCompare(expression);
        return 'true or false';
      case 'contains':
        this.#checkContains(expression);
        return 'true or false';
      default:
        return unreachable(expression);
    }
  }

  #needTruth(operand: Expression, operator: string): void {
    const type = this.typeOf(operand);
    if (type === undefined || type === 'true or false') return;
    this.#report(`"${operator}" needs true or false, but one side is a ${type}.`, operand.at);
  }

  #checkCompare({ operator, left, right, at }: Extract<Expression, { kind: 'compare' }>): void {
    const types = [this.typeOf(left), this.typeOf(right)];
    const known = types.filter((type) => type !== undefined && type !== 'nothing');
    const isEquality = operator === '==' || operator === '!=';
    const wrong = known.find((type) => (isEquality ? type === 'list' || type === 'object' : type !== 'number'));
    if (wrong !== undefined) {
      this.#report(
        `"${operator}" compares ${isEquality ? 'plain values' : 'numbers'}, but one side is a ${wrong}.`,
        at,
      );
    } else if (known.length === 2 && known[0] !== known[1]) {
      this.#report(`"${operator}" compares two values of one type, but got ${known.join(' and ')}.`, at);
    }
  }

  #checkContains({ whole, part }: Extract<Expression, { kind: 'contains' }>): void {
    const [wholeType, partType] = [this.typeOf(whole), this.typeOf(part)];
    if (wholeType !== undefined && wholeType !== 'text' && wholeType !== 'list') {
      this.#report(`"contains" looks in a text or a list, but got a ${wholeType}.`, whole.at);
    }
    const isPart = wholeType === 'text' ? partType === 'text' : partType !== 'list' && partType !== 'object';
    if (partType !== undefined && !isPart) {
      const wanted = wholeType === 'text' ? 'a text in a text' : 'a plain value';
      this.#report(`"contains" looks for ${wanted}, but got a ${partType}.`, part.at);
    }
  }

  #report(message: string, at: number): void {
    this.#problems.push({ message: message.replace('a true or false', 'true or false'), at });
  }
}
