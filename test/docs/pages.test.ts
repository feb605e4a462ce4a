import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../src/workflows/compile.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).toSorted();

function blocksOf(page: string, language: string): readonly string[] {
  const blocks = read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...blocks].map(([, block = '']) => block);
}

const workflows = pages.flatMap((page) =>
  blocksOf(page, 'ya?ml')
    .filter((block) => /^name:/m.test(block) && /^tasks:/m.test(block))
    .map((text) => ({ page, text })),
);

describe('the README', () => {
  it('shows exactly two commands that set up a checkout', () => {
    const commands = blocksOf('README.md', 'sh').flatMap((block) => block.trim().split('\n'));
    expect(commands.filter((line) => line.startsWith('npm'))).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });
});

describe('workflows on the pages', () => {
  it('are there', () => {
    expect(workflows.map(({ page }) => page)).toContain('README.md');
  });

  it.each(workflows)('on $page fit the schema and the rules', ({ text }) => {
    const inputs = { version: '1.2.0' };
    const functions = [...text.matchAll(/function: ([\w.-]+)/g)].map(([, name = '']) => name);
    const result = compile(parse(text), { source: 'page.yaml', inputs, localAgents: 2, functions });
    const mistakes = result.ok ? [] : result.diagnostics.filter(({ severity }) => severity === 'error');
    // Values of inputs belong to who starts the workflow, not to the page.
    const others = mistakes.filter(({ code }) => !code.startsWith('WORKFLOW_INPUT'));
    expect(others.map(({ message }) => message)).toEqual([]);
  });
});

describe('comments that name a section of docs/semantics.md', () => {
  const headings = new Set([...read('docs/semantics.md').matchAll(/^## (\w+)/gm)].map(([, title = '']) => title));
  const sources = globSync('src/**/*.ts', { cwd: ROOT });
  const named = sources.flatMap((path) =>
    [...read(path).matchAll(/docs\/semantics\.md,\s+(?:\* )?([A-Z]\w+)/g)].map(([, title = '']) => ({ path, title })),
  );

  it('name one that exists', () => {
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ title }) => !headings.has(title))).toEqual([]);
  });
});
