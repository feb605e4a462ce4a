import { RemoteDriver } from '../../src/agents/drivers/remote/remote-driver.ts';
import { asksFor, deskFor } from '../../src/app/host-asks.ts';
import type { HostKit } from '../../src/simulation/host-kit.ts';
import { HostRunner } from '../../src/worker/host-runner.ts';

/** The ends of links to hosts, as they ship. */
export const HOST_KIT: HostKit = {
  coordinatorEnd: (ports) => new RemoteDriver({ ...ports, deskFor }),
  hostEnd: (ports) => new HostRunner({ ...ports, asksFor }),
};
