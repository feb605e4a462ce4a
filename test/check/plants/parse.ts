import type { Plant } from './plant.ts';
import { plantsOf } from './snippets.ts';

/** Code that does something else than it says. */
export const PARSE_PLANTS: readonly Plant[] = [
  ...plantsOf('assigns-in-condition', 'js', {
    real: [
      ['one sign too few', 'export function f(state, next) {\n  if (state = next) return 1;\n  return 2;\n}\n'],
      [
        'a literal assigned',
        "export function f(user) {\n  if (user.role = 'admin') {\n    return true;\n  }\n  return false;\n}\n",
      ],
      [
        'a number assigned',
        'export function f(count) {\n  if (count = 0) {\n    throw new Error(String(count));\n  }\n  return count;\n}\n',
      ],
      [
        'in an else if',
        'export function f(a, b) {\n  if (a > b) return a;\n  else if (a = b) return 0;\n  return b;\n}\n',
      ],
      [
        'a field with a field',
        'export function f(order, last) {\n  if (order.id = last.id) {\n    last.count += 1;\n  }\n}\n',
      ],
      [
        'null assigned',
        'export function f(node) {\n  if (node.parent = null) return [];\n  return [node.parent];\n}\n',
      ],
    ],
    tempting: [
      [
        'the answer is kept and used',
        'export function f(text) {\n  let match;\n  if (match = /a(b+)/.exec(text)) return match[1];\n  return null;\n}\n',
      ],
      [
        'the next line is kept and used',
        'export function f(reader) {\n  let line;\n  if (line = reader.next()) {\n    console.log(line.length);\n  }\n}\n',
      ],
      [
        'a field is kept and used',
        'export function f(model) {\n  var list;\n  if (list = model.items) {\n    list.push(1);\n  }\n}\n',
      ],
      [
        'both answers are kept and used',
        'export function f(a, b) {\n  let both;\n  if (both = a.isOpen && b.isOpen) a.join(b);\n  return both;\n}\n',
      ],
      [
        'a choice is kept',
        'export function f(node, def) {\n  if (def.export = node.isExport ? 2 : 0) {\n    def.uses += 1;\n  }\n  return def;\n}\n',
      ],
      [
        'the answer of a comparison is kept in a field',
        'export function f(option, values) {\n  let isSet;\n  if (option.selected = values.indexOf(option.value) > -1) {\n    isSet = true;\n  }\n  return isSet;\n}\n',
      ],
      [
        'another linter was told to say nothing, one empty line above',
        'export function f(a, b) {\n  /* eslint-disable no-cond-assign */\n\n  if (a.next = b) return 1;\n  return 2;\n}\n',
      ],
      ['a comparison', 'export function f(a, b) {\n  if (a === b) return 1;\n  return 2;\n}\n'],
      ['a default value in a parameter', 'export const f = (a = 1) => (a ? 1 : 2);\n'],
    ],
  }),
  ...plantsOf('constant-condition', 'js', {
    real: [
      ['switched off for a test', 'export function f(a) {\n  if (false) {\n    return a;\n  }\n  return a + 1;\n}\n'],
      ['switched on for a test', 'export function f(a) {\n  if (true) return a;\n  return -a;\n}\n'],
      ['a text is never empty', "export function f(a) {\n  if ('a' ) return 1;\n  return a;\n}\n"],
      ['an empty list is something', 'export function f(a) {\n  if ([]) return 1;\n  return a;\n}\n'],
      ['a number', 'export function f(a) {\n  if (1) return a * 2;\n  return a;\n}\n'],
      ['a loop that never runs', 'export function f(a) {\n  while (false) a.step();\n  return a;\n}\n'],
    ],
    tempting: [
      ['the endless loop', 'export function f(a) {\n  while (true) {\n    if (a()) break;\n  }\n}\n'],
      ['asked at the end', 'export function f(a) {\n  do a();\n  while (0);\n}\n'],
      [
        'a setting',
        'const IS_FAST = false;\nexport const f = (a) => {\n  if (IS_FAST) return a;\n  return a + 1;\n};\n',
      ],
      ['a call', 'export const f = (a) => {\n  if (a()) return 1;\n  return 2;\n};\n'],
    ],
  }),
  ...plantsOf('repeated-condition', 'js', {
    real: [
      [
        'the third branch is the first',
        'export const f = (a) => {\n  if (a > 1) return 1;\n  else if (a > 2) return 2;\n  else if (a > 1) return 3;\n  return 0;\n};\n',
      ],
      [
        'a text asked twice',
        "export function f(kind) {\n  if (kind === 'a') return 1;\n  else if (kind === 'b') return 2;\n  else if (kind === 'a') return 3;\n}\n",
      ],
      [
        'a field asked twice',
        'export function f(o) {\n  if (o.left) {\n    return 1;\n  } else if (o.right) {\n    return 2;\n  } else if (o.left) {\n    return 3;\n  }\n}\n',
      ],
      [
        'right after it',
        'export function f(a) {\n  if (a < 0) {\n    return -1;\n  } else if (a < 0) {\n    return 1;\n  }\n}\n',
      ],
      [
        'two questions together',
        'export function f(a, b) {\n  if (a && !b) return 1;\n  else if (b) return 2;\n  else if (a && !b) return 3;\n}\n',
      ],
      [
        'four branches',
        'export function f(a) {\n  if (a === 1) return 1;\n  else if (a === 2) return 2;\n  else if (a === 3) return 3;\n  else if (a === 2) return 4;\n}\n',
      ],
    ],
    tempting: [
      [
        'a call may answer differently',
        'export const f = (a) => {\n  if (a.next()) return 1;\n  else if (a.next()) return 2;\n};\n',
      ],
      ['two chains', 'export const f = (a, b) => {\n  if (a > 1) b();\n  if (a > 1) return 2;\n};\n'],
      ['another sign', 'export const f = (a) => {\n  if (a > 1) return 1;\n  else if (a >= 1) return 2;\n};\n'],
      ['inside a branch', 'export const f = (a) => {\n  if (a) {\n    a = a.next;\n    if (a) return 1;\n  }\n};\n'],
    ],
  }),
  ...plantsOf('same-branches', 'js', {
    real: [
      ['a name', 'export const f = (a) => (a > 1 ? a : a);\n'],
      ['a call', 'export const f = (a, b) => (b ? a.trim() : a.trim());\n'],
      ['a text', "export const f = (a) => (a.isOld ? 'old' : 'old');\n"],
      ['over lines', 'export const f = (a) =>\n  a.isLong\n    ? a.text.slice(0, 10)\n    : a.text.slice(0, 10);\n'],
      ['in an argument', 'export const f = (a, b) => b.push(a ? 1 : 1, 2);\n'],
      ['a field', 'export const f = (a) => {\n  const size = a.isWide ? a.width : a.width;\n  return size * 2;\n};\n'],
    ],
    tempting: [
      ['one sign differs', 'export const f = (a) => (a ? a + 1 : a - 1);\n'],
      ['same function, other argument', 'export const f = (a, b) => (b ? g(a) : g(b));\nconst g = (x) => x;\n'],
      ['a chain of choices', "export const f = (a) => (a > 1 ? 'x' : a > 0 ? 'y' : 'x');\n"],
      ['optional chaining', 'export const f = (a) => (a?.b ? a.b : a);\n'],
      [
        'a way around, and said so',
        'export function f(a) {\n  // Workaround for the compiler\n  return a instanceof Map ? a.size : a.size;\n}\n',
      ],
    ],
  }),
  ...plantsOf('negates-left-side', 'js', {
    real: [
      ['in', "export const f = (o) => !'a' in o;\n"],
      ['instanceof', 'export const f = (e) => {\n  if (!e instanceof Error) throw e;\n};\n'],
      ['a field', 'export const f = (e, o) => !e.key in o;\n'],
      ['in a condition with and', 'export const f = (a, b) => b && !a instanceof Map;\n'],
      ['instanceof with a member', 'export const f = (a, lib) => !a.value instanceof lib.Thing;\n'],
      ['in a ternary', 'export const f = (key, o) => (!key in o ? 1 : 2);\n'],
    ],
    tempting: [
      ['brackets around both', 'export const f = (e) => !(e instanceof Error);\n'],
      ['both negated', 'export const f = (a, o) => !(a in o) && !a;\n'],
      ['a comparison', 'export const f = (a, b) => !a === b;\n'],
      ['a loop', 'export const f = (o) => {\n  for (const key in o) if (!key) return o;\n};\n'],
    ],
  }),
  ...plantsOf('compares-with-nan', 'js', {
    real: [
      ['equals', 'export const f = (a) => a === NaN;\n'],
      ['differs', 'export const f = (a) => a !== NaN;\n'],
      ['loosely', 'export const f = (a) => a == NaN;\n'],
      ['the other way around', 'export const f = (a) => NaN === a;\n'],
      ['after a calculation', 'export const f = (a) => {\n  if (Number(a) * 2 === NaN) return 0;\n  return a;\n};\n'],
      ['in a filter', 'export const f = (list) => list.filter((one) => one != NaN);\n'],
    ],
    tempting: [
      ['the right way', 'export const f = (a) => Number.isNaN(a);\n'],
      [
        'a variable of that name',
        'export function f(a) {\n  const NaN = { isMissing: true };\n  return a === NaN;\n}\n',
      ],
      ['given back', 'export const f = (a) => (a === null ? NaN : a);\n'],
      ['Object.is', 'export const f = (a) => Object.is(a, NaN);\n'],
    ],
  }),
  ...plantsOf('unknown-typeof', 'js', {
    real: [
      ['misspelt', "export const f = (a) => typeof a === 'strnig';\n"],
      ['in capitals', "export const f = (a) => typeof a === 'Function';\n"],
      ['null is an object', "export const f = (a) => typeof a === 'null';\n"],
      ['a list is an object', "export const f = (a) => typeof a.list === 'array';\n"],
      ['differs', "export const f = (a) => typeof a !== 'undefned';\n"],
      ['a date is an object', "export const f = (a) => typeof a == 'date';\n"],
    ],
    tempting: [
      ['a known word', "export const f = (a) => typeof a === 'bigint';\n"],
      ['of a variable', 'export const f = (a, type) => typeof a === type;\n'],
      ['what old browsers gave', "export const f = (a) => typeof a === 'unknown';\n"],
      ['a field called type', "export const f = (a) => a.type === 'array';\n"],
    ],
  }),
  ...plantsOf('compares-with-itself', 'js', {
    real: [
      ['greater', 'export const f = (a) => a.size > a.size;\n'],
      ['at most', 'export const f = (a) => a.start <= a.start;\n'],
      ['names', 'export const f = (a, b) => a < a || b;\n'],
      ['equals', 'export const f = (a, b) => a.name === a.name && b;\n'],
      ['in a sort', 'export const f = (list) => list.sort((a, b) => (a.at < a.at ? -1 : 1));\n'],
      ['loosely', 'export const f = (a, b) => (b ? a.kind == a.kind : false);\n'],
    ],
    tempting: [
      ['the question for NaN', 'export const f = (a) => a.value !== a.value;\n'],
      ['the question for NaN, of a name', 'export const f = (a) => a !== a;\n'],
      [
        'the question for NaN in a condition',
        'export const f = (a) => {\n  if (a.x != a.x) return 0;\n  return a.x;\n};\n',
      ],
      ['two indexes', 'export const f = (a, i) => a[i] > a[i + 1];\n'],
    ],
  }),
  ...plantsOf('same-operands', 'js', {
    real: [
      ['or', 'export const f = (a) => a.start || a.start;\n'],
      ['and', 'export const f = (a, b) => b && b;\n'],
      ['in a condition', 'export const f = (a) => {\n  if (a.left && a.left) return 1;\n  return 0;\n};\n'],
      ['a comparison twice', 'export const f = (a) => a === 1 || a === 1;\n'],
      ['at the end of a chain', 'export const f = (a, b) => a || b.c || b.c;\n'],
      ['nullish', 'export const f = (a) => a.title ?? a.title;\n'],
    ],
    tempting: [
      ['calls may answer differently', 'export const f = (a) => a() || a();\n'],
      ['another index', 'export const f = (a) => a[0] || a[1];\n'],
      ['two questions', 'export const f = (a, b) => a === 1 || b === 1;\n'],
      ['asked, then used', 'export const f = (a) => a.b && a.b.c;\n'],
    ],
  }),
  ...plantsOf('duplicate-key', 'js', {
    real: [
      ['two values', 'export const o = { one: 1, two: 2, one: 3 };\n'],
      ['over lines', "export const o = {\n  name: 'a',\n  size: 1,\n  name: 'b',\n};\n"],
      ['in quotes', "export const o = { 'a-b': 1, c: 2, 'a-b': 3 };\n"],
      ['a function', 'export const o = {\n  open() {},\n  close() {},\n  open: () => 1,\n};\n'],
      ['inside another', 'export const o = { a: { x: 1, y: 2, x: 3 }, b: 1 };\n'],
      ['numbers', "export const o = { 200: 'ok', 404: 'gone', 200: 'fine' };\n"],
    ],
    tempting: [
      ['a getter and its setter', 'export const o = { get a() { return 1; }, set a(b) {} };\n'],
      ['in two objects', 'export const o = [{ a: 1 }, { a: 2 }];\n'],
      ['a default before, a wish in between', 'export const f = (rest) => ({ size: 1, ...rest, size: 2 });\n'],
      ['computed', 'export const f = (a, b) => ({ [a]: 1, [b]: 2 });\n'],
    ],
  }),
  ...plantsOf('duplicate-case', 'js', {
    real: [
      [
        'a number',
        'export function f(a) {\n  switch (a) {\n    case 1:\n      return 1;\n    case 2:\n      return 2;\n    case 1:\n      return 3;\n  }\n}\n',
      ],
      [
        'a text',
        "export function f(a) {\n  switch (a) {\n    case 'x':\n      return 1;\n    case 'x':\n      return 2;\n  }\n}\n",
      ],
      [
        'a member',
        'export function f(a, k) {\n  switch (a) {\n    case k.A:\n      return 1;\n    case k.B:\n      return 2;\n    case k.A:\n      return 3;\n  }\n}\n',
      ],
      [
        'falling through',
        'export function f(a) {\n  switch (a) {\n    case 1:\n    case 2:\n      return 1;\n    case 3:\n    case 2:\n      return 2;\n  }\n}\n',
      ],
      ['one line', 'export function f(a) { switch (a) { case 7: return 1; case 8: return 2; case 7: return 3; } }\n'],
      [
        'negative',
        'export function f(a) {\n  switch (a) {\n    case -1:\n      return 1;\n    case -1:\n      return 2;\n  }\n}\n',
      ],
    ],
    tempting: [
      [
        'calls',
        'export function f(a, b) {\n  switch (true) {\n    case a():\n      return 1;\n    case a():\n      return b;\n  }\n}\n',
      ],
      [
        'two switches',
        'export function f(a) {\n  switch (a) {\n    case 1:\n      return 1;\n  }\n  switch (a + 1) {\n    case 1:\n      return 2;\n  }\n}\n',
      ],
      [
        'a number and its text',
        "export function f(a) {\n  switch (a) {\n    case 1:\n      return 1;\n    case '1':\n      return 2;\n  }\n}\n",
      ],
      [
        'one inside the other',
        'export function f(a, b) {\n  switch (a) {\n    case 1:\n      switch (b) {\n        case 1:\n          return 2;\n      }\n  }\n}\n',
      ],
    ],
  }),
  ...plantsOf('unreachable-code', 'js', {
    real: [
      ['after return', 'export function f(a) {\n  return a;\n  a.stop();\n}\n'],
      ['after throw', "export function f(a) {\n  throw new Error('no');\n  a.stop();\n}\n"],
      ['after break', 'export function f(a) {\n  for (const b of a) {\n    break;\n    b.stop();\n  }\n}\n'],
      ['after continue', 'export function f(a) {\n  for (const b of a) {\n    continue;\n    b.stop();\n  }\n}\n'],
      ['in a case', 'export function f(a) {\n  switch (a) {\n    case 1:\n      return 1;\n      a.stop();\n  }\n}\n'],
      ['the value on its own line', 'export function f(a) {\n  return\n  a + 1;\n}\n'],
    ],
    tempting: [
      ['functions below a return', 'export function f() {\n  return g();\n  function g() {\n    return 1;\n  }\n}\n'],
      ['a return for the compiler', 'export function f(a) {\n  throw new Error(a);\n  return a;\n}\n'],
      ['a condition before it', 'export function f(a) {\n  if (a) return 1;\n  a.stop();\n}\n'],
      ['a variable that only declares', 'export function f() {\n  return 1;\n  var x;\n}\n'],
    ],
  }),
  ...focusedTests(),
];

/** They stand in tests, where the other kinds do not count. */
function focusedTests(): readonly Plant[] {
  const real = [
    "it.only('adds', () => {});\nit('takes away', () => {});\n",
    "describe.only('numbers', () => {\n  it('adds', () => {});\n});\ndescribe('texts', () => {\n  it('joins', () => {});\n});\n",
    "test.only('adds', async () => {});\ntest('takes away', () => {});\n",
    "fit('adds', () => {});\nit('takes away', () => {});\n",
    "fdescribe('numbers', () => {\n  it('adds', () => {});\n});\nit('joins', () => {});\n",
    "describe('numbers', () => {\n  it.only('adds', () => {});\n  it('takes away', () => {});\n});\n",
  ];
  const tempting: readonly (readonly [why: string, file: string, code: string])[] = [
    ['a function of the file', 'test/single/a.test.js', "const fit = (a) => a;\nfit('one');\n"],
    ['a test about it', 'test/single/b.test.js', "it.only('runs only this', () => {});\n"],
    ['in a text', 'test/single/c.test.js', "it('reads', () => {\n  run(`it.only('adds', () => {})`);\n});\n"],
    ['in a comment', 'test/single/d.test.js', "// it.only('adds', () => {});\nit('adds', () => {});\n"],
    [
      'a test that another test runs',
      'test/templates/e.test.js',
      "it.only('adds', () => {});\nit('joins', () => {});\n",
    ],
    ['something else called only', 'test/single/f.test.js', "it('adds', () => {\n  list.only('adds', () => 1);\n});\n"],
  ];
  return [
    ...real.map((code, index): Plant => {
      const file = `test/single/real-${index + 1}.test.js`;
      return {
        kind: 'focused-test',
        file,
        isTrue: true,
        why: 'other tests of the file do not run',
        files: { [file]: code },
      };
    }),
    ...tempting.map(([why, file, code]): Plant => ({
      kind: 'focused-test',
      file,
      isTrue: false,
      why,
      files: { [file]: code },
    })),
  ];
}
