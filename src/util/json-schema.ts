/**
 * JSON Schema 2020-12, as far as it can be checked soundly and in bounded time. Own code because the converter
 * of our validation library ignores assertions without a `type` (measured: `{"required":["a"]}` took `{}`), and
 * a check that silently holds is worse than none. Keywords outside the list are mistakes, never ignored;
 * `pattern` is outside, because a pattern of a stranger can take for ever.
 */
type Value = null | boolean | number | string | readonly Value[] | ValueObject;
type ValueObject = Readonly<{ [key: string]: Value }>;
/** `budget.steps` counts down: a schema whose alternatives refer to themselves would take for ever. */
type Root = Readonly<{ schema: Value; problems: string[]; budget: { steps: number } }>;
/** Where we are in the value, and how many references lead here without moving on in it. */
type Place = Readonly<{ path: string; depth: number }>;
type Assertion = (schema: ValueObject, value: Value, place: Place, root: Root) => void;

const MAX_PROBLEMS = 20;
const MAX_DEPTH = 128;
const MAX_STEPS = 1_000_000;
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
]);
const TYPES: Readonly<Record<string, (value: Value) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: (value) => isList(value),
  object: isObject,
};

const onNumber =
  (isWithin: (value: number, limit: number) => boolean, words: string, keyword: string): Assertion =>
  (schema, value, place, root) => {
    const limit = schema[keyword];
    if (typeof value !== 'number' || typeof limit !== 'number' || isWithin(value, limit)) return;
    report(root, place, `must be ${words} ${limit}, is ${value}`);
  };

const onSize =
  (sizeOf: (value: Value) => number | undefined, side: 'least' | 'most', keyword: string): Assertion =>
  (schema, value, place, root) => {
    const [size, limit] = [sizeOf(value), schema[keyword]];
    if (size === undefined || typeof limit !== 'number' || (side === 'least' ? size >= limit : size <= limit)) return;
    report(root, place, `must have at ${side} ${limit} ${unitOf(value)}, has ${size}`);
  };

const lengthOf = (value: Value): number | undefined =>
  typeof value === 'string' ? Array.from(value).length : undefined;
const itemsOf = (value: Value): number | undefined => (isList(value) ? value.length : undefined);
const keysOf = (value: Value): number | undefined => (isObject(value) ? Object.keys(value).length : undefined);

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  $ref: (schema, value, place, root) => {
    const target = resolve(root.schema, textOf(schema['$ref']));
    if (target === undefined || place.depth > MAX_DEPTH) report(root, place, `uses a schema that leads nowhere`);
    else check(target, value, { path: place.path, depth: place.depth + 1 }, root);
  },
  type: (schema, value, place, root) => {
    const types = listOf(schema['type'] ?? null).map(textOf);
    if (types.some((type) => TYPES[type]?.(value) === true)) return;
    report(root, place, `must be ${types.join(' or ')}, is ${nameOf(value)}`);
  },
  enum: (schema, value, place, root) => {
    const allowed = schema['enum'];
    if (isList(allowed) && allowed.some((one: Value) => isEqual(one, value))) return;
    report(root, place, `must be one of ${shorten(allowed)}`);
  },
  const: (schema, value, place, root) => {
    if (!isEqual(schema['const'] ?? null, value)) report(root, place, `must be ${shorten(schema['const'])}`);
  },
  minimum: onNumber((value, limit) => value >= limit, 'at least', 'minimum'),
  maximum: onNumber((value, limit) => value <= limit, 'at most', 'maximum'),
  exclusiveMinimum: onNumber((value, limit) => value > limit, 'more than', 'exclusiveMinimum'),
  exclusiveMaximum: onNumber((value, limit) => value < limit, 'less than', 'exclusiveMaximum'),
  multipleOf: onNumber((value, limit) => isMultiple(value, limit), 'a multiple of', 'multipleOf'),
  minLength: onSize(lengthOf, 'least', 'minLength'),
  maxLength: onSize(lengthOf, 'most', 'maxLength'),
  minItems: onSize(itemsOf, 'least', 'minItems'),
  maxItems: onSize(itemsOf, 'most', 'maxItems'),
  minProperties: onSize(keysOf, 'least', 'minProperties'),
  maxProperties: onSize(keysOf, 'most', 'maxProperties'),
  uniqueItems: (schema, value, place, root) => {
    if (schema['uniqueItems'] !== true || !isList(value)) return;
    const seen = new Set(value.map((item: Value) => canonical(item)));
    if (seen.size < value.length) report(root, place, 'must not hold the same item twice');
  },
  prefixItems: (schema, value, place, root) => {
    if (!isList(value)) return;
    for (const [index, one] of listOf(schema['prefixItems']).entries()) {
      const item: Value | undefined = value[index];
      if (item !== undefined) check(one, item, below(place, `[${index}]`), root);
    }
  },
  items: (schema, value, place, root) => {
    if (!isList(value)) return;
    const first = listOf(schema['prefixItems']).length;
    for (const [index, item] of value.entries()) {
      if (index >= first) check(schema['items'] ?? true, item, below(place, `[${index}]`), root);
    }
  },
  required: (schema, value, place, root) => {
    if (!isObject(value)) return;
    for (const key of listOf(schema['required']).map(textOf)) {
      if (!Object.hasOwn(value, key)) report(root, place, `must have ${JSON.stringify(key)}`);
    }
  },
  properties: (schema, value, place, root) => {
    const properties = schema['properties'] ?? null;
    if (!isObject(value) || !isObject(properties)) return;
    for (const [key, one] of Object.entries(properties)) {
      if (Object.hasOwn(value, key)) check(one, value[key] ?? null, below(place, `.${key}`), root);
    }
  },
  additionalProperties: (schema, value, place, root) => {
    const properties = schema['properties'] ?? null;
    if (!isObject(value)) return;
    for (const [key, item] of Object.entries(value)) {
      if (isObject(properties) && Object.hasOwn(properties, key)) continue;
      if (schema['additionalProperties'] === false) report(root, place, `must not have ${JSON.stringify(key)}`);
      else check(schema['additionalProperties'] ?? true, item, below(place, `.${key}`), root);
    }
  },
  allOf: (schema, value, place, root) => {
    for (const one of listOf(schema['allOf'])) check(one, value, place, root);
  },
  anyOf: (schema, value, place, root) => {
    if (!listOf(schema['anyOf']).some((one) => holds(one, value, place, root)))
      report(root, place, 'fits none of the alternatives');
  },
  oneOf: (schema, value, place, root) => {
    const fitting = listOf(schema['oneOf']).filter((one) => holds(one, value, place, root)).length;
    if (fitting !== 1) report(root, place, `must fit exactly one of the alternatives, fits ${fitting}`);
  },
  not: (schema, value, place, root) => {
    if (holds(schema['not'] ?? true, value, place, root)) report(root, place, 'fits what is excluded');
  },
};

/** Why `value` does not fit, as sentences that begin with the path (`result.items[2] must be string, is null`); at most 20. */
export function findMisfits(schema: Value, value: Value, name = 'result'): readonly string[] {
  const mistakes = findSchemaMistakes(schema);
  if (mistakes.length > 0) return mistakes.map((mistake) => `the schema cannot be used: ${mistake}`);
  const root: Root = { schema, problems: [], budget: { steps: MAX_STEPS } };
  check(schema, value, { path: name, depth: 0 }, root);
  // Alternatives that were given up may have been taken for misfits or fits: neither is proven.
  if (root.budget.steps < 0 && root.problems.length === 0)
    report(root, { path: name, depth: 0 }, 'takes too long to check');
  return root.problems;
}

/** What in `schema` is no schema, or cannot be checked, with its place (`#/properties/a: ...`). Empty: it can be used. */
export function findSchemaMistakes(schema: Value, at = '#'): readonly string[] {
  if (typeof schema === 'boolean') return [];
  if (!isObject(schema)) return [`${at}: a schema is an object, true or false.`];
  return Object.entries(schema).flatMap(([keyword, value]) => mistakesOf(keyword, value, `${at}/${keyword}`));
}

const SCHEMAS_BY_NAME = new Set(['$defs', 'definitions', 'properties']);
const SCHEMA_LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const SCHEMAS = new Set(['items', 'additionalProperties', 'not']);

function mistakesOf(keyword: string, value: Value, at: string): readonly string[] {
  if (SCHEMAS_BY_NAME.has(keyword)) {
    if (!isObject(value)) return [`${at}: must be an object of schemas.`];
    return Object.entries(value).flatMap(([name, one]) => findSchemaMistakes(one, `${at}/${name}`));
  }
  if (SCHEMA_LISTS.has(keyword)) {
    if (!isList(value) || value.length === 0) return [`${at}: must be a list of schemas.`];
    return value.flatMap((one, index) => findSchemaMistakes(one, `${at}/${index}`));
  }
  if (SCHEMAS.has(keyword)) return findSchemaMistakes(value, at);
  if (Object.hasOwn(ASSERTIONS, keyword)) return argumentMistakes(keyword, value, at);
  return ANNOTATIONS.has(keyword) ? [] : [`${at}: this keyword is not supported.`];
}

function argumentMistakes(keyword: string, value: Value, at: string): readonly string[] {
  switch (keyword) {
    case 'const':
      return [];
    case 'type':
      return typeMistakes(value, at);
    case 'enum':
    case 'required':
      return isList(value) ? [] : [`${at}: must be a list.`];
    case '$ref':
      return textOf(value).startsWith('#') ? [] : [`${at}: only references inside the schema work.`];
    case 'uniqueItems':
      return typeof value === 'boolean' ? [] : [`${at}: must be true or false.`];
    default:
      return limitMistakes(keyword, value, at);
  }
}

function typeMistakes(value: Value, at: string): readonly string[] {
  const types = isList(value) ? value : [value];
  const unknown = types.filter((type: Value) => typeof type !== 'string' || !Object.hasOwn(TYPES, type));
  return unknown.map((type: Value) => `${at}: there is no type ${shorten(type)}.`);
}

function limitMistakes(keyword: string, value: Value, at: string): readonly string[] {
  if (typeof value !== 'number') return [`${at}: must be a number.`];
  return keyword === 'multipleOf' && value <= 0 ? [`${at}: must be more than 0.`] : [];
}

function check(schema: Value, value: Value, place: Place, root: Root): void {
  if (root.problems.length >= MAX_PROBLEMS) return;
  root.budget.steps -= 1;
  if (root.budget.steps < 0) return report(root, place, 'takes too long to check');
  if (schema === false) report(root, place, 'must not be there');
  if (!isObject(schema)) return;
  for (const keyword of Object.keys(schema)) {
    if (Object.hasOwn(ASSERTIONS, keyword)) ASSERTIONS[keyword]?.(schema, value, place, root);
  }
}

function holds(schema: Value, value: Value, place: Place, root: Root): boolean {
  const attempt: Root = { ...root, problems: [] };
  check(schema, value, { path: place.path, depth: place.depth + 1 }, attempt);
  return attempt.problems.length === 0;
}

function report(root: Root, place: Place, problem: string): void {
  root.problems.push(`${place.path} ${problem}`);
}

const below = (place: Place, step: string): Place => ({ path: `${place.path}${step}`, depth: 0 });
const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

/** A single value counts as a list of one. */
function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** A reference of the form `#` or `#/$defs/name`. */
function resolve(schema: Value, reference: string): Value | undefined {
  let found: Value | undefined = schema;
  for (const step of reference.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = found !== undefined && isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isEqual(one: Value, other: Value): boolean {
  return canonical(one) === canonical(other);
}

/** Text that is the same for equal values, whatever the order of their keys. */
function canonical(value: Value): string {
  if (isList(value)) return `[${value.map((item: Value) => canonical(item)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join()}}`;
}

/** 0.3 is a multiple of 0.1: binary fractions are forgiven their last digits. */
function isMultiple(value: number, step: number): boolean {
  const ratio = value / step;
  return Math.abs(ratio - Math.round(ratio)) <= 1e-9 * Math.max(1, Math.abs(ratio));
}

function nameOf(value: Value): string {
  if (value === null) return 'null';
  return isList(value) ? 'array' : typeof value;
}

function unitOf(value: Value): string {
  if (typeof value === 'string') return 'characters';
  return isList(value) ? 'items' : 'keys';
}

function shorten(value: Value | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
