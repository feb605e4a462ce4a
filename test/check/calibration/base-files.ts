import { changes, type Past } from '../plants/snippets.ts';

const PARTS = 30;

/** Deep on purpose: every repository has a hottest file, and plants are compared with it. */
const ENGINE = `import { part1 } from './part-1.js';\n\nexport function engine(list) {\n${Array.from(
  { length: 10 },
  (_, index) =>
    `  for (const one of list) {\n    if (one.size > ${index}) {\n      for (const other of one.parts) {\n        if (other.left || other.right) part1(other);\n      }\n    }\n  }\n`,
).join('')}}\n`;

/**
 * What every planted repository has around the plants: a package with a way in, parts that import each other, tests
 * that lead to them, a workflow, pages, and lists of what the tools leave out. Without a finding of its own but the
 * hot spot. `hasManifest`: the plants bring the manifest of the root.
 */
export function baseFiles(hasManifest: boolean): Readonly<Record<string, string>> {
  const names = Array.from({ length: PARTS }, (_, index) => index);
  const parts = names.map((index): readonly [string, string] => [`src/base/part-${index}.js`, partOf(index)]);
  return {
    ...Object.fromEntries(parts),
    'src/index.js':
      names
        .slice(1)
        .map((index) => `export { part${index} } from './base/part-${index}.js';\n`)
        .join('') + "export { engine } from './base/engine.js';\n",
    'src/base/engine.js': ENGINE,
    'test/base.test.js': "import * as all from '../src/index.js';\nit('has parts', () => Object.keys(all));\n",
    ...(hasManifest ? {} : { 'package.json': MANIFEST }),
    '.eslintignore': 'src/copied\n',
    '.gitignore': 'node_modules\ndist\ncoverage\nsrc/**/generated\nsecret-names.js\ndocs/*/made\n',
    '.github/workflows/base.yml':
      'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test\n',
    'README.md': '# Planted\n\nRun `npm test`.\n',
  };
}

const MANIFEST = `${JSON.stringify({ name: 'planted', version: '1.0.0', main: 'src/index.js', scripts: { test: 'node --test' }, license: 'MIT' }, null, 2)}\n`;

/** Each imports three others further up, so that there is no ring. */
function partOf(index: number): string {
  const above = [index + 1, index + 2, index + 5].filter((other) => other < PARTS);
  const imports = above.map((other) => `import { part${other} } from './part-${other}.js';\n`).join('');
  const calls = above.map((other) => `part${other}(a)`).join(' + ');
  return `${imports}export const part${index} = (a) => ${calls === '' ? 'a' : calls};\nexport const nine = () => ${index};\n`;
}

export const BASE_PAST: readonly (readonly [file: string, past: Past])[] = [
  ['src/base/engine.js', changes(40, { daysAgo: 2, every: 9 })],
  ['src/base/part-1.js', changes(3, { daysAgo: 30, every: 40 })],
  ['src/base/part-2.js', changes(2, { daysAgo: 50, every: 60 })],
];
