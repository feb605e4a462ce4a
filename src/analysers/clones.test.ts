import { describe, expect, it } from 'vitest';
import { CloneIndex, type Clone } from './clones.ts';
import type { CodeLine } from './code-lines.ts';

const line = (text: string, index: number): CodeLine => ({ text, line: index + 1, isLogic: true });
const passage = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name}(${index});`);
const clonesOf = (files: readonly (readonly string[])[], minLogic = 10): readonly Clone[] => {
  const index = new CloneIndex(10_000);
  for (const file of files) index.add(file.map(line));
  return index.clones(minLogic);
};
const placesOf = (clones: readonly Clone[]): readonly (readonly string[])[] =>
  clones.map(({ places }) => places.map(({ file, start, length }) => `${file}:${start}+${length}`));

describe('clones', () => {
  it('are as long as they can be, and found once', () => {
    const copied = passage('copied', 60);
    const clones = clonesOf([
      [...passage('a', 7), ...copied, ...passage('b', 3)],
      [...copied, ...passage('c', 9)],
    ]);
    expect(placesOf(clones)).toEqual([['0:7+60', '1:0+60']]);
  });

  it('have ten lines or more', () => {
    expect(clonesOf([passage('nine', 9), passage('nine', 9)])).toEqual([]);
    expect(clonesOf([passage('ten', 10), passage('ten', 10)])).toHaveLength(1);
  });

  it('have all their places, a third one of a part too', () => {
    const copied = passage('copied', 40);
    const clones = clonesOf([copied, [...passage('x', 5), ...copied.slice(4, 34)], copied]);
    expect(placesOf(clones)).toEqual([['0:0+40', '2:0+40', '1:5+30']]);
  });

  it('begin where they begin, though a shorter copy of that part stands nearer', () => {
    const copied = passage('copied', 40);
    const [longest] = placesOf(clonesOf([copied, copied.slice(0, 12), copied]));
    expect(longest).toEqual(['0:0+40', '2:0+40']);
  });

  it('do not run into themselves', () => {
    const copied = passage('copied', 12);
    expect(placesOf(clonesOf([[...copied, ...copied, ...copied]]))).toEqual([['0:0+12', '0:12+12', '0:24+12']]);
  });

  it('are never lines that differ, however many there are', () => {
    expect(clonesOf([passage('a', 2_000), passage('b', 2_000)])).toEqual([]);
  });

  it('stand in one file too, apart from each other', () => {
    const copied = passage('copied', 12);
    expect(placesOf(clonesOf([[...copied, ...passage('x', 2), ...copied]]))).toEqual([['0:0+12', '0:14+12']]);
  });

  it('do not go over the end of a file', () => {
    expect(clonesOf([passage('a', 5), passage('b', 6), passage('a', 5), passage('b', 6)])).toEqual([]);
  });

  it('are not the same line over and over, nor tables of data', () => {
    expect(clonesOf([Array.from({ length: 200 }, () => 'same();')])).toEqual([]);
    const two = Array.from({ length: 40 }, (_, at) => `step${at % 2}();`);
    expect(clonesOf([two, two])).toEqual([]);
    const index = new CloneIndex(10_000);
    const table = passage('row', 30).map((text, at) => ({ text, line: at + 1, isLogic: at < 9 }));
    index.add(table);
    index.add(table);
    expect(index.clones(10)).toEqual([]);
  });

  it('of text that repeats itself end in time', () => {
    const endless = Array.from({ length: 9_000 }, (_, at) => `f(${at % 37});`);
    expect(clonesOf([endless]).length).toBeLessThan(100);
  });

  it('refuse a file for which there is no room', () => {
    const index = new CloneIndex(20);
    expect([index.add(passage('a', 15).map(line)), index.add(passage('b', 6).map(line)), index.size]).toEqual([
      true,
      false,
      15,
    ]);
  });
});
