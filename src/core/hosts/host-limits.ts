import type { HostTimes } from './frames.ts';

/** Source: docs/semantics.md, Hosts. */
export const DEFAULT_HOST_TIMES: HostTimes = { leaseMs: 15_000, heartbeatMs: 5_000, orphanMs: 120_000 };

/** What was not answered is said again after this time, ms. */
export const REPEAT_MS = 1_000;
/** Packets that may be under way in one direction. */
export const WINDOW = 256;
/** Packets that may wait for the other side. */
export const MAX_WAITING = 20_000;
/** Reports that may wait: results and questions find room beside them. */
export const MAX_WAITING_REPORTS = 10_000;
/** Packets that came too early and are kept until those before them come. */
export const MAX_EARLY = 256;
/** An irreversible act begins only when a heartbeat was answered within this time, ms. */
export const CERTAIN_MS = 10_000;
/** Results that a coordinator remembers to have stored, per host. */
export const MAX_SETTLED = 1_000;
/** Frames a coordinator takes from one host, per second and at once. What is over it is dropped, and comes again. */
export const FRAMES_PER_S = 2_000;
export const FRAMES_AT_ONCE = 4_000;
/** Packets of one frame. */
export const PACKETS_PER_FRAME = 15;
/** Hosts of one swarm, and agents of one host. */
export const MAX_HOSTS = 256;
export const MAX_HOST_AGENTS = 256;
/** Bytes of one offer as JSON. */
export const MAX_BODY_BYTES: number = 2 ** 20;
/** Bytes of one question or answer as JSON: what is larger fits into no frame. */
export const MAX_CARRIED_BYTES: number = 64 * 2 ** 20 - 65_536;
