import { countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';
import { depthsOf, type Depths } from './depth.ts';

/** Levels of indentation inside a function from which on people lose the thread. */
const DEEP = 3;
/** Up to here it is read from top to bottom. */
const FLAT = 2;
/** Fewer deep lines are an exception. */
const MIN_DEEP_LINES = 4;
const SHORT_LINES = 12;
/** Share of deep lines from which a file is hard to read, and up to which it is easy. */
const HARD_SHARE = 0.07;
const EASY_SHARE = 0.03;
/** The same for one function. */
const HARD_BLOCK_SHARE = 0.05;

/** Nesting as the eye sees it: by how far the lines of code are indented, in any language. */
export function complexFunction({ finding }: Motion, { reader, usual }: Bench): Opinion {
  const text = reader.text(finding.file);
  if (text === undefined) return abstain('The file cannot be read.');
  const block = blockFrom(text.split('\n'), finding.line - 1).join('\n');
  if (stepsIn(block) >= MANY_STEPS) return reject(`It follows ${stepsIn(block)} numbered steps of a text elsewhere.`);
  const depths = depthsOf(finding.file, block);
  const { lines, deep, deepest, isIndented } = depths;
  if (!isIndented || lines < SHORT_LINES) return abstain('Its indentation tells nothing.');
  const seen = {
    text: `${lines} lines of code, indented ${deepest} deep, ${deep} of them over ${DEEP} deep.`,
    ref: `${finding.file}:${finding.line}`,
  };
  // Where there is a history, hard to read is worth a word only where people have to read it.
  if (usual.past !== null && !finding.evidence.some(({ source }) => source === 'history'))
    return abstain('None of its own lines was changed for a year.');
  if (deep >= MIN_DEEP_LINES) {
    return approve(`${deep} of its ${lines} lines of code are indented more than ${DEEP} deep.`, seen);
  }
  if (deepest <= FLAT) {
    return reject(
      `It is flat: ${countOf(lines, 'line')} of code, none indented more than ${deepest} deep, to be read one by one.`,
      seen,
    );
  }
  return abstain(`${lines} lines of code, ${deep} of them more than ${DEEP} deep: neither flat nor deep.`);
}

/** Code that follows the steps of a standard keeps their shape: `// 12. If x, then ...`. */
const STEP = /^[ \t]*(?:\/\/|#|\*)[ \t]*(?:step )?\d+(?:\.\d+)*[.)][ \t]+\S/gim;
const MANY_STEPS = 10;
/** Share of the lines of code of a file. */
const STEPS_SHARE = 0.1;

function stepsIn(text: string): number {
  return text.match(STEP)?.length ?? 0;
}

/** Of the function that begins in the line. */
function blockDepths(file: string, text: string, line: number): Depths {
  return depthsOf(file, blockFrom(text.split('\n'), line - 1).join('\n'));
}

/** Lines that go on with a head of several lines. */
const GOES_ON = /^\s*(?:[)\]]?\s*[:{]|\)|\}(?:\s*=\s*\{\s*\})?\s*\)?\s*(?::|=>|\{))/;

/** The lines from `start` to the one that goes back to its indentation. */
function blockFrom(lines: readonly string[], start: number): readonly string[] {
  const base = indentOf(lines[start] ?? '');
  const end = lines.findIndex(
    (line, index) => index > start && line.trim() !== '' && indentOf(line) <= base && !GOES_ON.test(line),
  );
  return lines.slice(start, end < 0 ? undefined : end + 1);
}

export function hotSpot({ finding }: Motion, { reader }: Bench): Opinion {
  const text = reader.text(finding.file);
  if (text === undefined) return abstain('The file cannot be read.');
  const { lines, deep, isIndented } = depthsOf(finding.file, text);
  if (!isIndented) return abstain('Its indentation tells nothing.');
  const steps = stepsIn(text);
  if (steps >= MANY_STEPS && steps >= lines * STEPS_SHARE) {
    return reject(`It follows ${steps} numbered steps of a text elsewhere.`);
  }
  const share = deep / Math.max(1, lines);
  const counted = `${deep} of ${lines} lines of code stand more than ${DEEP} deep in their function`;
  const seen = { text: `${counted}.`, ref: finding.file };
  if (share >= HARD_SHARE && deep >= MIN_DEEP_LINES) return approve(`${counted}.`, seen);
  const block = blockDepths(finding.file, text, finding.line);
  if (finding.line > 0 && block.deep >= Math.max(MIN_DEEP_LINES, block.lines * HARD_BLOCK_SHARE)) {
    const ref = `${finding.file}:${finding.line}`;
    const inBlock = `${block.deep} of the ${block.lines} lines of code of its hardest function stand more than ${DEEP} deep.`;
    return approve(inBlock, { text: inBlock, ref });
  }
  const isEasy = share < EASY_SHARE && block.deepest <= FLAT;
  return isEasy ? reject(`It reads easily: ${counted}.`, seen) : abstain(`${counted}: neither flat nor deep.`);
}

function indentOf(line: string): number {
  let columns = 0;
  for (const sign of line) {
    if (sign !== ' ' && sign !== '\t') break;
    columns += sign === '\t' ? 4 : 1;
  }
  return columns;
}
