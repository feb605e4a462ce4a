import type { SwarmEvent } from '../events.ts';
import type { AgentRecord } from './records.ts';
import type { AgentRow } from './rows.ts';

type Source = Readonly<{ event: (seq: number) => SwarmEvent }>;

/** How an agent is doing, from the events that its row names. Nothing where nothing speaks against it. */
export function healthRecord(source: Source, row: AgentRow): Pick<AgentRecord, 'health' | 'breaker' | 'draining'> {
  const { healthSeq, breakerSeq } = row;
  return {
    ...(healthSeq === null ? {} : healthOf(source.event(healthSeq))),
    ...(breakerSeq === null ? {} : breakerOf(source.event(breakerSeq))),
  };
}

function healthOf(event: SwarmEvent): Pick<AgentRecord, 'health' | 'draining'> {
  if (event.type === 'agent.draining') return { draining: event.because };
  if (event.type === 'agent.stopped') {
    return { health: { status: 'lost', causes: ['silent'], isStopped: true } };
  }
  if (event.type !== 'agent.health-changed' || event.status === 'healthy') return {};
  return { health: { status: event.status, causes: event.causes, isStopped: false } };
}

function breakerOf(event: SwarmEvent): Pick<AgentRecord, 'breaker'> {
  if (event.type === 'breaker.opened') return { breaker: 'open' };
  return event.type === 'breaker.half-opened' ? { breaker: 'half-open' } : {};
}
