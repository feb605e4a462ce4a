import type { SwarmEvent } from '../../core/events.ts';
import { EVENT_VERSION } from './schema.ts';

/** Lifts one event by one version. Gets and gives plain data: the types of old releases are gone. */
export type Upcaster = Readonly<{ from: number; lift: (event: unknown) => unknown }>;

/** Oldest first. The first form of events needs none. */
const UPCASTERS: readonly Upcaster[] = [];

/**
 * The event in today's form. The stored text never changes: its hash covers it as it was written. Upcasters stay for
 * ever, and a recorded journal of every old version shows that they work.
 */
export function upcast(
  data: string,
  version: number,
  upcasters: readonly Upcaster[] = UPCASTERS,
  target: number = EVENT_VERSION,
): SwarmEvent {
  let event: unknown = JSON.parse(data);
  if (version !== target) {
    for (const { from, lift } of upcasters) if (from >= version) event = lift(event);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `append` writes here: it takes SwarmEvent, and the hash was checked
  return event as SwarmEvent;
}
