/** Rows of the group `memory`. */
export const MEMORY_OPTIONS = {
  maxEntries: {
    type: 'count',
    unit: 'entries',
    default: 100_000,
    min: 100,
    max: 10_000_000,
    effect: 'A further entry is refused while memory holds this many.',
    reason: 'Far above what people look through, far below what makes the store slow.',
    applies: 'start',
  },
  maxBytes: {
    type: 'bytes',
    default: 268_435_456,
    min: 1_048_576,
    max: 17_179_869_184,
    effect: 'A write is refused that would make the keys and values of memory take more.',
    reason: 'Room for hundreds of thousands of notes; a larger need should be somebody’s decision.',
    applies: 'start',
  },
  maxNotes: {
    type: 'count',
    unit: 'notes',
    default: 10_000,
    min: 100,
    max: 1_000_000,
    effect: 'Hand-off notes, decisions and checkpoints that are kept, of each kind; the oldest go.',
    reason: 'Years of runs for most projects, and little room.',
    applies: 'start',
  },
} as const;
