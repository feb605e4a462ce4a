import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorsOf, deadLinks, figuresWithoutSource, missingPaths, unknownCommands } from './check-docs-rules.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'waggle-docs-'));
  for (const folder of ['docs', 'bench', 'src/cli/commands']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "scripts": { "start": "", "check": "" } }');
  writeFileSync(join(root, 'docs/there.md'), '# A title: with `code`\n\n## Again\n\n## Again\n');
  writeFileSync(join(root, 'bench/durable.ts'), '');
  writeFileSync(join(root, 'src/cli/commands/run.ts'), '');
});
afterAll(() => rmSync(root, { recursive: true }));

const page = (...lines: readonly string[]): { path: string; text: string } => ({
  path: 'docs/here.md',
  text: lines.join('\n'),
});

describe('links', () => {
  it('lead to files and headings that exist', () => {
    const good =
      '[a](there.md) [b](there.md#again-1) [c](../package.json) [d](https://example.org/x) ![e](there.md "t")';
    expect(deadLinks(root, page(good))).toEqual([]);
  });

  it('are named with their line when the file or the heading is missing', () => {
    expect(deadLinks(root, page('', '[a](gone.md) [b](there.md#nowhere)'))).toEqual([
      'docs/here.md:2: the link "gone.md" leads nowhere',
      'docs/here.md:2: "docs/there.md" has no heading for "#nowhere"',
    ]);
  });

  it('do not leave the repository', () => {
    expect(deadLinks(root, page('[a](../../else.md)'))).toHaveLength(1);
  });

  it('are not looked for in code', () => {
    expect(deadLinks(root, page('`[a](gone.md)`', '```', '[a](gone.md)', '```'))).toEqual([]);
  });

  it('find headings by the anchors that readers see', () => {
    expect([...anchorsOf('# A title: with `code`\n## Again\n## Again')]).toEqual([
      'a-title-with-code',
      'again',
      'again-1',
    ]);
  });
});

describe('commands', () => {
  it('exist as npm scripts and as commands of the program', () => {
    expect(unknownCommands(root, page('`npm ci && npm start` and `npm run check`, `waggle run x.yaml`'))).toEqual([]);
  });

  it('are named with their line when they do not', () => {
    expect(unknownCommands(root, page('```', 'npm run gone', '```', '`npx waggle-swarm fly`'))).toEqual([
      'docs/here.md:2: there is no npm script "gone"',
      'docs/here.md:4: there is no command "waggle fly"',
    ]);
  });

  it('are not looked for in prose', () => {
    expect(unknownCommands(root, page('how waggle works'))).toEqual([]);
  });
});

describe('figures', () => {
  it('need a program that measures them', () => {
    expect(figuresWithoutSource(root, page('It does 20,000 tasks/s.'))).toHaveLength(1);
    expect(figuresWithoutSource(root, page('It does 20,000 tasks/s: `npm run bench -- durable`'))).toEqual([]);
  });

  it('need a program that exists', () => {
    expect(figuresWithoutSource(root, page('`npm run bench -- gone`'))).toEqual([
      'docs/here.md: there is no bench/gone.ts',
    ]);
  });

  it('may point to the page that has the program', () => {
    expect(figuresWithoutSource(root, page('p99 is 3 ms, see performance.md'))).toEqual([]);
  });
});

describe('paths on the pages about the architecture', () => {
  const architecture = (text: string): { path: string; text: string } => ({ path: 'ARCHITECTURE.md', text });

  it('exist from the root or below src', () => {
    expect(missingPaths(root, architecture('`cli/commands/run.ts` and `bench/` and `a-word`'))).toEqual([]);
  });

  it('are named when they do not', () => {
    expect(missingPaths(root, architecture('`core/gone.ts`'))).toEqual(['ARCHITECTURE.md:1: there is no core/gone.ts']);
  });
});
