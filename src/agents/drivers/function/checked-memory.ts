import type { RunMemory } from '../../../ports/run-memory.ts';
import { memoryQuestions } from '../../../tools/memory-questions.ts';
import { memoryOver } from './memory-over.ts';

/** Functions may be plain JavaScript: what has another form is the function's mistake, and goes no further. */
export function checkedMemory(memory: () => RunMemory): RunMemory {
  return memoryOver(memoryQuestions(memory));
}
