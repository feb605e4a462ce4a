import { execFileSync } from 'node:child_process';
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

/** The first cell of each row. */
function tableRows(page: string, head: string): readonly string[] {
  const rows = page.slice(page.indexOf(head)).split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return rows.map((row) => row.split(' | ')[0] ?? '');
}

/** `runs list`, `runs show` of "`waggle runs list`, `show`". */
function commandsIn(cell: string): readonly string[] {
  const [first = '', ...more] = [...cell.matchAll(/`(?:waggle )?([^`]+)`/g)].map(([, words = '']) => words);
  const words = first.split(' ').filter((word) => /^[a-z]/.test(word));
  return [words.join(' '), ...more.map((name) => [...words.slice(0, -1), name].join(' '))];
}

/** As `--help` lists them; of a group, its commands. */
function commandsBelow(group: readonly string[]): readonly string[] {
  const help = execFileSync(process.execPath, [join(ROOT, 'bin/waggle.js'), ...group, '--help'], { encoding: 'utf8' });
  const places = [...help.matchAll(/^(Jobs|Look and steer|Set up|Commands):\n((?: {2}.*\n)+)/gm)];
  const names = places.flatMap(([, , list = '']) => [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name));
  if (names.length === 0) return [group.join(' ')];
  return group.length > 0
    ? names.map((name) => [...group, name].join(' '))
    : names.flatMap((name) => commandsBelow([name]));
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

describe('the page about the command line', () => {
  const page = read('docs/guides/cli.md');

  it('names every command, and none that is not there', () => {
    const told = new Set([...tableRows(page, '| command | does |')].flatMap(commandsIn));
    const there = commandsBelow([]);
    expect([...told].toSorted()).toEqual(there.toSorted());
  });

  it('names every type of line that a command prints with --json', () => {
    const sources = globSync('src/cli/**/*.ts', { cwd: ROOT }).map(read).join('\n');
    const types = [...sources.matchAll(/json\(\{\s*type: '([a-z.-]+)'/g)].map(([, type = '']) => type);
    expect(types.length).toBeGreaterThan(30);
    expect([...new Set(types)].filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
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
