import type { CoordinatorFrame, HostAgent, HostCapacity, HostFrame, HostTimes } from '../core/hosts/frames.ts';
import type { AttemptKey } from '../core/hosts/frames.ts';
import type { KeptResult } from '../core/hosts/host-attempts.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { AgentDriver } from '../ports/agent-driver.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostDriver, LinkUser, WorkerLink } from '../ports/worker-link.ts';

/** What a host has on disk. It outlives the process. */
export interface HostDisk {
  readonly name: string;
  readonly instance: number;
  readonly epoch: number;
  readonly kept: readonly KeptResult[];
  noteEpoch(epoch: number): void;
  keep(key: AttemptKey, result: AttemptResult): void;
  forget(key: AttemptKey, isEvidence: boolean): void;
}

/** The coordinator's end of all its links to hosts. */
export interface RemoteEnd extends HostDriver {
  accept(link: WorkerLink<CoordinatorFrame>): LinkUser<HostFrame> | undefined;
}

/** The process of a host: it finds its leader, and runs what it is given. */
export interface HostEnd {
  start(): void;
  drain(graceMs: number): Promise<void>;
}

export type HostEndPorts = Readonly<{
  home: HostDisk;
  agents: readonly HostAgent[];
  capacity: HostCapacity;
  pid: number;
  drivers: Readonly<Record<'command' | 'function', AgentDriver>>;
  clock: Clock;
  connect: (user: LinkUser<CoordinatorFrame>) => Promise<WorkerLink<HostFrame> | undefined>;
  onOrder: (order: 'drain' | Error) => void;
}>;

/**
 * Both ends of a link to a host as they ship. They stand in layers that a simulation may not import, so whoever plays a
 * world brings them.
 */
export type HostKit = Readonly<{
  coordinatorEnd: (ports: Readonly<{ clock: Clock; times: HostTimes }>) => RemoteEnd;
  hostEnd: (ports: HostEndPorts) => HostEnd;
}>;
