import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { orderedFindings } from './order-findings.ts';

let data = '';
beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'waggle-order-'))));
afterEach(() => rmSync(data, { recursive: true }));

const repository = { commit: null, branch: null, changedFiles: null };

function found(kind: string, file: string, more: Partial<Detected> = {}): Detected {
  const shape = { severity: 'medium', confidence: 0.5, title: kind, line: 1, evidence: [] } as const;
  return { kind, file, anchor: `${kind} ${file} ${JSON.stringify(more)}`, ...shape, ...more };
}

function ordered(findings: readonly Detected[]): readonly Detected[] {
  writeData(data, 'inventory', { files: [], languages: [], unread: [], total: 0, repository });
  writeData(data, 'hygiene', { findings, looked: 0, leftOut: [] });
  return orderedFindings({ root: data, data }).map(({ detected }) => detected);
}

it('the severer comes first, however sure the others are', () => {
  const sure = found('large-file', 'a', { severity: 'low', confidence: 1 });
  const doubtful = found('broken-json', 'b', { severity: 'high', confidence: 0.1 });
  expect(ordered([sure, found('merge-marker', 'c'), doubtful]).map(({ severity }) => severity)).toEqual([
    'high',
    'medium',
    'low',
  ]);
});

it('no kind fills the report alone, nor one file with the same', () => {
  const many = Array.from({ length: 30 }, (_, index) => found('broken-json', `f${index}`, { severity: 'high' }));
  const inOne = Array.from({ length: 8 }, (_, index) =>
    found('merge-marker', 'one', { severity: 'high', anchor: String(index) }),
  );
  const kinds = ordered([...many, ...inOne, found('large-file', 'x', { severity: 'low' })]).map(({ kind }) => kind);
  const first = kinds.slice(0, kinds.indexOf('large-file'));
  expect(Map.groupBy(first, (kind) => kind).get('broken-json')).toHaveLength(12);
  expect(Map.groupBy(first, (kind) => kind).get('merge-marker')).toHaveLength(5);
  expect(kinds).toHaveLength(39);
});

it('of small things a few of a kind are enough', () => {
  const copies = Array.from({ length: 6 }, (_, index) => found('duplicate-code', `f${index}`, { severity: 'low' }));
  const kinds = ordered([...copies, found('large-file', 'x', { severity: 'low', confidence: 0.1 })]);
  expect(kinds.findIndex(({ kind }) => kind === 'large-file')).toBe(3);
});
