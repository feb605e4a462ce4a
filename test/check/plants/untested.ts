import type { Plant } from './plant.ts';

type Package = Readonly<{
  name: string;
  why: string;
  isTrue: boolean;
  /** Times that the file was changed. */
  changes: number;
  /** The busy file, relative to the package. */
  file?: string;
  /** Decisions in the busy file. */
  decisions?: number;
  tests: Readonly<Record<string, string>>;
  more?: Readonly<Record<string, string>>;
}>;

/** A file in which many things are decided, as grown over years. */
function busyCode(name: string, decisions: number): string {
  const steps = Array.from(
    { length: decisions },
    (_, at) => `  if (state.${name}${at} > ${at}) state.total += state.${name}${at};`,
  );
  return `export function ${name}(state) {\n${steps.join('\n')}\n  return state.total;\n}\n`;
}

/** A package of its own: whether tests reach its sources is judged there. */
function packagePlant({
  name,
  why,
  isTrue,
  changes,
  file = 'src/busy.js',
  decisions = 24,
  tests,
  more = {},
}: Package): Plant {
  const inside = (path: string): string => `harbour/${name}/${path}`;
  const own: Record<string, string> = {
    'package.json': JSON.stringify({ name: `@harbour/${name}`, private: true, type: 'module' }),
    [file]: busyCode(name, decisions),
    'src/plain.js': 'export const plain = (a) => a + 1;\n',
    'src/other.js': 'export const other = (a) => a - 1;\n',
    ...tests,
    ...more,
  };
  return {
    kind: 'untested-hot-spot',
    file: inside(file),
    isTrue,
    why,
    files: Object.fromEntries(Object.entries(own).map(([path, text]) => [inside(path), text])),
    past: Array.from({ length: changes }, (_, at) => ({
      daysAgo: 200 - at * 10,
      author: at % 3 === 0 ? 'Grace' : 'Ada',
      message: `feat(${name}): step ${at + 1}`,
    })),
  };
}

const PLAIN = {
  'test/plain.test.js':
    "import { plain } from '../src/plain.js';\nimport { other } from '../src/other.js';\n\nit('adds', () => expect(plain(other(1))).toBe(1));\n",
};
const lcov = (file: string, covered: number): string =>
  `TN:\nSF:${file}\n${Array.from({ length: 30 }, (_, line) => `DA:${line + 1},${line < covered ? 2 : 0}`).join('\n')}\nend_of_record\n`;

/** Busy and hard files that tests reach, or do not. */
export const UNTESTED_PLANTS: readonly Plant[] = [
  { name: 'cranes', why: 'tests import its neighbours only', isTrue: true, changes: 9, tests: PLAIN },
  {
    name: 'ships',
    why: 'a test mentions it in a comment',
    isTrue: true,
    changes: 10,
    tests: { 'test/plain.test.js': `// busy.js has no test yet\n${PLAIN['test/plain.test.js']}` },
  },
  {
    name: 'docks',
    why: 'imported by sources that no test reaches',
    isTrue: true,
    changes: 9,
    tests: PLAIN,
    more: { 'src/start.js': "import { docks } from './busy.js';\ndocks({ total: 0 });\n" },
  },
  {
    name: 'tides',
    why: 'the coverage report says that hardly any of it ran',
    isTrue: true,
    changes: 9,
    tests: {
      'test/all.test.js':
        "import { tides } from '../src/busy.js';\n\nit('is there', () => expect(typeof tides).toBe('function'));\n",
    },
    more: { 'coverage/lcov.info': lcov('src/busy.js', 2) },
  },
  {
    name: 'pilots',
    why: 'only its types are used in tests of another package',
    isTrue: true,
    changes: 11,
    tests: PLAIN,
    more: { 'src/index.js': "export { pilots } from './busy.js';\n" },
  },
  {
    name: 'cargo',
    why: 'in a folder below',
    isTrue: true,
    changes: 9,
    file: 'src/loading/cargo.js',
    tests: {
      ...PLAIN,
      'test/loading.test.js': "import '../src/loading/ramp.js';\nimport '../src/loading/hook.js';\n",
    },
    more: { 'src/loading/ramp.js': 'export const ramp = 1;\n', 'src/loading/hook.js': 'export const hook = 1;\n' },
  },
  {
    name: 'gangways',
    why: 'tests pass by all of its folder: they work in another way there',
    isTrue: false,
    changes: 9,
    file: 'src/page/gangways.js',
    tests: PLAIN,
    more: { 'src/page/plank.js': 'export const plank = 1;\n' },
  },
  {
    name: 'lights',
    why: 'a test imports it',
    isTrue: false,
    changes: 10,
    tests: {
      'test/busy.test.js':
        "import { lights } from '../src/busy.js';\n\nit('adds', () => expect(lights({ total: 1 })).toBe(1));\n",
      ...PLAIN,
    },
  },
  {
    name: 'locks',
    why: 'a test imports what imports it',
    isTrue: false,
    changes: 10,
    tests: { 'test/start.test.js': "import '../src/start.js';\n", ...PLAIN },
    more: { 'src/start.js': "import { locks } from './busy.js';\nlocks({ total: 0 });\n" },
  },
  {
    name: 'ferries',
    why: 'tests start the program',
    isTrue: false,
    changes: 10,
    tests: {
      'test/cli.test.js':
        "import { execFileSync } from 'node:child_process';\n\nit('starts', () => expect(String(execFileSync('node', ['src/busy.js']))).toBe(''));\n",
    },
  },
  { name: 'sails', why: 'hardly ever changed', isTrue: false, changes: 2, tests: PLAIN },
  { name: 'ropes', why: 'easy', isTrue: false, changes: 10, decisions: 4, tests: PLAIN },
  {
    name: 'buoys',
    why: 'the coverage report says that it ran',
    isTrue: false,
    changes: 10,
    tests: PLAIN,
    more: { 'coverage/lcov.info': lcov('src/busy.js', 26) },
  },
  { name: 'anchors', why: 'a helper of tests', isTrue: false, changes: 10, file: 'test/support/busy.js', tests: PLAIN },
].map((one: Package) => packagePlant(one));
