import type { AlertEvent, AlertKey } from '../core/alerts/alert-events.ts';
import type { AlertAction, Severity } from '../core/alerts/alert-rule.ts';
import type { SwarmEvent } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import type { DatedRecord, RunArchive } from '../ports/run-archive.ts';

/** One alert from its beginning to its end. Times are wall time, ms since 1970. */
export type AlertEpisode = Readonly<{
  key: AlertKey;
  rule: string;
  agentId?: AgentId;
  episode: number;
  /** `cleared`: it was pending, and did not last long enough to fire. */
  state: 'pending' | 'firing' | 'resolved' | 'cleared';
  severity?: Severity;
  condition?: string;
  description?: string;
  /** What was measured when it began or fired; null where that is not known. */
  figure: number | null;
  beganAtMs: number;
  firedAtMs?: number;
  endedAtMs?: number;
  actions: readonly Readonly<{ action: AlertAction; outcome: 'done' | 'refused'; detail: string; atMs: number }>[];
}>;

const TYPES: readonly SwarmEvent['type'][] = [
  'alert.acted',
  'alert.cleared',
  'alert.fired',
  'alert.pending',
  'alert.resolved',
];
/** Records that are looked at: what is older is left to `waggle runs watch --json` and SQL. */
const MOST_RECORDS = 10_000;

/** Newest first. */
export function alertHistory(archive: Pick<RunArchive, 'newest'>): readonly AlertEpisode[] {
  const episodes = new Map<number, AlertEpisode>();
  for (const record of archive.newest(TYPES, MOST_RECORDS).toReversed()) {
    const { event } = record;
    if (!isEpisodeEvent(event)) continue;
    const next = after(episodes.get(event.episode), event, record);
    if (next !== undefined) episodes.set(event.episode, next);
  }
  return [...episodes.values()].sort((one, other) => other.episode - one.episode);
}

function isEpisodeEvent(event: SwarmEvent): event is AlertEvent {
  return TYPES.includes(event.type);
}

/** Undefined where the beginning is too long ago to be looked at. */
function after(
  before: AlertEpisode | undefined,
  event: AlertEvent,
  { wallTimeMs: atMs }: DatedRecord,
): AlertEpisode | undefined {
  if (event.type === 'alert.pending') {
    const { key, rule, episode, figure } = event;
    return { key, rule, ...agentOf(event), episode, state: 'pending', figure, beganAtMs: atMs, actions: [] };
  }
  if (event.type === 'alert.fired') {
    const { key, rule, episode, severity, condition, description, figure } = event;
    const fired = { severity, condition, description, figure, firedAtMs: atMs, state: 'firing' } as const;
    const { beganAtMs = atMs } = before ?? {};
    return { key, rule, ...agentOf(event), episode, beganAtMs, actions: [], ...fired };
  }
  if (before === undefined) return undefined;
  if (event.type === 'alert.acted') {
    const { action, outcome, detail } = event;
    return { ...before, actions: [...before.actions, { action, outcome, detail, atMs }] };
  }
  return { ...before, state: event.type === 'alert.cleared' ? 'cleared' : 'resolved', endedAtMs: atMs };
}

function agentOf({ agentId }: Readonly<{ agentId?: AgentId }>): Readonly<{ agentId?: AgentId }> {
  return agentId === undefined ? {} : { agentId };
}
