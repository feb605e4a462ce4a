import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { benchIn, motionOn } from '../../../../test/check/support/motions.ts';
import type { JudgeMotion } from '../opinion.ts';
import { complexFunction, hotSpot } from './indentation.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-indentation-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function choiceOf(look: JudgeMotion, text: string, line = 1): string {
  writeFileSync(join(folder, 'a.ts'), text);
  const place = { ...motionOn({}).place, language: 'TypeScript' };
  const motion = motionOn({ kind: 'hot-spot', file: 'a.ts', line }, { asked: ['shape'], place });
  return look(motion, benchIn(folder)).choice;
}

const repeat = (times: number, line: (at: number) => string): string =>
  Array.from({ length: times }, (_, at) => line(at)).join('');
const flat = (lines: number): string =>
  `function go(a) {\n${repeat(lines, (at) => `  a.b${at}();\n`)}  if (a) {\n    a();\n  }\n}\n`;
const DEEP =
  '  for (const b of a) {\n    if (b) {\n      while (b.c) {\n        b.c();\n        b.d();\n      }\n    }\n  }\n';
const deep = (times: number): string => `function deep(a) {\n${DEEP.repeat(times)}}\n`;
const COMMENTED = `/**\n${repeat(200, () => ' *                  deep in a comment\n')} */\n`;

describe('a second look at a hot spot', () => {
  it('sees deep code, not deep comments, and no length', () => {
    expect(choiceOf(hotSpot, deep(4))).toBe('approve');
    expect(choiceOf(hotSpot, COMMENTED + flat(40))).toBe('reject');
    expect(choiceOf(hotSpot, flat(2_000))).toBe('reject');
  });

  it('sees the function that the finding names in a file of easy ones', () => {
    const text = flat(300) + deep(3);
    expect(choiceOf(hotSpot, text, 306)).toBe('approve');
    expect(choiceOf(hotSpot, text, 1)).toBe('reject');
  });

  it('leaves open what is neither flat nor deep', () => {
    expect(choiceOf(hotSpot, flat(70) + deep(2))).toBe('abstain');
  });
});

describe('a second look at a complex function', () => {
  it('sees how deep it goes, and does not take it for hard because it is long', () => {
    expect(choiceOf(complexFunction, deep(2))).toBe('approve');
    expect(choiceOf(complexFunction, flat(400))).toBe('reject');
  });

  it('leaves code alone that follows the steps of a standard', () => {
    const steps = repeat(10, (at) => `  // ${at + 1}. Let x be y.\n  a.b();\n`);
    expect(choiceOf(complexFunction, deep(2).replace('{\n', `{\n${steps}`))).toBe('reject');
    expect(choiceOf(hotSpot, deep(2).replace('{\n', `{\n${steps}`))).toBe('reject');
  });

  it('reads on behind a value for what is not given', () => {
    const text = deep(3).replace('function deep(a) {', 'function deep({\n  a,\n  b\n} = {}) {');
    expect(choiceOf(complexFunction, text)).toBe('approve');
  });

  it('reads on behind a head of several lines', () => {
    const text = deep(3).replace(
      'function deep(a) {',
      'export async function deep({\n  a,\n  b,\n}: {\n  a: A;\n  b: B;\n}): Promise<C> {',
    );
    expect(choiceOf(complexFunction, text)).toBe('approve');
  });
});
