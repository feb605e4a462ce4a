import { unreachable } from '../util/assert.ts';
import type { Coordinator } from './coordinator.ts';
import type { SharedPlace } from './memory-doors.ts';
import type { Network } from './network.ts';
import type { Fleet } from './hosts.ts';
import type { Fault } from './plan.ts';
import type { Store } from './store.ts';
import type { World } from './world.ts';

export type FaultTargets = Readonly<{
  world: World;
  network: Network;
  store: Store;
  /** Tier 2 of memory, where there is one. */
  shared: SharedPlace | undefined;
  coordinators: ReadonlyMap<string, Coordinator>;
  fleet: Fleet | undefined;
  /** The chaos is over. */
  isOver: () => boolean;
}>;

/** Makes each fault happen at its time, unless the chaos is over by then. */
export function scheduleFaults(faults: readonly Fault[], targets: FaultTargets): void {
  for (const fault of faults) {
    targets.world.at(fault.atMs * 1_000, () => {
      if (targets.isOver()) return;
      targets.world.note('fault', JSON.stringify(fault));
      strike(fault, targets);
    });
  }
}

function strike(fault: Fault, { world, network, store, shared, coordinators, fleet }: FaultTargets): void {
  const endsAfter = (ms: number, end: () => void): void => void world.at(world.nowUs + ms * 1_000, end);
  switch (fault.kind) {
    case 'crash':
      return coordinators.get(fault.node)?.kill(fault.downMs * 1_000, 'crash');
    case 'drain':
      void coordinators.get(fault.node)?.drain();
      return;
    case 'pause':
      return coordinators.get(fault.node)?.node.pause(fault.forMs * 1_000);
    case 'usurp':
      return coordinators.get(fault.node)?.usurp((fault.unseenMs ?? 0) * 1_000);
    case 'cut':
      return network.cut(fault.from, fault.to, fault.forMs * 1_000);
    case 'wall-jump':
      return coordinators.get(fault.node)?.node.jumpWallClock(fault.byMs);
    case 'store-slow':
      store.slowByUs = fault.byMs * 1_000;
      return endsAfter(fault.forMs, () => (store.slowByUs = 0));
    case 'store-away':
      store.isAway = true;
      return endsAfter(fault.forMs, () => (store.isAway = false));
    case 'store-full':
      store.setFull(fault.reserve);
      return endsAfter(fault.forMs, () => store.setFull(undefined));
    case 'host-crash':
    case 'host-drain':
    case 'host-pause':
    case 'isolate':
    case 'stream-break':
      return fleet?.strike(fault);
    case 'shared-away':
      shared?.cut();
      return endsAfter(fault.forMs, () => shared?.mend());
    case 'shared-flush':
      return shared?.flush();
    default:
      unreachable(fault);
  }
}
