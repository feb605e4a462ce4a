import type { JournalRecord } from '../../app/views.ts';
import { nameOf, runOf } from '../../app/views.ts';

/**
 * A record as `--json` prints it: `type`, `seq`, `at` (led time in ms) and `run` first, then `task`, `attempt`,
 * `agent` and `proposal` where there are any, then the event's own data under its own names.
 */
export function eventLine(record: JournalRecord, run: string): Readonly<Record<string, unknown>> {
  const { seq, atMs, event } = record;
  const head = { type: event.type, seq, at: atMs, run };
  if ('taskId' in event) {
    const { type: _type, taskId, ...rest } = event;
    return { ...head, run: runOf(taskId), task: nameOf(taskId), ...withAgent(rest) };
  }
  if ('proposalId' in event) {
    const { type: _type, proposalId, ...rest } = event;
    return { ...head, run: runOf(proposalId), proposal: nameOf(proposalId), ...rest };
  }
  if ('runId' in event) {
    const { type: _type, runId, run: spec, ...rest } = { run: undefined, ...event };
    return { ...head, run: runId, ...(spec === undefined ? {} : { spec }), ...rest };
  }
  const { type: _type, ...rest } = event;
  return { ...head, ...rest };
}

function withAgent(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { agentId, ...rest } = data;
  return agentId === undefined ? rest : { agent: agentId, ...rest };
}
