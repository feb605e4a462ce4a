import type { ScalingEvent } from '../../app/views.ts';
import { plural } from './format.ts';
import type { Style } from './style.ts';
import { visible } from './text.ts';

/** What was decided on the number of agents of a group, or what stood in the way; undefined for what just happened. */
export function scaleLine(event: ScalingEvent, { signs, dim }: Style): string | undefined {
  const role = visible(event.role);
  if (event.type === 'scaling.settled') {
    if (event.cause !== 'failed') return undefined;
    return `${signs.warn} agents ${role}  none could be added: ${visible(event.detail ?? 'unknown')}`;
  }
  return dim(`${signs.dot} agents ${role}  ${event.from} ${signs.to} ${event.to}: ${becauseWords(event.because)}`);
}

function becauseWords(because: Extract<ScalingEvent, { type: 'scaling.decided' }>['because']): string {
  switch (because.reason) {
    case 'no-agent':
      return `${plural(because.waiting, 'task')} could start, and no agent is there`;
    case 'load':
      return `load ${percent(because.averagePermille)}, ${plural(because.waiting, 'task')} more could start`;
    case 'below-min':
      return 'fewer than its least';
    case 'asked':
      return `asked for by ${visible(because.by)}`;
    case 'idle':
      return `load ${percent(because.averagePermille)} for ${Math.round(because.forMs / 1_000)} s`;
  }
}

function percent(permille: number): string {
  return `${Math.round(permille / 10)} %`;
}
