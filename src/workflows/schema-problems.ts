import { z } from 'zod';
import { nearestName } from '../util/nearest-name.ts';
import { didYouMean, formatPath, type DefinitionPath, type Finding } from './diagnostics.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** What a schema misses in `value`, in plain words, with the nearest known key. `code` starts every code. */
export function schemaFindings(schema: Schema, value: unknown, code: string): readonly Finding[] {
  const result = z.safeParse(schema, value);
  if (result.success) return [];
  const found = result.error.issues.flatMap((issue) => explain(issue, schema, { value, code }));
  // A key with a typing mistake is one mistake, not also a missing key.
  const meant = new Set(found.flatMap(({ meant: key }) => key ?? []));
  return found.filter(({ missed }) => missed === undefined || !meant.has(missed)).map(({ finding }) => finding);
}

/** `missed`: the path of the key that is not there. `meant`: the path of the key that an unknown one stands for. */
type Found = Readonly<{ finding: Finding; missed?: string; meant?: string }>;
type Context = Readonly<{ value: unknown; code: string }>;

function explain(issue: Issue, root: Schema, context: Context): readonly Found[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const { code } = context;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, root, code));
  const found = valueAt(context.value, path);
  const schema = schemaAt(root, path);
  if (issue.code === 'invalid_key') return [{ finding: invalidKey(path, root, code) }];
  if (found === undefined) return [missing(path, schema, code)];
  return [{ finding: misfit(issue, { path, found, schema, code }) }];
}

type Misfit = Readonly<{ path: DefinitionPath; found: unknown; schema: Schema | undefined; code: string }>;

function misfit(issue: Issue, { path, found, schema, code }: Misfit): Finding {
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    const message = `${nameOf(path)} ${limitText(issue)}.`;
    return { code: `${code}_LIMIT`, path, message, fix: 'Stay within the limit.' };
  }
  const { what, fix } = wordsOf(schema);
  const isWord = issue.code === 'invalid_value' && typeof found === 'string';
  const near = isWord ? nearestName(found, choicesOf(issue)) : undefined;
  const message = `${nameOf(path)} is ${show(found)}, but must be ${what}.`;
  return { code: `${code}_VALUE`, path, message, fix: `${fix}${didYouMean(near)}` };
}

function unknownKey(key: string, parent: DefinitionPath, root: Schema, code: string): Found {
  const known = keysOf(schemaAt(root, parent));
  const near = nearestName(key, known);
  const where = parent.length === 0 ? '' : ` in ${nameOf(parent)}`;
  const finding: Finding = {
    code: `${code}_UNKNOWN_KEY`,
    path: [...parent, key],
    target: 'key',
    message: `${show(key)} is not known${where}.`,
    fix: near === undefined ? `Known are: ${known.join(', ')}.` : `Remove or rename it.${didYouMean(near)}`,
  };
  return near === undefined ? { finding } : { finding, meant: formatPath([...parent, near]) };
}

function invalidKey(path: DefinitionPath, root: Schema, code: string): Finding {
  const parent = schemaAt(root, path.slice(0, -1));
  const { what, fix } = wordsOf(parent instanceof z.ZodRecord ? parent.keyType : undefined);
  return { code: `${code}_NAME`, path, target: 'key', message: `${show(path.at(-1))} is not ${what}.`, fix };
}

function missing(path: DefinitionPath, schema: Schema | undefined, code: string): Found {
  const key = String(path.at(-1) ?? 'content');
  const parent = path.slice(0, -1);
  const where = parent.length === 0 ? '' : ` in ${nameOf(parent)}`;
  const { what } = wordsOf(schema);
  const message = `"${key}" is missing${where}.`;
  return {
    finding: { code: `${code}_MISSING`, path: parent, message, fix: `Add it: ${what}.` },
    missed: formatPath(path),
  };
}

function limitText(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const limit = issue.code === 'too_big' ? Number(issue.maximum) : Number(issue.minimum);
  const isExclusive = issue.inclusive === false;
  const figure = limit.toLocaleString('en-US');
  if (issue.origin === 'string') return issue.code === 'too_big' ? `has more than ${figure} characters` : 'is empty';
  if (issue.origin === 'array')
    return issue.code === 'too_big' ? `has more than ${figure} entries` : 'is an empty list';
  if (issue.code === 'too_big') return `must be ${isExclusive ? 'less than' : 'at most'} ${figure}`;
  return `must be ${isExclusive ? 'more than' : 'at least'} ${figure}`;
}

function choicesOf(issue: Extract<Issue, { code: 'invalid_value' }>): readonly string[] {
  return issue.values.map(String);
}

/** The words of a schema's author, else plain ones for its type. */
function wordsOf(schema: Schema | undefined): Readonly<{ what: string; fix: string }> {
  const meta = schema === undefined ? undefined : z.globalRegistry.get(schema);
  const fix = typeof meta?.['fix'] === 'string' ? meta['fix'] : '';
  const what = typeof meta?.['what'] === 'string' ? meta['what'] : plainWords(schema);
  return { what, fix: fix === '' ? `Write ${what}.` : fix };
}

function plainWords(schema: Schema | undefined): string {
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodString) return 'a text';
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 'a whole number' : 'a number';
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodArray) return 'a list';
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'keys with values';
  return 'something else';
}

function keysOf(schema: Schema | undefined): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap(keysOf))];
  return [];
}

/** The schema that a place in the value must fit; undefined below a choice or where nothing is known. */
function schemaAt(root: Schema, path: DefinitionPath): Schema | undefined {
  let schema: Schema | undefined = unwrap(root);
  for (const step of path) schema = unwrap(childOf(schema, step));
  return schema;
}

function childOf(schema: Schema | undefined, step: string | number): Schema | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (!isObjectSchema(schema)) return undefined;
  return Object.hasOwn(schema.shape, step) ? schema.shape[step] : schema.def.catchall;
}

/** `instanceof` alone gives a shape of anything. */
function isObjectSchema(schema: Schema | undefined): schema is z.ZodObject<Readonly<Record<string, z.ZodType>>> {
  return schema instanceof z.ZodObject;
}

function unwrap(schema: Schema | undefined): Schema | undefined {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodExactOptional) inner = inner.unwrap();
  return inner;
}

function valueAt(root: unknown, path: DefinitionPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(step))?.[1];
  }
  return value;
}

function nameOf(path: DefinitionPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'The content';
  if (typeof last === 'string') return `"${last}"`;
  return `Entry ${last + 1} of "${String(path.findLast((step) => typeof step === 'string') ?? 'list')}"`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null) return 'empty';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'a group of keys' : 'something else';
}
