import { expect, it } from 'vitest';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { needData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { graph } from './graph.ts';
import { inventory } from './inventory.ts';
import { manifests } from './manifests.ts';
import { parse } from './parse.ts';

async function found(files: Files): Promise<readonly Detected[]> {
  using repository = new TestRepository(files);
  const data = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-graph-')));
  const call = {
    input: { root: realpathSync(repository.path), data, shards: 1, shard: 0 },
    signal: new AbortController().signal,
  };
  try {
    await inventory(call);
    await manifests(call);
    parse(call);
    await graph(call);
    return needData(data, 'graph').findings;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

it('a cycle is told where an import matters while the files load', async () => {
  const [cycle] = await found({
    'src/a.js': "import { b } from './b.js';\nimport { d } from './d.js';\nexport const a = () => b() + d();\n",
    'src/b.js': "import { a } from './a.js';\nexport const b = () => a();\n",
    'src/c.js': "import { a } from './a.js';\n\nexport const c = a();\n",
    'src/d.js': "import { c } from './c.js';\nexport const d = () => c;\n",
  });
  expect(cycle).toMatchObject({ kind: 'import-cycle', file: 'src/c.js', line: 1 });
  expect(cycle?.evidence.map(({ text, ref }) => `${ref ?? ''} ${text}`)).toEqual([
    'src/c.js:1 Shortest way around: src/c.js → src/a.js → src/d.js → src/c.js.',
    ' Also in the cycle: src/b.js.',
    'src/c.js:1 src/c.js uses what it imports from src/a.js while it loads: where that one comes first, it gets nothing.',
    ' Imports of types alone are not counted.',
  ]);
});

it('a cycle through the root of a package is mended by importing from the file', async () => {
  const [cycle] = await found({
    'src/index.js': "export * from './a.js';\nexport * from './b.js';\n",
    'src/a.js': "import { b } from './index.js';\nexport const a = b();\n",
    'src/b.js': 'export const b = () => 1;\n',
  });
  expect(cycle?.fix).toBe('Let src/a.js import from the files that hold what it needs, not from src/index.js.');
});
