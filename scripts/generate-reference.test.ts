import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { unionsPage, workflowPage } from './generate-reference-pages.ts';
import { configJsonSchema, workflowJsonSchema } from './generate-reference-schemas.ts';
import { readUnion } from './generate-reference-types.ts';

const folder = mkdtempSync(join(tmpdir(), 'waggle-reference-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SOURCE = `
/** What happened. */
export type Happening =
  /** It began, at
   * last. */
  | Readonly<{ type: 'thing.began'; at: number }>
  | { type: 'thing.ended'; why?: 'a' | 'b' };
export type Other = Readonly<{ reason: 'one' }>;
`;

describe('unions of the source', () => {
  const file = join(folder, 'happening.ts');
  writeFileSync(file, SOURCE);

  test('are read with their comments and fields', () => {
    expect(readUnion(file, 'Happening', 'type')).toEqual({
      name: 'Happening',
      comment: 'What happened.',
      members: [
        {
          tag: 'thing.began',
          comment: 'It began, at last.',
          fields: [{ name: 'at', isOptional: false, type: 'number' }],
        },
        { tag: 'thing.ended', comment: '', fields: [{ name: 'why', isOptional: true, type: "'a' | 'b'" }] },
      ],
    });
    expect(readUnion(file, 'Other', 'reason').members).toEqual([{ tag: 'one', comment: '', fields: [] }]);
  });

  test('that are not there, or whose members have no such tag, stop the generator', () => {
    expect(() => readUnion(file, 'Nothing', 'type')).toThrow('exports no type Nothing');
    expect(() => readUnion(file, 'Other', 'type')).toThrow('a member has no type');
  });

  test('become tables', () => {
    const page = unionsPage('Things', 'All of them.', [readUnion(file, 'Happening', 'type')]);
    expect(page).toContain('# Things\n\nAll of them.\n\n## Happening\n\nWhat happened.\n');
    expect(page).toContain('| `thing.began` | It began, at last. | `at` |\n| `thing.ended` |  | `why?` |\n');
  });
});

describe('JSON Schemas for editors', () => {
  test('explain every key of a task and of every option', () => {
    const text = JSON.stringify([workflowJsonSchema(), configJsonSchema()]);
    expect(text).not.toContain('"what"');
    const task = /"tasks":\{.*/.exec(text)?.[0] ?? '';
    expect(task).toContain('"description":"Program and arguments, run without a shell: [npm, run, build]."');
    expect(text).toContain('"maxAttempts":{"description":"How often a task that fails is tried in all');
  });

  test('refuse unknown keys', () => {
    expect(workflowJsonSchema()).toMatchObject({ additionalProperties: false });
    expect(configJsonSchema()).toMatchObject({ additionalProperties: false });
  });
});

test('the page of keys has a section for every group of keys', () => {
  const page = workflowPage(workflowJsonSchema());
  for (const heading of ['`inputs.<name>`', '`tasks.<name>`', '`tasks.<name>.resources`', '`defaults.retry`']) {
    expect(page).toContain(`\n## ${heading}\n`);
  }
});
