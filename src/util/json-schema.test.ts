import { describe, expect, test } from 'vitest';
import { findMisfits, findSchemaMistakes } from './json-schema.ts';

type Value = Parameters<typeof findMisfits>[1];
type Case = readonly [name: string, schema: Value, fitting: readonly Value[], misfits: readonly Value[]];

const CASES: readonly Case[] = [
  ['a type', { type: 'string' }, ['', 'a'], [1, null, [], {}]],
  ['one of several types', { type: ['string', 'null'] }, ['a', null], [0, false]],
  ['an integer', { type: 'integer' }, [1, -3, 2.0], [1.5, '1']],
  ['required keys without a type', { required: ['a'] }, [{ a: null }, 5], [{}, { b: 1 }]],
  ['required keys that every object inherits', { required: ['toString', '__proto__'] }, [5], [{}]],
  ['properties without a type', { properties: { a: { type: 'string' } } }, [{}, { a: 'x' }, 1], [{ a: 1 }]],
  ['no further keys', { properties: { a: true }, additionalProperties: false }, [{}, { a: 1 }], [{ b: 1 }]],
  ['further keys of a kind', { additionalProperties: { type: 'number' } }, [{ x: 1 }], [{ x: '1' }]],
  ['a closed list with objects', { enum: [{ a: 1, b: [2] }, 'x'] }, ['x', { b: [2], a: 1 }], ['y', { a: 1 }]],
  ['a constant', { const: { a: [1] } }, [{ a: [1] }], [{ a: [2] }, null]],
  ['bounds', { minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, 'text'], [0, 3]],
  ['multiples', { multipleOf: 0.1 }, [0.3, 1], [0.35]],
  ['lengths in characters', { minLength: 2, maxLength: 2 }, ['ab', '😀😀'], ['a', 'abc']],
  ['item counts', { minItems: 1, maxItems: 2 }, [[1], [1, 2], 'x'], [[], [1, 2, 3]]],
  [
    'different items',
    { uniqueItems: true },
    [[1, 2]],
    [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  ['items', { items: { type: 'string' } }, [[], ['a']], [['a', 1]]],
  ['a tuple', { prefixItems: [{ type: 'string' }], items: false }, [['a'], []], [['a', 1], [1]]],
  ['all of', { allOf: [{ required: ['a'] }, { required: ['b'] }] }, [{ a: 1, b: 1 }], [{ a: 1 }]],
  ['any of', { anyOf: [{ type: 'string' }, { minimum: 3 }] }, ['a', 4], [2]],
  ['exactly one of', { oneOf: [{ type: 'number' }, { type: 'integer' }] }, [1.5], [1, 'a']],
  ['not', { not: { type: 'string' } }, [1], ['a']],
  ['references', { $defs: { n: { type: 'number' } }, items: { $ref: '#/$defs/n' } }, [[1]], [['a']]],
  [
    'a schema that refers to itself',
    { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false },
    [{ next: { next: {} } }],
    [{ next: { next: { other: 1 } } }],
  ],
  ['nothing at all', false, [], [1, {}]],
];

describe('findMisfits', () => {
  test.each(CASES)('checks %s', (_name, schema, fitting, misfits) => {
    for (const value of fitting) expect(findMisfits(schema, value)).toEqual([]);
    for (const value of misfits) expect(findMisfits(schema, value), JSON.stringify(value)).not.toEqual([]);
  });

  test('says where the value does not fit and what it is', () => {
    const schema = { properties: { items: { items: { type: 'string' } } }, required: ['name'] };
    expect(findMisfits(schema, { items: ['a', null] })).toEqual([
      'result.items[1] must be string, is null',
      'result must have "name"',
    ]);
  });

  test('a schema that leads round in a circle ends with a problem', () => {
    expect(findMisfits({ $ref: '#' }, 1)).toEqual(['result uses a schema that leads nowhere']);
  });

  test('alternatives that refer to themselves without end are given up, not waited for', () => {
    expect(findMisfits({ not: { anyOf: [{ $ref: '#' }, { $ref: '#' }] } }, 1)).not.toEqual([]);
  });

  test('a schema with a mistake never fits', () => {
    expect(findMisfits({ type: 'strin' }, 'a')).toEqual([
      'the schema cannot be used: #/type: there is no type "strin".',
    ]);
  });

  test('a value with a thousand problems gives the first twenty or so', () => {
    const value = Array.from({ length: 1_000 }, () => 1);
    expect(findMisfits({ items: { type: 'string' } }, value)).toHaveLength(20);
  });
});

describe('findSchemaMistakes', () => {
  test.each([
    [{ tpye: 'string' }, '#/tpye: this keyword is not supported.'],
    [{ pattern: '^(a+)+$' }, '#/pattern: this keyword is not supported.'],
    [{ properties: { a: { type: 'text' } } }, '#/properties/a/type: there is no type "text".'],
    [{ items: [{}] }, '#/items: a schema is an object, true or false.'],
    [{ required: 'a' }, '#/required: must be a list.'],
    [{ minimum: '1' }, '#/minimum: must be a number.'],
    [{ $ref: 'https://example.org/x' }, '#/$ref: only references inside the schema work.'],
    [{ anyOf: [] }, '#/anyOf: must be a list of schemas.'],
    ['text', '#: a schema is an object, true or false.'],
  ])('finds the mistake in %j', (schema, mistake) => {
    expect(findSchemaMistakes(schema)).toEqual([mistake]);
  });

  test('finds none in a schema with notes for people', () => {
    expect(findSchemaMistakes({ title: 'a', description: 'b', $schema: 'c', type: 'object', format: 'date' })).toEqual(
      [],
    );
  });
});
