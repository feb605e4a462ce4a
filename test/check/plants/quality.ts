import type { Plant } from './plant.ts';
import { changes, plantsOf, type Past } from './snippets.ts';

/** Five levels deep, again and again. */
export function nested(times: number, name = 'decide'): string {
  const part = (index: number): string => `  for (const one of list.slice(${index})) {
    if (one.size > ${index} && one.isOpen) {
      for (const other of one.parts) {
        if (other.left > ${index} || other.right) {
          while (other.next) {
            other.left -= other.step ? ${index} : 1;
          }
        } else if (other.count) {
          found.push(other.count + ${index});
        }
      }
    }
  }
`;
  const body = Array.from({ length: times }, (_, index) => part(index)).join('');
  return `export function ${name}(list) {\n  const found = [];\n${body}  return found;\n}\n`;
}

/** Long and plain: one question after the other. */
export function flat(times: number): string {
  const lines = Array.from({ length: times }, (_, index) => `  if (code === ${index}) return 'name ${index}';`);
  return `export function nameOf(code) {\n${lines.join('\n')}\n  return '';\n}\n`;
}

/** Many small functions, none of them deep. */
export function small(times: number): string {
  const one = (index: number): string =>
    `export const is${index} = (a) => a > ${index} && a < ${index + 9};\nexport function step${index}(a) {\n  if (a === ${index}) return 1;\n  return a;\n}\n`;
  return Array.from({ length: times }, (_, index) => one(index)).join('\n');
}

/** A loop of steps that each go on with the next. */
function steps(times: number): string {
  const part = (index: number): string =>
    `    if (sign === 'sign ${index}') {\n      if (found.length > ${index}) {\n        if (sign.next) {\n          found.push(${index});\n          continue;\n        }\n        continue;\n      }\n      continue;\n    }\n`;
  const body = Array.from({ length: times }, (_, index) => part(index)).join('');
  return `export function scan(signs) {\n  const found = [];\n  for (const sign of signs) {\n${body}  }\n  return found;\n}\n`;
}

/** As a standard has it. */
function standard(times: number): string {
  let step = 0;
  return nested(times).replaceAll(
    /^( {4,6})(?=if|for)/gm,
    (indent) => `${indent}// ${(step += 1)}. If it is so, then:\n${indent}`,
  );
}

export type Place = Readonly<{ past?: Past; users?: number; tests?: number }>;

/** A file with the files around it that import it. */
function placed(
  kind: string,
  name: string,
  code: string,
  place: Place,
): Pick<Plant, 'kind' | 'file' | 'files' | 'past'> {
  const { past, users = 0, tests = 0 } = place;
  const file = `src/${kind}/${name}.js`;
  const files: Record<string, string> = { [file]: code };
  for (let index = 0; index < users; index += 1) {
    files[`src/${kind}/${name}-user-${index}.js`] =
      `import * as all from './${name}.js';\nexport const user${index} = () => Object.keys(all);\n`;
  }
  for (let index = 0; index < tests; index += 1) {
    files[`test/${kind}/${name}-${index}.test.js`] =
      `import * as all from '../../src/${kind}/${name}.js';\nit('has ${index}', () => Object.keys(all));\n`;
  }
  return { kind, file, files, ...(past === undefined ? {} : { past }) };
}

type Planted = (kind: string, name: string, why: string, rest: readonly [code: string, place: Place]) => Plant;

export const real: Planted = (kind, name, why, rest) => ({
  ...placed(kind, name, ...rest),
  isTrue: true,
  why,
});
export const tempting: Planted = (kind, name, why, rest) => ({
  ...placed(kind, name, ...rest),
  isTrue: false,
  why,
});

const OLD = changes(2, { daysAgo: 1_200, every: 30 });
const BUSY = changes(6, { daysAgo: 3, every: 20 });

const COMPLEX: readonly Plant[] = [
  real('complex-function', 'plain', 'deep, and no test reaches it', [nested(5), { past: BUSY }]),
  real('complex-function', 'busy', 'deep and worked on', [nested(5), { past: BUSY, users: 1 }]),
  real('complex-function', 'central', 'deep and imported by many', [nested(6), { past: BUSY, users: 5 }]),
  real('complex-function', 'tested', 'deep, worked on, though tested', [nested(6), { past: BUSY, users: 4, tests: 2 }]),
  real('complex-function', 'fixed', 'deep, and mostly fixed', [
    nested(5),
    { past: changes(6, { daysAgo: 5, every: 25, isFix: true }), users: 1, tests: 1 },
  ]),
  real('complex-function', 'few', 'deep, and changed now and then', [
    nested(7),
    { past: changes(4, { daysAgo: 10, every: 60 }), users: 2 },
  ]),
  tempting('complex-function', 'old-central', 'deep, and nobody works on it', [nested(7), { past: OLD, users: 6 }]),
  tempting('complex-function', 'flat', 'one plain question after the other', [flat(40), { users: 1 }]),
  tempting('complex-function', 'flat-busy', 'a list that grows', [flat(30), { past: BUSY, users: 1 }]),
  tempting('complex-function', 'done', 'untouched for years, and well tested', [
    nested(5),
    { past: OLD, users: 1, tests: 3 },
  ]),
  tempting('complex-function', 'left', 'untouched for years, and nothing uses it', [
    nested(5),
    { past: OLD, tests: 1 },
  ]),
  tempting('complex-function', 'alone', 'well tested, and nothing uses it', [nested(5), { tests: 3 }]),
  tempting('complex-function', 'steps', 'a loop of steps that leave', [steps(14), { past: BUSY, users: 3 }]),
  tempting('complex-function', 'standard', 'the steps of a standard', [standard(7), { past: BUSY, users: 3 }]),
  tempting('complex-function', 'small', 'many small functions', [small(12), { users: 1 }]),
];

const CATCH = (body: string, after = ''): string =>
  `export function f(a, b) {\n  try {\n${body}\n  } catch {}\n${after}}\n`;
const SAVE = CATCH('    a.save(b);\n    b.count += 1;');

const CATCHES: readonly Plant[] = [
  real('empty-catch', 'save', 'a failed save is lost', [SAVE, {}]),
  real('empty-catch', 'upload', 'a file that was not handed over', [
    CATCH('    a.uploadFile(b);\n    a.isReady = true;'),
    { users: 1 },
  ]),
  real('empty-catch', 'send', 'a message that was not sent', [
    CATCH('    a.send(b.subject, b.text);'),
    { past: BUSY, users: 1 },
  ]),
  real('empty-catch', 'central', 'in what many files use', [CATCH('    a.updateUser(b);'), { users: 5 }]),
  real('empty-catch', 'waits', 'a failed request', [
    'export async function f(a) {\n  try {\n    await a.postOrder(a.order);\n  } catch (error) {}\n}\n',
    { users: 1 },
  ]),
  real('empty-catch', 'twice', 'two of them', [
    'export function f(a) {\n  try {\n    a.begin();\n  } catch {}\n  try {\n    a.commit();\n  } catch {}\n}\n',
    {},
  ]),
  real('empty-catch', 'insert', 'a row that is not there', [CATCH('    a.insert(b.rows);'), { users: 1 }]),
  tempting('empty-catch', 'settle', 'it only waits until something has ended', [
    'export async function f(a, b) {\n  try {\n    await finished(a);\n  } catch {}\n  b.end();\n}\n',
    { users: 1 },
  ]),
  tempting('empty-catch', 'by-name', 'its name says that it may not work', [
    SAVE.replace('function f', 'function trySave'),
    { users: 1 },
  ]),
  tempting('empty-catch', 'apply', 'nothing outside is changed', [CATCH('    a.apply(b);'), { users: 5 }]),
  tempting('empty-catch', 'listener', 'parts of a page', [CATCH('    a.removeChild(b);'), { users: 1 }]),
  tempting('empty-catch', 'preview', 'a piece of code for a message', [
    CATCH('    a.code = readFileSync(b);'),
    { users: 1 },
  ]),
  tempting('empty-catch', 'remove', 'what is gone need not be removed', [CATCH('    a.unlinkSync(b);'), { users: 1 }]),
  tempting('empty-catch', 'optional', 'a package that may be missing', [
    CATCH("    a.colours = require('colours');"),
    { users: 1 },
  ]),
  tempting('empty-catch', 'fallback', 'another answer follows', [
    CATCH('    return new URL(a).host;', '  return b;\n'),
    { users: 1 },
  ]),
  tempting('empty-catch', 'close', 'closing what may be closed', [CATCH('    a.close();'), { past: BUSY, users: 1 }]),
  tempting('empty-catch', 'said', 'a comment says why', [
    'export function f(a) {\n  try {\n    a();\n  } catch {\n    // not there: nothing to do\n  }\n}\n',
    {},
  ]),
  tempting('empty-catch', 'done', 'untouched for years, and well tested', [SAVE, { past: OLD, users: 1, tests: 3 }]),
  ...plantsOf('empty-catch', 'js', { real: [['', SAVE]], tempting: [] }).filter(({ isTrue }) => !isTrue),
];

/** The first file of a ring is the one that the finding names. */
function ring(name: string, isTrue: boolean, why: string, parts: Readonly<Record<string, string>>): Plant {
  const files = Object.fromEntries(Object.entries(parts).map(([part, code]) => [`src/rings/${name}/${part}`, code]));
  return { kind: 'import-cycle', file: Object.keys(files)[0] ?? '', isTrue, why, files };
}

const A_NEEDS_B = "import { b } from './b.js';\nexport const a = () => b();\n";
const B_NEEDS_A = "import { a } from './a.js';\nexport const b = () => a();\n";

/** One uses the other while it loads. */
const A_RUNS_B = "import { b } from './b.js';\nexport const a = b(1);\n";
const B_READS_A = "import { a } from './a.js';\nexport const b = (n) => n + (a ?? 0);\n";

const CYCLES: readonly Plant[] = [
  ring('two', true, 'two files, one calls the other while it loads', { 'a.js': A_RUNS_B, 'b.js': B_READS_A }),
  ring('three', true, 'three files, one reads the next while it loads', {
    'b.js': "import { c } from './c.js';\nexport const limit = c + 1;\nexport const b = () => limit;\n",
    'a.js': A_NEEDS_B,
    'c.js': "import { a } from './a.js';\nexport const c = 9;\nexport const again = () => a();\n",
  }),
  ring('eager', true, 'a class is made of one that is not there yet', {
    'a.js': "import { B } from './b.js';\nexport class A extends B {}\n",
    'b.js': "import { A } from './a.js';\nexport class B {\n  make() {\n    return new A();\n  }\n}\n",
  }),
  ring('typed', true, 'a static field is filled while it loads', {
    'a.ts':
      "import { B, type Size } from './b.ts';\nexport class A {\n  static size: Size = new B().size();\n  size: Size = 1;\n}\n",
    'b.ts':
      "import { A } from './a.ts';\nexport type Size = number;\nexport class B {\n  size(): Size {\n    return new A().size;\n  }\n}\n",
  }),
  ring('crossing', true, 'two packages need each other, one of them while it loads', {
    'one/a.js': "import { b } from '../two/b.js';\nexport const a = b(1);\n",
    'one/package.json': '{"name":"crossing-one"}\n',
    'two/b.js': "import { a } from '../one/a.js';\nexport const b = () => a();\n",
    'two/package.json': '{"name":"crossing-two"}\n',
  }),
  ring('apart', true, 'the old way, taken apart before it is there', {
    'a.js': "const { b } = require('./b.js');\nexports.a = () => b();\n",
    'b.js': "const { a } = require('./a.js');\nexports.b = () => a();\n",
  }),
  ring('registered', true, 'enters itself in a list of the other while it loads', {
    'a.js': "import { register } from './b.js';\nexport const a = () => 1;\nregister('a', a);\n",
    'b.js':
      "import { a } from './a.js';\nconst all = new Map();\nexport const register = (name, one) => all.set(name, one);\nexport const first = () => a();\n",
  }),
  ring('crossing-later', false, 'two packages need each other once all is loaded', {
    'one/a.js': "import { b } from '../two/b.js';\nexport const a = () => b();\n",
    'one/package.json': '{"name":"crossing-later-one"}\n',
    'two/b.js': "import { a } from '../one/a.js';\nexport const b = () => a();\n",
    'two/package.json': '{"name":"crossing-later-two"}\n',
  }),
  ring('index', false, 'an index uses its parts while it loads, and nothing else leads to them', {
    'index.js': "import { b } from './b.js';\nexport const all = [b];\n",
    'b.js': "import { all } from './index.js';\nexport const b = () => all;\n",
  }),
  ring('calls', false, 'two files that call each other once all is loaded', { 'a.js': A_NEEDS_B, 'b.js': B_NEEDS_A }),
  ring('three-calls', false, 'three files that call each other once all is loaded', {
    'a.js': A_NEEDS_B,
    'b.js': "import { c } from './c.js';\nexport const b = () => c();\n",
    'c.js': "import { a } from './a.js';\nexport const c = () => a();\n",
  }),
  ring('fields', false, 'a field is filled when one is made', {
    'a.ts': "import { B, type Size } from './b.ts';\nexport class A {\n  size: Size = new B().size();\n}\n",
    'b.ts':
      "import { A } from './a.ts';\nexport type Size = number;\nexport class B {\n  size(): Size {\n    return new A().size;\n  }\n}\n",
  }),
  ring('again', false, 'given on, and read later', {
    'a.js': "export { b } from './b.js';\nexport const a = 1;\n",
    'b.js': "import { a } from './a.js';\nexport const b = () => a;\n",
  }),
  ring('required', false, 'the old way, and read later', {
    'a.js': "const b = require('./b.js');\nexports.a = () => b.b();\n",
    'b.js': "const a = require('./a.js');\nexports.b = () => a.a();\n",
  }),
  ring('types', false, 'types alone', {
    'a.ts': "import type { B } from './b.ts';\nexport type A = { b: B };\nexport const a = 1;\n",
    'b.ts': "import { type A } from './a.ts';\nexport type B = { a: A };\nexport const b = 1;\n",
  }),
  ring('elided', false, 'types alone, not written so', {
    'a.ts': "import { B } from './b.ts';\nexport class A {\n  b?: B;\n}\n",
    'b.ts': "import { A } from './a.ts';\nexport class B {\n  make(): A {\n    return new A();\n  }\n}\n",
  }),
  ring('later', false, 'loaded when it runs', {
    'a.js': A_NEEDS_B,
    'b.js': "export const b = async () => import('./a.js');\n",
  }),
  ring('generated', false, 'not written here', {
    'a.js': `// Code generated by a schema compiler. DO NOT EDIT.\n${A_RUNS_B}`,
    'b.js': `// Code generated by a schema compiler. DO NOT EDIT.\n${B_READS_A}`,
  }),
  {
    kind: 'import-cycle',
    file: 'src/legacy/ring/a.js',
    isTrue: false,
    why: 'kept, not used, and well tested',
    files: {
      'src/legacy/ring/a.js': A_RUNS_B,
      'src/legacy/ring/b.js': B_READS_A,
      'test/ring/one.test.js': "import { a } from '../../src/legacy/ring/a.js';\nit('runs', a);\n",
      'test/ring/two.test.js': "import { a } from '../../src/legacy/ring/a.js';\nit('runs', a);\n",
    },
  },
  ring('namesake', false, 'a namespace of types that has the name of what is imported', {
    'a.ts':
      "import { Core } from './b.ts';\nexport namespace V2 {\n  export namespace Core {\n    export interface Size {\n      size: number;\n    }\n  }\n}\nexport class A {\n  core?: Core;\n}\n",
    'b.ts': "import { A } from './a.ts';\nexport class Core {\n  a = new A();\n}\nexport const first = A;\n",
  }),
  ring('specified', false, 'a program made it, as its head says', {
    'a.js': `// File generated from our OpenAPI spec\n${A_RUNS_B}`,
    'b.js': `// File generated from our OpenAPI spec\n${B_READS_A}`,
  }),
  ring('decorated', false, 'a type kept for its decorator only', {
    'a.ts': "import { B } from './b.ts';\ndeclare const field: () => any;\nexport class A {\n  @field()\n  b?: B;\n}\n",
    'b.ts': "import type { A } from './a.ts';\nexport class B {\n  a?: A;\n}\n",
  }),
];

const WARM = changes(9, { daysAgo: 6, every: 20 });

/** A program gives nothing to others; tests start it. */
const PROGRAMS = new Set(['launcher', 'printing', 'watcher', 'server']);
const code = (name: string): string =>
  PROGRAMS.has(name)
    ? `${nested(3, `${name}Steps`).replace('export ', '')}\n${name}Steps(process.argv);\n`
    : nested(3, `${name}Steps`);

const untested = (name: string, isTrue: boolean, why: string, more: Readonly<Record<string, string>> = {}): Plant => {
  const { files, ...plant } = placed('untested-hot-spot', name, code(name), { past: WARM, users: 2 });
  return { ...plant, isTrue, why, files: { ...files, ...neighboursOf(name), ...more } };
};

/** Two sources beside it that a test does import. */
function neighboursOf(name: string): Readonly<Record<string, string>> {
  const here = `src/untested-hot-spot/${name}`;
  return {
    [`${here}-plain.js`]: 'export const plain = (a) => a + 1;\n',
    [`${here}-other.js`]: 'export const other = (a) => a - 1;\n',
    [`test/untested/${name}-neighbours.test.js`]: `import '../../${here}-plain.js';\nimport '../../${here}-other.js';\n`,
  };
}

const UNTESTED: readonly Plant[] = [
  untested('billing', true, 'nothing in the tests leads to it'),
  untested('sending', true, 'another one'),
  untested('routing', true, 'tests speak of other routes', {
    'test/untested/other.test.js': "import { nine } from '../../src/base/part-9.js';\nit('routes', () => nine());\n",
  }),
  untested('pricing', true, 'named in a comment of the code only', {
    'src/untested-hot-spot/notes.js': '// pricing\nexport const n = 1;\n',
  }),
  untested('storing', true, 'the tests of its user do not load it'),
  untested('merging', true, 'no test at all'),
  untested('launcher', false, 'a test starts it as a program', {
    'test/untested/launcher.test.js':
      "import { spawn } from 'node:child_process';\nit('starts', () => spawn('node', ['src/untested-hot-spot/launcher.js']));\n",
  }),
  untested('printing', false, 'a test starts it by its path', {
    'test/untested/printing.test.js':
      "import { run } from './run.js';\nit('prints', () => run('../../src/untested-hot-spot/printing.js'));\n",
    'test/untested/run.js': 'export const run = (path) => path;\n',
  }),
  untested('watcher', false, 'a test loads it by a name', {
    'test/untested/watcher.test.js':
      "const load = (name) => import(`../../src/untested-hot-spot/${name}.js`);\nit('watches', () => load('watcher'));\n",
  }),
  untested('indexer', false, 'a test imports it', {
    'test/untested/indexer.test.js': "import '../../src/untested-hot-spot/indexer.js';\n",
  }),
  untested('exporter', false, 'a test imports its user', {
    'test/untested/exporter.test.js': "import '../../src/untested-hot-spot/exporter-user-0.js';\n",
  }),
  untested('server', false, 'a test starts it in a worker', {
    'test/untested/server.test.js':
      "const url = new URL('../../src/untested-hot-spot/server.js', 'file:///x/');\nit('serves', () => new Worker(url));\n",
  }),
];

/** Code that is hard to work with, and code that only looks so. */
export const QUALITY_PLANTS: readonly Plant[] = [...COMPLEX, ...CATCHES, ...CYCLES, ...UNTESTED];
