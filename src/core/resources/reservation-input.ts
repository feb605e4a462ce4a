import type { TaskId } from '../ids.ts';
import type { MeasuredAmounts } from './shrink.ts';

/** About the reservation of a running attempt. Samples are not stored: only what was decided on them is. */
export type ReservationInput =
  /** What it used in each of two windows, but for the highest twentieth of the samples. */
  | Readonly<{
      type: 'reservation.measure';
      taskId: TaskId;
      attempt: number;
      windows: readonly [MeasuredAmounts, MeasuredAmounts];
    }>
  /** It has taken 1.2 times as long as was expected. */
  | Readonly<{ type: 'reservation.review'; taskId: TaskId; attempt: number; expectedMs: number }>;
