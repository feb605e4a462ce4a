import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeData } from './data-files.ts';
import { figuresOf } from './figures.ts';

it.each([
  [1, '1 link looked up'],
  [0, '0 links looked up'],
  [1_200, '1,200 links looked up'],
])('speaks of %d in its own number', (looked, said) => {
  const data = mkdtempSync(join(tmpdir(), 'waggle-figures-'));
  try {
    writeData(data, 'docs', { findings: [], looked, leftOut: [] });
    const [first] = figuresOf('docs', data) ?? [];
    expect(`${first?.value} ${first?.label}`).toBe(said);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
