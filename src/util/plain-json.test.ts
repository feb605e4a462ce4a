import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyPlainJson } from './plain-json.ts';

const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

test('what JSON carries comes back equal, and its size is never underestimated', () => {
  fc.assert(
    fc.property(json, (value) => {
      // -0 does not survive JSON; everything else must.
      const clean: unknown = JSON.parse(JSON.stringify(value));
      const copy = copyPlainJson(clean);
      if (!copy.ok) throw new Error(copy.problem);
      expect(copy.value).toEqual(clean);
      expect(copy.mostBytes).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(clean)));
    }),
  );
});

test('the copy does not change with the original', () => {
  const original = { list: [1, { deep: true }] };
  const copy = copyPlainJson(original);
  original.list.push(2);
  expect(copy).toMatchObject({ ok: true, value: { list: [1, { deep: true }] } });
});

test('undefined properties are left out, in lists they are a problem', () => {
  expect(copyPlainJson({ a: 1, b: undefined })).toMatchObject({ ok: true, value: { a: 1 } });
  expect(copyPlainJson([undefined])).toEqual({ ok: false, problem: '[0] is undefined' });
});

class Money {
  readonly amount = 1;
}
const circle: Record<string, unknown> = {};
circle['self'] = circle;

test.each([
  [{ at: [new Date(0)] }, 'at[0] is a Date'],
  [new Map(), 'the value is a Map'],
  [{ price: new Money() }, 'price is a Money'],
  [{ share: Number.NaN }, 'share is NaN'],
  [{ big: 1n }, 'big is a bigint'],
  [{ text: '\ud800' }, 'text holds broken text'],
  [JSON.parse('{"__proto__":{"admin":true}}'), 'the value has the key "__proto__", which is not allowed'],
  [{ a: { '\ud800': 1 } }, 'a has a key of broken text, which is not allowed'],
  [JSON.parse('['.repeat(65) + ']'.repeat(65)), `${'[0]'.repeat(20)}… nests deeper than 64 levels, or contains itself`],
])('%o is refused with its place', (value: unknown, problem) => {
  expect(copyPlainJson(value)).toEqual({ ok: false, problem });
});

test('a value that contains itself is refused', () => {
  const copy = copyPlainJson(circle);
  expect(copy.ok ? '' : copy.problem).toMatch(/contains itself$/);
});
