import { describe, expect, it } from 'vitest';
import { realpathSync } from 'node:fs';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { BuildOutputs, looksCompiled } from './built-code.ts';
import { TextReader } from './read-text.ts';

const BODY = 'function add(first, second) {\n  return first + second;\n}\n';
const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
const MANGLED = letters.map((one) => `function ${one}a(a, b) {\n  return ${one}b(a) + b;\n}\n`).join('\n');

describe('code that a compiler or bundler wrote', () => {
  it.each([
    ['TypeScript', '"use strict";\nvar __awaiter = (this && this.__awaiter) || function (t) {};\n'],
    ['TypeScript', 'var __importDefault = (this && this.__importDefault) || function (mod) {};\n'],
    ['TypeScript', '"use strict";\n/** A. */\nObject.defineProperty(exports, "__esModule", { value: true });\n'],
    ['Babel', "'use strict';\n\nObject.defineProperty(exports, '__esModule', {\n  value: true\n});\n"],
    ['Babel', 'var a = _interopRequireDefault(require("a"));\nfunction _interopRequireDefault(obj) {}\n'],
    ['webpack', '/******/ \tfunction __webpack_require__(moduleId) {\n'],
    ['webpack', '"./a.js":\n(function(module, exports, __webpack_require__) {\n'],
    ['webpack', '  42: (__unused_webpack_module, exports, __webpack_require__) => {\n'],
    ['esbuild', 'var __commonJS = (cb, mod) => function () {};\n'],
    ['CoffeeScript', '(function() {\n  var extend = 1,\n    hasProp = {}.hasOwnProperty;\n'],
    ['a minifier, laid out anew', MANGLED],
  ])('shows it: %s', (_, text) => {
    expect(looksCompiled('src/a.js', text + BODY)).toBe(true);
    expect(looksCompiled('src/a.ts', text + BODY)).toBe(false);
  });

  it.each([
    ['speaks of it', '// TypeScript writes: var __awaiter = (this && this.__awaiter) ||\n'],
    ['asks the bundler', "__webpack_public_path__ = '/a';\nconst load = __webpack_require__.e;\n"],
    ['writes such code', "const head = '  function __webpack_require__(moduleId) {';\n"],
    ['marks a module by hand', "exports.add = add;\nObject.defineProperty(exports, '__esModule', { value: true });\n"],
    ['is mathematics', MANGLED.replaceAll(/function \w+/g, 'function rotated')],
  ])('is none that %s', (_, text) => {
    expect(looksCompiled('src/a.js', BODY + text)).toBe(false);
  });
});

function built(files: Files): readonly string[] {
  using repository = new TestRepository(files);
  const outputs = new BuildOutputs(Object.keys(files), new TextReader(realpathSync(repository.path)));
  return Object.keys(files).filter((path) => outputs.has(path));
}

describe('modules that a build of the project left', () => {
  it('stand beside the source of their name, or in the folder that its folder is built to', () => {
    const files = [
      'a.ts',
      'a.js',
      'b.d.ts',
      'b.js',
      'c.coffee',
      'c.js',
      'src/d.tsx',
      'lib/d.js',
      'lib/e.js',
      'a.mjs',
      'f.cts',
      'f.cjs',
    ];
    expect(built(Object.fromEntries(files.map((path) => [path, '\n'])))).toEqual(['a.js', 'c.js', 'lib/d.js', 'f.cjs']);
    expect(built({ 'lib/x/f.js': '\n', 'src/x/f.js': '\n', 'a/lib/g.js': '\n', 'a/src/g.js': '\n' })).toEqual([
      'lib/x/f.js',
    ]);
  });

  it('stand where a script or a configuration of the compiler puts them', () => {
    const scripts = {
      build: 'rm -rf out && babel --minified main -d ./made',
      pack: 'esbuild a.js --outfile=pub/all.js',
    };
    expect(
      built({
        'package.json': JSON.stringify({ scripts }),
        'p/tsconfig.json': '{ "compilerOptions": { "outDir": "es5", /* old */ "target": "es5" } }',
        'made/a.js': '\n',
        'pub/all.js': '\n',
        'pub/one.js': '\n',
        'p/es5/b.js': '\n',
        'p/c.js': '\n',
      }),
    ).toEqual(['made/a.js', 'pub/all.js', 'p/es5/b.js']);
  });

  it('are none where the folder holds sources too, or takes declarations alone', () => {
    expect(
      built({
        'package.json': JSON.stringify({
          scripts: { build: 'tsc --outDir lib', types: 'tsc --declaration --outDir api' },
        }),
        'tsconfig.json': '{ "compilerOptions": { "outDir": "types", "emitDeclarationOnly": true } }',
        'lib/a.ts': '\n',
        'lib/b.js': '\n',
        'api/c.js': '\n',
        'types/d.js': '\n',
      }),
    ).toEqual([]);
  });
});
