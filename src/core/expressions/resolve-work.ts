import type { CommandWork, Work } from '../tasks/task-spec.ts';
import { evaluate, type Evaluated, type Scope } from './evaluate.ts';
import { parseExpression } from './parse-expression.ts';
import { isTemplate, resolveJson, resolveText } from './template.ts';
import { describeValue } from './value.ts';

/**
 * The work with every `${{ }}` resolved, at the start of an attempt. `env` comes first; the rest sees it.
 * `shell` is left alone: a value inside a script could become part of the script, so it goes there by `env`.
 * Work without `${{ }}` comes back as the same object.
 */
export function resolveWork(work: Work, scope: Scope): Evaluated<Work> {
  return work.kind === 'command' ? resolveCommand(work, scope) : resolveFunction(work, scope);
}

/** `if:` of a task. `env` is as declared: its texts may hold `${{ }}`. Neither true nor false is a message. */
export function evaluateCondition(condition: string, scope: Scope): Evaluated<boolean> {
  const parsed = parseExpression(condition);
  if (!parsed.ok) return { ok: false, message: `The condition cannot be read: ${parsed.problem.message}` };
  const env = resolveRecord(scope.env ?? {}, { ...scope, env: {} });
  const result = evaluate(parsed.expression, env.ok ? { ...scope, env: env.value } : scope);
  if (!result.ok) return result;
  if (typeof result.value === 'boolean') return { ok: true, value: result.value };
  return { ok: false, message: `The condition is neither true nor false, but ${describeValue(result.value)}.` };
}

function resolveFunction(work: Extract<Work, { kind: 'function' }>, scope: Scope): Evaluated<Work> {
  if (work.input === undefined) return { ok: true, value: work };
  const input = resolveJson(work.input, scope);
  if (!input.ok) return input;
  return { ok: true, value: input.value === work.input ? work : { ...work, input: input.value } };
}

function resolveCommand(work: CommandWork, outer: Scope): Evaluated<Work> {
  const texts = [...(work.argv ?? []), ...Object.values(work.env ?? {}), work.cwd ?? ''];
  if (!texts.some(isTemplate)) return { ok: true, value: work };
  const env = resolveRecord(work.env ?? {}, { ...outer, env: {} });
  if (!env.ok) return env;
  const withEnv = work.env === undefined ? work : { ...work, env: env.value };
  return resolveArguments(withEnv, { ...outer, env: env.value });
}

function resolveArguments(work: CommandWork, scope: Scope): Evaluated<Work> {
  const argv = resolveWords(work.argv ?? [], scope);
  if (!argv.ok) return argv;
  const cwd = resolveText(work.cwd ?? '', scope);
  if (!cwd.ok) return cwd;
  const words = work.argv === undefined ? {} : { argv: argv.value };
  const folder = work.cwd === undefined ? {} : { cwd: cwd.value };
  return { ok: true, value: { ...work, ...words, ...folder } };
}

function resolveWords(words: readonly string[], scope: Scope): Evaluated<readonly string[]> {
  const resolved: string[] = [];
  for (const word of words) {
    const result = resolveText(word, scope);
    if (!result.ok) return result;
    resolved.push(result.value);
  }
  return { ok: true, value: resolved };
}

function resolveRecord(
  record: Readonly<Record<string, string>>,
  scope: Scope,
): Evaluated<Readonly<Record<string, string>>> {
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(record)) {
    const result = resolveText(text, scope);
    if (!result.ok) return result;
    entries.push([key, result.value]);
  }
  return { ok: true, value: Object.fromEntries(entries) };
}
