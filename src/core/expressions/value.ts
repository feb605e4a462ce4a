import type { Json } from '../json.ts';

export type Scalar = string | number | boolean;

/** What a value is to the language. */
export type ValueType = 'text' | 'number' | 'true or false' | 'list' | 'object' | 'nothing';

export function typeOf(value: Json): ValueType {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'true or false';
  return isList(value) ? 'list' : 'object';
}

export function isScalar(value: Json): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `Array.isArray` does not narrow a readonly list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** For messages: `the text "x"`, `the number 3`, `a list`. Long texts are cut. */
export function describeValue(value: Json): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return `the text ${JSON.stringify(cut(value))}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return isList(value) ? 'a list' : 'an object';
}

function cut(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
