import { countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** Levels of indentation inside a function from which on people lose the thread. */
const DEEP = 3;
/** Fewer deep lines are an exception. */
const MIN_DEEP_LINES = 4;
/** A function that is this long is hard to read even when it is flat. */
const LONG_LINES = 120;
const SHORT_LINES = 12;
/** Share of deep lines from which a whole file is hard to read. */
const MIN_DEEP_SHARE = 0.04;
const HARD_FILE_LINES = 800;

/** Nesting as the eye sees it: by how far the lines are indented, in any language. */
export function complexFunction({ finding }: Motion, { reader }: Bench): Opinion {
  const text = reader.text(finding.file);
  if (text === undefined) return abstain('The file cannot be read.');
  const lines = blockFrom(text.split('\n'), finding.line - 1);
  const { step, levels } = levelsOf(lines);
  if (step === 0 || lines.length < SHORT_LINES) return abstain('Its indentation tells nothing.');
  const deepest = Math.max(0, ...levels);
  const deep = levels.filter((level) => level >= DEEP + 1).length;
  const seen = {
    text: `${lines.length} lines, indented ${deepest} deep, ${deep} of them over ${DEEP} deep.`,
    ref: `${finding.file}:${finding.line}`,
  };
  if (deep >= MIN_DEEP_LINES)
    return approve(`${deep} of its ${lines.length} lines are indented more than ${DEEP} deep.`, seen);
  if (lines.length >= LONG_LINES) return approve(`It goes on for ${lines.length} lines.`, seen);
  if (deepest <= 2)
    return reject(
      `It is flat: ${countOf(lines.length, 'line')}, none indented more than ${deepest} deep, to be read one by one.`,
      seen,
    );
  return abstain(`${lines.length} lines, ${deep} of them more than ${DEEP} deep: neither flat nor deep.`);
}

/** The lines from `start` to the one that goes back to its indentation. */
function blockFrom(lines: readonly string[], start: number): readonly string[] {
  const base = indentOf(lines[start] ?? '');
  const end = lines.findIndex(
    (line, index) =>
      index > start &&
      line.trim() !== '' &&
      indentOf(line) <= base &&
      /^\s*[})\]]|^\s*\S/.test(line) &&
      !/^\s*[)\]]?\s*[:{]|^\s*\)/.test(line),
  );
  return lines.slice(start, end < 0 ? undefined : end + 1);
}

export function hotSpot({ finding }: Motion, { reader }: Bench): Opinion {
  const text = reader.text(finding.file);
  if (text === undefined) return abstain('The file cannot be read.');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const { step, levels } = levelsOf(lines);
  if (step === 0) return abstain('Its indentation tells nothing.');
  const deep = levels.filter((level) => level > DEEP).length;
  const share = deep / Math.max(1, lines.length);
  const counted = `${deep} of ${lines.length} lines are indented more than ${DEEP} deep`;
  if (share >= MIN_DEEP_SHARE && deep >= MIN_DEEP_LINES)
    return approve(`${counted}.`, { text: counted, ref: finding.file });
  if (lines.length >= HARD_FILE_LINES)
    return approve(`It has ${lines.length} lines that are not empty.`, { text: counted, ref: finding.file });
  return reject(`It reads easily: ${counted}.`, { text: counted, ref: finding.file });
}

/** How deep each line stands, in steps of the file's own indentation, from its least indented line. */
function levelsOf(lines: readonly string[]): Readonly<{ step: number; levels: readonly number[] }> {
  const indents = lines.filter((line) => line.trim() !== '' && !/^\s*\*/.test(line)).map(indentOf);
  const differences = indents
    .map((indent, index) => indent - (indents[index - 1] ?? indent))
    .filter((difference) => difference > 0 && difference <= 8);
  const counted = Map.groupBy(differences, (difference) => difference);
  const [step = 0] = [...counted].toSorted((a, b) => b[1].length - a[1].length || a[0] - b[0])[0] ?? [];
  const base = Math.min(...indents);
  return { step, levels: step === 0 ? [] : indents.map((indent) => Math.round((indent - base) / step)) };
}

function indentOf(line: string): number {
  let columns = 0;
  for (const sign of line) {
    if (sign === '\t') columns += 4;
    else if (sign === ' ') columns += 1;
    else break;
  }
  return columns;
}
