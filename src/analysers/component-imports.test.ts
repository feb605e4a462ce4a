import { expect, it } from 'vitest';
import { realpathSync } from 'node:fs';
import { TestRepository } from '../../test/check/support/repository.ts';
import { componentImports } from './component-imports.ts';
import { TextReader } from './read-text.ts';

function importsOf(path: string, text: string): readonly string[] {
  using repository = new TestRepository({ [path]: text });
  const file = {
    path,
    context: 'production',
    language: '',
    isText: true,
    bytes: 1,
    lines: 1,
    codeLines: 1,
    branches: 0,
  };
  const [found] = componentImports([{ ...file, context: 'production' }], new TextReader(realpathSync(repository.path)));
  return (found?.imports ?? []).map(({ kind, specifier, line }) => `${line} ${kind} ${specifier}`);
}

it('components are in use by what their scripts load', () => {
  const script = [
    "import { ref } from 'vue';",
    'import {',
    '  one,',
    "} from '@/one';",
    "import type { Two } from '~/two';",
    "import './three.css';",
    "const Four = () => import('./Four.vue');",
    "export { five } from './five';",
  ];
  const text = `<template>\n<p>import a from 'no'</p>\n</template>\n<script setup lang="ts">\n${script.join('\n')}\n</script>\n`;
  expect(importsOf('src/A.vue', text)).toEqual([
    '5 value vue',
    '6 value @/one',
    '9 type ~/two',
    '10 value ./three.css',
    '11 lazy ./Four.vue',
    '12 value ./five',
  ]);
  expect(importsOf('src/A.vue', '<script src="./a.ts"></script>\n')).toEqual(['1 value ./a.ts']);
  expect(importsOf('src/A.astro', "---\nimport B from './B.astro';\n---\n<B />\n")).toEqual(['2 value ./B.astro']);
});
