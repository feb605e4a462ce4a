import { describe, expect, it } from 'vitest';
import { contextOf, looksBuilt, looksCopied } from './classify.ts';

const known = new Set(['a.js', 'b.js', 'b.js.map']);
const UMD = `/*!\n * Server v4\n */\n(function (global, factory) {\n  typeof exports === 'object' && typeof module !== 'undefined' ? module.exports = factory() :\n  (global.io = factory());\n})(this, function () {});\n`;

describe('what a file is for', () => {
  it('is told by its folder', () => {
    expect(contextOf('packages/server/client-dist/server.js')).toBe('generated');
    expect(contextOf('integration/helpers/create-fixture.ts')).toBe('test');
    expect(['bench/a.js', 'metrics/src/main/A.java', 'extras/src/main/A.java', 'contrib/a.py'].map(contextOf)).toEqual(
      Array(4).fill('example'),
    );
    expect(['sandbox/a.ts', 'apps/sandboxes/a.ts', 'packages/js-sandbox/a.ts'].map(contextOf)).toEqual([
      'example',
      'example',
      'production',
    ]);
    expect(['src/metrics/a.ts', 'lib/contrib/a.ts', 'metrics/a.py', 'src/integration/a.ts'].map(contextOf)).toEqual(
      Array(4).fill('production'),
    );
  });
});

describe('a module that a build left', () => {
  it('has its map beside it, or names one at its end', () => {
    expect(looksBuilt('b.js', 'f();\n', known)).toBe(true);
    expect(looksBuilt('a.js', 'f();\n//# sourceMappingURL=a.js.map\n', known)).toBe(true);
    expect(looksBuilt('a.js', 'f();\n', known)).toBe(false);
    expect(looksBuilt('a.js', "f('//# sourceMappingURL=a.js.map');\n", known)).toBe(false);
  });

  it('begins as bundlers begin', () => {
    expect(looksBuilt('a.js', UMD, known)).toBe(true);
    expect(looksBuilt('a.js', UMD.replace('global, factory', 'root, make'), known)).toBe(false);
    expect(looksBuilt('a.ts', UMD, known)).toBe(false);
  });
});

describe('a file that says it comes from elsewhere', () => {
  it('says so in the comment that it begins with', () => {
    expect(looksCopied('// imported from https://github.com/galkn/parseqs\n\nf();\n')).toBe(true);
    expect(looksCopied('/**\n * Adapted from the engine of others.\n */\nf();\n')).toBe(true);
    expect(looksCopied('"""Vendored copy of okjson."""\n')).toBe(true);
    expect(looksCopied('#!/usr/bin/env node\n// Copied almost verbatim from https://example.org/a\n')).toBe(true);
    expect(
      looksCopied('/* eslint-disable */\n\n/**\n * Slightly modified bindings of https://example.org/a.js\n */\n'),
    ).toBe(true);
    expect(looksCopied('f();\n// imported from https://github.com/galkn/parseqs\n')).toBe(false);
    expect(looksCopied("import a from 'https://example.org/a';\n")).toBe(false);
    expect(looksCopied('// Settings are imported from the environment.\n')).toBe(false);
  });
});
