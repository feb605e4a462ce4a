import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needData } from './data-files.ts';
import type { FindingsData } from './data.ts';
import { duplication } from './duplication.ts';
import { inventory } from './inventory.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-duplication-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function look(files: Readonly<Record<string, string>>): Promise<FindingsData> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'root', name)), { recursive: true });
    writeFileSync(join(folder, 'root', name), content);
  }
  const call = {
    input: { root: join(folder, 'root'), data: join(folder, 'data') },
    signal: new AbortController().signal,
  };
  await inventory(call);
  duplication(call);
  return needData(join(folder, 'data'), 'duplication');
}

const body = (name: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `  total += ${name}(${index}, rows[${index}]);\n`).join('');

describe('duplication', () => {
  it('shows both places with their lines and share, and counts no comment', async () => {
    const { findings, looked } = await look({
      'src/a.ts': `export function a(rows) {\n${body('sum', 20)}}\n`,
      'src/b.ts': `// About b.\nexport function b(rows) {\n  // The sum.\n${body('sum', 20)}}\n`,
    });
    expect(looked).toBe(42);
    expect(findings).toMatchObject([
      {
        kind: 'duplicate-code',
        file: 'src/a.ts',
        line: 2,
        title: 'The same 20 lines of code stand both in src/a.ts and src/b.ts',
        evidence: [
          { ref: 'src/a.ts:2', text: 'src/a.ts lines 2 to 21: 20 of its 21 lines of code (95%).' },
          { ref: 'src/b.ts:4' },
        ],
      },
    ]);
  });

  it('says once what two files have in common, however many passages it is', async () => {
    const [one, two] = [body('one', 20), body('two', 25)];
    const { findings } = await look({
      'src/a.ts': `${one}own(1);\n${two}`,
      'src/b.ts': `${two}other(2);\n${one}`,
    });
    expect(findings.map(({ title }) => title)).toEqual([
      '2 passages of code, 45 lines in all, stand both in src/a.ts and src/b.ts',
    ]);
  });

  it('keeps the id when code above it grows', async () => {
    const files = { 'src/a.ts': body('sum', 20), 'src/b.ts': body('sum', 20) };
    const before = await look(files);
    const after = await look({ ...files, 'src/a.ts': `run();\n${body('sum', 20)}` });
    expect(after.findings[0]?.anchor).toBe(before.findings[0]?.anchor);
    expect(after.findings[0]?.line).toBe(2);
  });
});
