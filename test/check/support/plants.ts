import { crc32 } from 'node:zlib';
import type { Files } from './repository.ts';

const MANIFEST = JSON.stringify({
  name: 'plants',
  version: '1.0.0',
  dependencies: { used: '1' },
  scripts: { test: 'x' },
});
/** A token as a service would issue it, by the published algorithm: nobody issued this one. */
export function tokenWithChecksum(prefix: string, body: string): string {
  const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const digits: string[] = [];
  for (let rest = BigInt(crc32(body)); digits.length < 6; rest /= 62n) digits.unshift(signs[Number(rest % 62n)] ?? '0');
  return `${prefix}_${body}${digits.join('')}`;
}

const RANDOM = 'q7Zt2LmX9vKc4RbN8sWd';

export type TruePlant = Readonly<{ kind: string; file: string; files: Files }>;
export type FalsePlant = Readonly<{ why: string; files: Files }>;

const one = (kind: string, file: string, content: string, more: Files = {}): TruePlant => ({
  kind,
  file,
  files: { [file]: content, ...more },
});

/** Branches in branches in branches: four decisions a line. */
const branches = (count: number): string =>
  `export function huge(a) {\n${Array.from({ length: Math.ceil(count / 4) }, (_, index) => `  if (a > ${index}) { while (a < ${index * 2}) { for (const b of a) { if (b) a += ${index}; } } }`).join('\n')}\n  return a;\n}\n`;

export const TRUE_PLANTS: readonly TruePlant[] = [
  one('assigns-in-condition', 'src/assigns.js', 'export function f(a, b) { if (a = b) return 1; return 2; }\n'),
  one('constant-condition', 'src/constant.js', 'export function f() { if (false) return 1; return 2; }\n'),
  one(
    'repeated-condition',
    'src/repeated.js',
    'export const f = (a) => { if (a > 1) return 1; else if (a > 2) return 2; else if (a > 1) return 3; };\n',
  ),
  one('same-branches', 'src/branches.ts', 'export const f = (a: number): number => (a > 1 ? a : a);\n'),
  one('negates-left-side', 'src/negates.js', 'export const f = (a, b) => !a in b;\n'),
  one('compares-with-nan', 'src/nan.js', 'export const f = (a) => a === NaN;\n'),
  one('unknown-typeof', 'src/typeof.js', "export const f = (a) => typeof a === 'strnig';\n"),
  one('compares-with-itself', 'src/itself.js', 'export const f = (a) => a.size > a.size;\n'),
  one('same-operands', 'src/operands.js', 'export const f = (a) => a.start || a.start;\n'),
  one('duplicate-key', 'src/key.js', 'export const o = { one: 1, two: 2, one: 3 };\n'),
  one(
    'duplicate-case',
    'src/case.js',
    'export function f(a) { switch (a) { case 1: return 1; case 2: return 2; case 1: return 3; } }\n',
  ),
  one('unreachable-code', 'src/unreachable.js', 'export function f(a) { return a; a.stop(); }\n'),
  one('empty-catch', 'src/catch.js', 'export function f(a) { try { a.save(); } catch {} }\n'),
  one(
    'async-executor',
    'src/executor.js',
    'export const f = (a) => new Promise(async (resolve) => resolve(await a()));\n',
  ),
  one('async-foreach', 'src/foreach.js', 'export const f = (a) => a.forEach(async (b) => { await b(); });\n'),
  one('focused-test', 'test/numbers.test.js', "it.only('adds', () => {});\nit('takes away', () => {});\n"),
  one('complex-function', 'src/huge.js', branches(30)),
  one('import-cycle', 'src/ring-a.ts', "import { b } from './ring-b.ts';\nexport const a: number = b();\n", {
    'src/ring-b.ts': "import { a } from './ring-a.ts';\nexport const b = (): number => a;\n",
  }),
  one(
    'undeclared-dependency',
    'src/undeclared.js',
    "import used from 'used';\nimport other from 'other';\nexport const f = () => used(other);\n",
    { 'package.json': MANIFEST },
  ),
  one('unused-dependency', 'unused/package.json', JSON.stringify({ name: 'unused', dependencies: { nobody: '1' } }), {
    'unused/a.js': 'export const a = 1;\n',
  }),
  one('manifest-points-nowhere', 'points/package.json', JSON.stringify({ name: 'points', main: './start.js' }), {
    'points/other.js': 'export const a = 1;\n',
  }),
  one(
    'script-points-nowhere',
    'script/package.json',
    JSON.stringify({ name: 'script', scripts: { start: 'node tools/gone.js' } }),
  ),
  one(
    'workspace-empty',
    'spaces/package.json',
    JSON.stringify({ name: 'spaces', private: true, workspaces: ['parts/*'] }),
  ),
  one('package-name-twice', 'twice-b/package.json', JSON.stringify({ name: 'twice', version: '1.0.0' }), {
    'twice-a/package.json': JSON.stringify({ name: 'twice', version: '1.0.0' }),
  }),
  one('secret', 'src/secret.js', `export const apiKey = '${RANDOM}';\n`),
  one(
    'secret',
    'deploy/key.pem',
    `-----BEGIN RSA PRIVATE KEY-----\n${Array.from({ length: 12 }, (_, index) => `${'MIIEowIBAAKCAQEAz3Vb'.slice(index % 5)}${RANDOM}${RANDOM}x${index}9`).join('\n')}\n-----END RSA PRIVATE KEY-----\n`,
  ),
  one('secret', '.env', `API_TOKEN=${RANDOM}\n`),
  one('dead-link', 'README.md', '# Plants\n\nSee [the guide](docs/guide.md).\n'),
  one('merge-marker', 'src/conflict.py', 'a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> other\n'),
  one('broken-json', 'config/broken.json', '{ "a": 1,, }\n'),
  one('large-file', 'assets/large.txt', 'x'.repeat(1_100_000)),
];

export const FALSE_PLANTS: readonly FalsePlant[] = [
  {
    why: 'an assignment in brackets, and in a loop',
    files: { 'a.js': 'export function f(a, b) { if ((a = b)) return 1; while (a = b()) a(); return a; }\n' },
  },
  {
    why: 'the endless loop and the loop that is asked at its end',
    files: { 'a.js': 'export function f(a) { while (true) { if (a()) break; } do a(); while (0); }\n' },
  },
  {
    why: 'conditions that call, which may answer differently',
    files: { 'a.js': 'export const f = (a) => { if (a()) return 1; else if (a()) return 2; return a() || a(); };\n' },
  },
  { why: 'a name compared with itself, the old test for NaN', files: { 'a.js': 'export const f = (a) => a !== a;\n' } },
  {
    why: 'a getter beside its setter',
    files: { 'a.js': 'export const o = { get a() { return 1; }, set a(b) {} };\n' },
  },
  {
    why: 'functions below a return',
    files: { 'a.js': 'export function f() { return g(); function g() { return 1; } var x; }\n' },
  },
  {
    why: 'an empty catch that says why',
    files: { 'a.js': 'export function f(a) { try { a(); } catch { /* not there: nothing to remove */ } }\n' },
  },
  {
    why: 'a function of the test file called fit',
    files: { 'test/a.test.js': "const fit = (a) => a;\nfit('one');\n" },
  },
  { why: 'a test about focused tests', files: { 'test/a.test.js': "it.only('runs only this', () => {});\n" } },
  {
    why: "faults in tests, fixtures, examples, docs and other people's code",
    files: Object.fromEntries(
      ['test/a.test.js', 'fixtures/a.js', 'examples/a.js', 'docs/a.js', 'vendor/a.js', 'dist/a.js', 'a.min.js'].map(
        (file) => [file, 'export const f = (a) => a === NaN;\n'],
      ),
    ),
  },
  {
    why: 'a ring of types alone, written or not',
    files: {
      'a.ts': "import type { B } from './b.ts';\nexport type A = { b: B };\nexport const a = 1;\n",
      'b.ts': "import { type A } from './a.ts';\nexport type B = { a: A };\nexport const b = 1;\n",
      'c.ts': "import { D } from './d.ts';\nexport class C { d?: D; }\n",
      'd.ts': "import { C } from './c.ts';\nexport class D { make(): C { return new C(); } }\n",
    },
  },
  {
    why: 'an async executor that catches everything, and what another linter was told to leave',
    files: {
      'a.js':
        'export const f = (a) => new Promise(async (yes, no) => { try { yes(await a()); } catch (error) { no(error); } });\n' +
        '// eslint-disable-next-line no-self-compare\nexport const g = (a) => a.b === a.b;\n',
    },
  },
  {
    why: 'a ring of test helpers',
    files: {
      'test/a.js': "import { b } from './b.js';\nexport const a = () => b();\n",
      'test/b.js': "import { a } from './a.js';\nexport const b = () => a();\n",
    },
  },
  {
    why: 'a ring that is closed when it runs, not when it loads',
    files: {
      'a.ts': "import { b } from './b.ts';\nexport const a = (): number => b();\n",
      'b.ts': "export const b = async (): Promise<unknown> => import('./a.ts');\n",
    },
  },
  {
    why: 'imports by an alias, of Node, of the package itself and of one declared above',
    files: {
      'package.json': JSON.stringify({ name: 'self', private: true, devDependencies: { above: '1' } }),
      'tsconfig.json': '{ // paths\n "compilerOptions": { "paths": { "parts/*": ["./src/*"], }, } }',
      'src/a.ts':
        "import fs from 'fs';\nimport { b } from 'parts/b';\nimport above from 'above';\nimport self from 'self';\nexport const a = [fs, b, above, self];\n",
      'src/b.ts': 'export const b = 1;\n',
    },
  },
  {
    why: 'files that a build makes',
    files: {
      'package.json': JSON.stringify({
        name: 'built',
        main: './dist/index.js',
        bin: './lib/cli.js',
        exports: { './a': './a.js' },
      }),
      'src/a.ts': "import { m } from './generated/messages.js';\nexport const a = m;\n",
      'src/index.ts': "export * from './a.ts';\n",
    },
  },
  {
    why: 'a dependency that only a setting names',
    files: {
      'package.json': JSON.stringify({ name: 'set', dependencies: { 'postcss-nested': '1' } }),
      '.postcssrc.json': '{ "plugins": { "postcss-nested": {} } }',
      'a.js': 'export const a = 1;\n',
    },
  },
  {
    why: 'sample keys',
    files: {
      'a.js':
        "export const apiKey = 'your-api-key-here-1234';\nexport const password = process.env.PASSWORD;\nexport const secretName = 'projects/my-app/secrets/token-v2';\n",
      'test/a.test.js': `const password = '${RANDOM}';\n`,
      'README.md': `Set \`apiKey = "${RANDOM}"\`.\n`,
      '.env.example': `API_TOKEN=${RANDOM}\n`,
      'b.js':
        "export const firebase = { authDomain: 'x.firebaseapp.com', apiKey: 'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY' };\n",
    },
  },
  {
    why: 'links that a forge, a site or a template resolves',
    files: {
      'README.md':
        '[issues](../../issues) [site](/guide) [anchor](#a) [there](docs/there.md) [folder](docs) [page](docs/there.html) [t]({{ url }})\n\n```md\n[sample](gone.md)\n```\n`[code](gone.md)` <!-- [old](gone.md) -->\n',
      'docs/there.md': '# There\n',
    },
  },
  {
    why: 'text about merge conflicts, and JSON with comments',
    files: {
      'docs/git.md': '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> b\n',
      'a.py': 'x = """\n=======\n"""\n',
      'settings.json': '{ // comment\n "a": 1, }\n',
    },
  },
];
