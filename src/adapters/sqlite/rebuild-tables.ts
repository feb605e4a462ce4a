import type { DatabaseSync } from 'node:sqlite';
import { Projector } from '../../core/read-tables/projector.ts';
import type { HashedRecord } from './event-hash.ts';
import type { EventReader } from './event-reader.ts';
import { RowWriter } from './row-writer.ts';
import type { SwarmRow } from './swarm-rows.ts';
import { upcast } from './upcast.ts';

const TABLES = ['runs', 'tasks', 'past_attempts', 'agents', 'artifacts', 'proposals', 'votes'];

/**
 * Makes the read tables of one swarm from its journal, inside the caller's transaction, and gives the swarm's row with
 * the new counts. Throws on damage of the journal itself.
 */
export function rebuildTables(db: DatabaseSync, events: EventReader, swarm: SwarmRow): SwarmRow {
  for (const table of TABLES) db.prepare(`delete from ${table} where swarm = ?`).run(swarm.no);
  const writer = new RowWriter(db, swarm.no);
  const projector = new Projector(writer);
  let { runs, agents, artifacts, proposals } = { runs: 0, agents: 0, artifacts: 0, proposals: 0 };
  for (let fromSeq = 1; fromSeq <= swarm.headSeq;) {
    const { records } = events.page(swarm, fromSeq);
    for (const batch of sameTime(records)) {
      const projected = batch.map(({ seq, data, version }) => ({ seq, event: upcast(data, version) }));
      const added = writer.write(projector.project(projected, batch[0]?.wallMs ?? 0), batch[0]?.seq ?? 0);
      runs += added.runs;
      agents += added.agents;
      artifacts += added.artifacts;
      proposals += added.proposals;
    }
    fromSeq += records.length;
  }
  return { ...swarm, runs, agents, artifacts, proposals };
}

/** Neighbours with one wall time were written together, or might have been. */
function sameTime(records: readonly HashedRecord[]): readonly HashedRecord[][] {
  const batches: HashedRecord[][] = [];
  for (const record of records) {
    const last = batches.at(-1);
    if (last?.[0]?.wallMs === record.wallMs) last.push(record);
    else batches.push([record]);
  }
  return batches;
}
