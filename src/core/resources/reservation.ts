import type { SwarmEvent } from '../events.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { holdsSlot } from '../tasks/task.ts';
import type { ReservationInput } from './reservation-input.ts';
import { shrunk } from './shrink.ts';

type ReservationEvent = Extract<SwarmEvent, { type: 'reservation.reviewed' | 'reservation.shrunk' }>;

/** Pure. A reservation may become smaller while its attempt lives, but it never ends before the attempt does. */
export function decideReservation(swarm: Swarm, input: ReservationInput): Ruling {
  const { taskId, attempt } = input;
  const task = swarm.tasks.get(taskId);
  if (task === undefined) return refuse({ reason: 'task-unknown' });
  if (task.attempt !== attempt) return refuse({ reason: 'attempt-stale', currentAttempt: task.attempt });
  const held = swarm.capacity.heldBy(taskId);
  if (held === undefined || !holdsSlot(task)) return accept();
  if (input.type === 'reservation.review') {
    const { expectedMs } = input;
    return accept({ type: 'reservation.reviewed', taskId, attempt, reserved: held.amounts, expectedMs });
  }
  const less = shrunk(held.amounts, input.windows);
  return less === undefined ? accept() : accept({ type: 'reservation.shrunk', taskId, attempt, ...less });
}

export function applyReservation({ capacity, queue }: Swarm, event: ReservationEvent): void {
  if (event.type === 'reservation.reviewed') return;
  capacity.shrink(event.taskId, event.reserved);
  // What found no room on the host may find some now.
  queue.reopen();
}
