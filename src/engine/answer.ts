import type { Refusal } from '../core/ruling.ts';

/** `not-leading` does not say whether the input is stored: ask the leader again. */
export type Answer =
  | Readonly<{ ok: true }>
  | Readonly<{ ok: false; refusal: Refusal | Readonly<{ reason: 'overloaded' | 'not-leading' | 'store-full' }> }>;
