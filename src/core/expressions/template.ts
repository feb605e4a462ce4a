import type { Json } from '../json.ts';
import { evaluate, type Evaluated, type Scope } from './evaluate.ts';
import { references, type Expression, type Reference } from './expression.ts';
import { parseAt, type ExpressionProblem } from './parse-expression.ts';
import { describeValue, isList, isScalar } from './value.ts';

const OPEN = '${{';
/** More expressions in one text are refused. */
const MOST_EXPRESSIONS = 64;
/** More characters in one resolved text are refused. */
const MOST_CHARACTERS = 65_536;

/** Text with `${{ }}` in it, cut into pieces. */
export type Template = readonly (string | Expression)[];

export type ParsedTemplate =
  | Readonly<{ ok: true; template: Template }>
  | Readonly<{ ok: false; problem: ExpressionProblem }>;

/** Whether `text` has anything to resolve; cheap. */
export function isTemplate(text: string): boolean {
  return text.includes(OPEN);
}

/** Cuts a text at its `${{ }}`. A quoted text inside an expression may hold `}}`. `at` counts from the start of `text`. */
export function parseTemplate(text: string): ParsedTemplate {
  const template: (string | Expression)[] = [];
  let from = 0;
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
    if (template.length > 2 * MOST_EXPRESSIONS) {
      return { ok: false, problem: { message: `it has more than ${MOST_EXPRESSIONS} expressions.`, at: open } };
    }
    const parsed = parseAt(text, open + OPEN.length, 'braces');
    if (!parsed.ok) return parsed;
    if (open > from) template.push(text.slice(from, open));
    template.push(parsed.expression);
    from = parsed.end;
  }
  if (from < text.length || template.length === 0) template.push(text.slice(from));
  return { ok: true, template };
}

/** Everything that the expressions of a text name, from left to right. */
export function templateReferences(template: Template): readonly Reference[] {
  return template.flatMap((piece) => (typeof piece === 'string' ? [] : references(piece)));
}

/** The text with every `${{ }}` replaced. Numbers and true/false are written as in JSON; a list or object has no text. */
export function resolveText(text: string, scope: Scope): Evaluated<string> {
  if (!isTemplate(text)) return { ok: true, value: text };
  const parsed = parseTemplate(text);
  if (!parsed.ok) return { ok: false, message: `${JSON.stringify(text)} cannot be read: ${parsed.problem.message}` };
  let resolved = '';
  for (const piece of parsed.template) {
    const value = typeof piece === 'string' ? piece : evaluate(piece, scope);
    if (typeof value === 'string') resolved += value;
    else if (!value.ok) return value;
    else if (isScalar(value.value)) resolved += String(value.value);
    else return { ok: false, message: `${JSON.stringify(text)} needs a text, but got ${describeValue(value.value)}.` };
  }
  if (resolved.includes('\0')) return { ok: false, message: `${JSON.stringify(text)} would hold a NUL character.` };
  if (resolved.length <= MOST_CHARACTERS) return { ok: true, value: resolved };
  return { ok: false, message: `${JSON.stringify(text)} would have more than ${MOST_CHARACTERS} characters.` };
}

/**
 * The value with every text in it resolved; keys stay as they are. A text that is exactly one `${{ }}` becomes the
 * value itself, with its type. A value without `${{ }}` comes back as the same object.
 */
export function resolveJson(value: Json, scope: Scope): Evaluated {
  if (typeof value === 'string') return resolveWhole(value, scope);
  if (value === null || typeof value !== 'object') return { ok: true, value };
  return isList(value) ? resolveList(value, scope) : resolveObject(value, scope);
}

function resolveWhole(text: string, scope: Scope): Evaluated {
  if (!isTemplate(text)) return { ok: true, value: text };
  const parsed = parseTemplate(text);
  const [only, ...more] = parsed.ok ? parsed.template : [];
  if (more.length === 0 && only !== undefined && typeof only !== 'string') return evaluate(only, scope);
  return resolveText(text, scope);
}

function resolveList(list: readonly Json[], scope: Scope): Evaluated {
  const resolved: Json[] = [];
  for (const item of list) {
    const result = resolveJson(item, scope);
    if (!result.ok) return result;
    resolved.push(result.value);
  }
  return { ok: true, value: list.every((item, index) => item === resolved[index]) ? list : resolved };
}

function resolveObject(record: Readonly<{ [key: string]: Json }>, scope: Scope): Evaluated {
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(record)) {
    const result = resolveJson(item, scope);
    if (!result.ok) return result;
    entries.push([key, result.value]);
  }
  const isSame = entries.every(([key, item]) => item === record[key]);
  return { ok: true, value: isSame ? record : Object.fromEntries(entries) };
}
