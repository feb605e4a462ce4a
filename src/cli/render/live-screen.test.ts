import { expect, test } from 'vitest';
import { VirtualTerminal } from '../../../test/support/virtual-terminal.ts';
import { LiveScreen } from './live-screen.ts';

/** So long that only the test itself makes it draw. */
const NEVER = 3_600_000;

function open(terminal: VirtualTerminal, draw: (columns: number, rows: number) => readonly string[]): LiveScreen {
  return new LiveScreen(terminal, draw, NEVER);
}

test('each picture replaces the one before, and the text above stays', () => {
  const terminal = new VirtualTerminal(40, 10);
  terminal.write('$ waggle run x\n');
  let picture = ['one', 'two', 'three'];
  using screen = open(terminal, () => picture);
  expect(terminal.text).toEqual(['$ waggle run x', 'one', 'two', 'three']);
  picture = ['uno'];
  screen.refresh();
  expect(terminal.text).toEqual(['$ waggle run x', 'uno']);
  picture = ['a', 'b', 'c', 'd'];
  screen.refresh();
  expect(terminal.text).toEqual(['$ waggle run x', 'a', 'b', 'c', 'd']);
});

test('what is printed stays above the picture', () => {
  const terminal = new VirtualTerminal(40, 10);
  using screen = open(terminal, () => ['picture', 'more']);
  screen.print(['first', 'second']);
  screen.print(['third']);
  expect(terminal.text).toEqual(['first', 'second', 'third', 'picture', 'more']);
});

test('leaves the terminal as it was, the cursor included', () => {
  const terminal = new VirtualTerminal(40, 10);
  terminal.write('before\n');
  const screen = open(terminal, () => ['picture', 'more']);
  expect(terminal.isCursorShown).toBe(false);
  screen[Symbol.dispose]();
  screen[Symbol.dispose]();
  terminal.write('after\n');
  expect(terminal.isCursorShown).toBe(true);
  expect(terminal.text).toEqual(['before', 'after', '']);
  expect(terminal.listenerCount('resize')).toBe(0);
});

test('never scrolls, however many lines the picture has and however long it goes on', () => {
  const terminal = new VirtualTerminal(40, 6);
  let round = 0;
  using screen = open(terminal, (columns) =>
    Array.from({ length: 50 }, (_, index) => `${round}-${index}`.padEnd(columns, 'x')),
  );
  for (round = 1; round < 30; round += 1) screen.refresh();
  expect(terminal.text).toHaveLength(5);
  expect(terminal.text[0]).toMatch(/^29-0x+$/);
});

test('draws for the new size when the terminal changes, without leaving anything behind', () => {
  const terminal = new VirtualTerminal(60, 12);
  terminal.write('before\n');
  using screen = open(terminal, (columns) => ['title', 'y'.repeat(columns), 'z'.repeat(columns)]);
  terminal.resize(30, 12);
  expect(terminal.text).toEqual(['before', 'title', 'y'.repeat(29), 'z'.repeat(29)]);
  terminal.resize(80, 12);
  expect(terminal.text).toEqual(['before', 'title', 'y'.repeat(79), 'z'.repeat(79)]);
  screen.print(['told']);
  expect(terminal.text.slice(0, 3)).toEqual(['before', 'told', 'title']);
});

test('writes nothing while nothing changes', () => {
  const terminal = new VirtualTerminal(40, 10);
  using screen = open(terminal, () => ['same']);
  const before = terminal.writes;
  for (let round = 0; round < 20; round += 1) screen.refresh();
  expect(terminal.writes).toBe(before);
});

test('a terminal that does not tell its size gets 80 by 24', () => {
  const terminal = new VirtualTerminal(0, 0);
  const sizes: (readonly [number, number])[] = [];
  using _screen = open(terminal, (columns, rows) => {
    sizes.push([columns, rows]);
    return [];
  });
  expect(sizes).toEqual([[79, 23]]);
});
