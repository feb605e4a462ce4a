import type { TaskEvent } from '../../src/core/events.ts';
import type { ResourceAmounts } from '../../src/core/tasks/task-spec.ts';

export type ReservationEvent = Extract<TaskEvent, { type: 'reservation.reviewed' | 'reservation.shrunk' }>;

export function isReservation(event: TaskEvent): event is ReservationEvent {
  return event.type === 'reservation.reviewed' || event.type === 'reservation.shrunk';
}

/** What is left of a reservation; undefined: all of it. Each attempt begins with all, and so does one that has waited. */
export function reservedAfter(
  { reserved }: Readonly<{ reserved?: ResourceAmounts | undefined }>,
  event: TaskEvent,
): ResourceAmounts | undefined {
  if (event.type === 'reservation.shrunk') return event.reserved;
  return event.type === 'attempt.assigned' || event.type === 'attempt.resumed' ? undefined : reserved;
}
