import type { SwarmEvent } from '../events.ts';
import type { ScalingEvent } from './scaling-events.ts';

/** These name their run, as the run's own events do. */
export function isScalingEvent(event: SwarmEvent): event is ScalingEvent {
  return event.type === 'scaling.decided' || event.type === 'scaling.settled';
}
