import type { Answer } from './answer.ts';

type Refused = Extract<Answer, { ok: false }>['refusal'];

const TROUBLE = {
  'not-leading': 'The coordinator has stopped.',
  overloaded: 'The coordinator has too much to do; ask again later.',
  'store-full': 'The disk is full.',
};

type TroubleReason = keyof typeof TROUBLE;

/** What the core has decided. Throws for anything else: asking again may help. */
export function decidedRefusal(refusal: Refused): Exclude<Refused, { reason: TroubleReason }> {
  if (isTrouble(refusal)) throw new Error(TROUBLE[refusal.reason]);
  return refusal;
}

function isTrouble(refusal: Refused): refusal is Extract<Refused, { reason: TroubleReason }> {
  return refusal.reason in TROUBLE;
}

/** A function that does not wait for its own question must not take the process down with it. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
