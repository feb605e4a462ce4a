import { describe, expect, it } from 'vitest';
import { isBundle, isOfLocalType, longestUnit, Variants } from './copy-purpose.ts';

it.each([
  '(function(){function r(e,n,t){function o(i,f){if(!n[i]){}}}return r})()({1:[function(require,module,exports){',
  '/******/ (() => { // webpackBootstrap\n/******/ \tvar __webpack_modules__ = ({',
  'var __defProp = Object.defineProperty;\n',
  "(function (global, factory) {\n  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) : 0;",
])('a bundle is told by how it begins: %s', (text) => {
  expect(isBundle(text)).toBe(true);
});

it('a file that speaks of bundles is none', () => {
  expect(isBundle("import webpack from 'webpack';\nexport const run = () => webpack({});\n")).toBe(false);
});

it('the longest unit closes what it opens', () => {
  expect(longestUnit(['if (a) {', 'b();', '}', 'c();'])).toBe(4);
  expect(longestUnit(['a();', '}', 'function b() {', 'c();', 'if (d) {'])).toBe(1);
  expect(longestUnit(['if (a) {', "b('{');", '} else {', 'c();', '}'])).toBe(5);
  expect(longestUnit(['} else {', 'c();', '}', 'd();'])).toBe(1);
});

it('variants stand in folders of their own, three at least', () => {
  const dialects = new Variants(['a/mysql/q.ts', 'a/oracle/q.ts', 'a/sqlite/q.ts', 'b/one/r.ts', 'b/two/r.ts']);
  expect(dialects.has('a/mysql/q.ts', 'a/oracle/q.ts')).toBe(true);
  expect(dialects.has('b/one/r.ts', 'b/two/r.ts')).toBe(false);
});

describe('what a trait asks of a type', () => {
  const impl = ['struct A;', 'impl Visitor for A {', '    fn visit(self) {', '        go();', '    }', '}'];

  it('is of no use elsewhere where the type lives in a function', () => {
    const inside = ['fn read()', 'where', '    A: B,', '{', ...impl.map((line) => `    ${line}`), '}'];
    expect(isOfLocalType(inside, 7)).toBe(true);
    expect(isOfLocalType(impl, 3)).toBe(false);
    expect(isOfLocalType(['mod a {', ...impl.map((line) => `    ${line}`), '}'], 4)).toBe(false);
  });
});
