import type { RunMemory } from '../../../ports/run-memory.ts';
import type { MemoryQuestions } from '../../../tools/memory-questions.ts';

/** `call.memory` as functions call it, over questions that take one object each. */
export function memoryOver(ask: MemoryQuestions): RunMemory {
  return {
    get: (key) => handled(ask.get({ key })),
    set: (key, value, options = {}) => handled(ask.set({ ...options, key, value })),
    delete: (key) => handled(ask.delete({ key })),
    invalidate: (pattern) => handled(ask.invalidate({ pattern })),
    list: (pattern) => handled(ask.list({ pattern })),
    search: (query, options = {}) => handled(ask.search({ ...options, query })),
    handOff: (note) => handled(ask.handOff(note)),
    handOffs: () => handled(ask.handOffs({})),
    decide: (decision) => handled(ask.decide(decision)),
    decisions: () => handled(ask.decisions({})),
    checkpoint: (data) => handled(ask.checkpoint({ data })),
    lastCheckpoint: () => handled(ask.lastCheckpoint({})),
  };
}

/** A function that does not wait for its own question must not take the process down with it. */
function handled<Value>(answer: Promise<Value>): Promise<Value> {
  answer.catch(() => {});
  return answer;
}
