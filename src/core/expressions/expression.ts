import type { Scalar } from './value.ts';

/** Something outside the expression that it names. `at`: characters from the start of the text. */
export type Reference =
  | Readonly<{ kind: 'input'; name: string; at: number }>
  | Readonly<{ kind: 'matrix'; name: string; at: number }>
  | Readonly<{ kind: 'env'; name: string; at: number }>
  | Readonly<{ kind: 'run-id'; at: number }>
  | Readonly<{ kind: 'task-state'; task: string; at: number }>
  | Readonly<{ kind: 'task-output'; task: string; output: string; at: number }>;

export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The tree of a parsed expression: nothing else can be evaluated. */
export type Expression =
  | Readonly<{ kind: 'literal'; value: Scalar; at: number }>
  | Readonly<{ kind: 'reference'; reference: Reference; at: number }>
  | Readonly<{ kind: 'not'; operand: Expression; at: number }>
  | Readonly<{ kind: 'and' | 'or'; left: Expression; right: Expression; at: number }>
  | Readonly<{ kind: 'compare'; operator: CompareOperator; left: Expression; right: Expression; at: number }>
  | Readonly<{ kind: 'contains'; whole: Expression; part: Expression; at: number }>;

/** Everything that `expression` names, from left to right, repetitions included. */
export function references(expression: Expression): readonly Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'reference':
      return [expression.reference];
    case 'not':
      return references(expression.operand);
    case 'and':
    case 'or':
    case 'compare':
      return [...references(expression.left), ...references(expression.right)];
    case 'contains':
      return [...references(expression.whole), ...references(expression.part)];
  }
}

/** As it is written: `tasks.build.outputs.file`. */
export function formatReference(reference: Reference): string {
  switch (reference.kind) {
    case 'input':
      return `inputs.${reference.name}`;
    case 'matrix':
      return `matrix.${reference.name}`;
    case 'env':
      return `env.${reference.name}`;
    case 'run-id':
      return 'run.id';
    case 'task-state':
      return `tasks.${reference.task}.state`;
    case 'task-output':
      return `tasks.${reference.task}.outputs.${reference.output}`;
  }
}
