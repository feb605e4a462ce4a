import type { AstNode } from '../syntax.ts';
import { comparison, condition, ifStatement, sameBranches, sameOperands } from './conditions.ts';
import { emptyCatch, swallowedThrow } from './catches.ts';
import type { Complaint, Rule, RuleContext } from './rule.ts';
import { asyncExecutor, asyncForEach, duplicateCases, duplicateKeys, focusedTest, unreachable } from './structure.ts';

/** Rules of few words: each finds code that does something else than it says. */
export function complaintsAbout(node: AstNode, context: RuleContext): readonly Complaint[] {
  if (context.isTest) return focusedTest(node, context) ?? [];
  const rule = RULES[node.type];
  return rule?.(node, context) ?? [];
}

const RULES: Readonly<Record<string, Rule>> = {
  IfStatement: ifStatement,
  WhileStatement: condition,
  ConditionalExpression: sameBranches,
  BinaryExpression: comparison,
  LogicalExpression: sameOperands,
  ObjectExpression: duplicateKeys,
  SwitchStatement: duplicateCases,
  BlockStatement: unreachable,
  Program: unreachable,
  SwitchCase: unreachable,
  CatchClause: emptyCatch,
  TryStatement: swallowedThrow,
  NewExpression: asyncExecutor,
  CallExpression: asyncForEach,
};
