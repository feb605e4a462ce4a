import { expect, test } from 'vitest';
import { table } from './table.ts';
import { widthOf } from './text.ts';

const HEADS = [{ title: 'name', least: 6 }, { title: 'n', align: 'right' }, { title: 'note' }] as const;
const ROWS = [
  ['a-rather-long-name', '1', 'fine'],
  ['東京', '12', ''],
];

test('columns are as wide as their widest cell, in terminal columns', () => {
  expect(table(HEADS, ROWS, Infinity)).toEqual([
    'name                 n  note',
    'a-rather-long-name   1  fine',
    '東京                12',
  ]);
});

test('in a narrow terminal only columns that may shrink are cut', () => {
  expect(table(HEADS, ROWS, 20)).toEqual(['name         n  note', 'a-rather-…   1  fine', '東京        12']);
});

test('no row is wider than the terminal', () => {
  for (const columns of [5, 10, 14, 25]) {
    for (const row of table(HEADS, ROWS, columns)) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  }
});

test('paint goes around the cell and does not count', () => {
  const heads = [{ title: 'state', paint: (text: string) => `<${text}>` }, { title: 'x' }];
  expect(table(heads, [['ok', '1']], 20)).toEqual(['state  x', '<ok   >  1']);
});
