import type { PriorityClass, ResourceAmounts, TaskSpec } from '../tasks/task-spec.ts';
import { RESERVABLE_PERCENT } from './capacity.ts';

/** What is reserved above the declared amounts, percent: what must not wait must not run short either. */
const BOOST_PERCENT: Readonly<Record<PriorityClass, number>> = { critical: 120, high: 110, normal: 100, low: 100 };
/** The least and the most that is reserved of the declared amounts because of what was measured, percent. */
const LEAST_PERCENT = 25;
const MOST_PERCENT = 200;

/** Parts of the declared amounts that tasks of a type were seen to use, percent, with a margin; absent is unknown. */
export type ScalingFactors = Readonly<{ cpu?: number; memory?: number }>;

/** What an attempt of the task reserves; undefined when it declares nothing. */
export function reservationOf({ reserves, resources }: TaskSpec): ResourceAmounts | undefined {
  return reserves ?? resources;
}

/**
 * Declared amounts × what was learned × priority, in whole numbers; each at most 80 % of the host, or as declared where that
 * is more. Storage is as declared. Undefined where that is what the task declares. Source: docs/semantics.md, Resources.
 */
export function scaledReservation(
  { resources, priority = 'normal' }: Pick<TaskSpec, 'resources' | 'priority'>,
  factors: ScalingFactors,
  host: ResourceAmounts,
): ResourceAmounts | undefined {
  if (resources === undefined) return undefined;
  const { cpu, memory } = resources;
  const boost = BOOST_PERCENT[priority];
  const scale = (declared: number, factor: number | undefined, offered: number | undefined): number => {
    const learned = Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, factor ?? 100));
    const wanted = Math.max(1, Math.ceil((declared * learned * boost) / 10_000));
    const most = Math.floor(((offered ?? Infinity) * RESERVABLE_PERCENT) / 100);
    return wanted <= declared ? wanted : Math.max(declared, Math.min(wanted, most));
  };
  const scaled = {
    ...resources,
    ...(cpu === undefined ? {} : { cpu: scale(cpu, factors.cpu, host.cpu) }),
    ...(memory === undefined ? {} : { memory: scale(memory, factors.memory, host.memory) }),
  };
  return scaled.cpu === cpu && scaled.memory === memory ? undefined : scaled;
}
