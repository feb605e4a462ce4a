import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BadCell, checksum, integer, text, type Cells } from './cells.ts';
import { firstHash } from './event-hash.ts';
import { damaged } from './store-error.ts';

/** One swarm of a store: who leads it, where its journal ends, and how many rows its lists must have. */
export type SwarmRow = Readonly<{
  no: number;
  name: string;
  epoch: number;
  headSeq: number;
  headHash: string;
  runs: number;
  agents: number;
  artifacts: number;
  proposals: number;
}>;

const ALL = 'select * from swarms';
const PUT = `insert or replace into swarms (no, name, epoch, head_seq, head_hash, runs, agents, artifacts, proposals, crc)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const NEXT = 'select coalesce(max(no), 0) + 1 as no from swarms';

const NO_ROWS = { runs: 0, agents: 0, artifacts: 0, proposals: 0 };

export class SwarmRows {
  readonly #path: string;
  readonly #all: StatementSync;
  readonly #put: StatementSync | undefined;
  readonly #next: StatementSync;

  constructor(db: DatabaseSync, path: string, mode: 'read' | 'write') {
    this.#path = path;
    this.#all = db.prepare(ALL);
    this.#put = mode === 'write' ? db.prepare(PUT) : undefined;
    this.#next = db.prepare(NEXT);
  }

  /** Looks at all of them, a handful at most: a damaged name must not make its swarm look new. */
  get(name: string): SwarmRow | undefined {
    try {
      const swarms = this.#all.all().map(readSwarm);
      return swarms.find((swarm) => swarm.name === name);
    } catch (error) {
      if (error instanceof BadCell) throw damaged(this.#path, `in the row of a swarm: ${error.message}`, error);
      throw error;
    }
  }

  put(swarm: SwarmRow): void {
    this.#put?.run(...cellsOf(swarm), checksum(cellsOf(swarm)));
  }

  /** A swarm without records; not stored yet. */
  fresh(name: string): SwarmRow {
    const no = Number(this.#next.get()?.['no']);
    return { no, name, epoch: 0, headSeq: 0, headHash: firstHash(name), ...NO_ROWS };
  }
}

function cellsOf(swarm: SwarmRow): readonly (string | number)[] {
  const { no, name, epoch, headSeq, headHash, runs, agents, artifacts, proposals } = swarm;
  return [no, name, epoch, headSeq, headHash, runs, agents, artifacts, proposals];
}

function readSwarm(row: Cells): SwarmRow {
  const swarm: SwarmRow = {
    no: integer(row, 'no'),
    name: text(row, 'name'),
    epoch: integer(row, 'epoch'),
    headSeq: integer(row, 'head_seq'),
    headHash: text(row, 'head_hash'),
    runs: integer(row, 'runs'),
    agents: integer(row, 'agents'),
    artifacts: integer(row, 'artifacts'),
    proposals: integer(row, 'proposals'),
  };
  if (checksum(cellsOf(swarm)) !== row['crc']) throw new BadCell('a row does not fit its checksum');
  return swarm;
}
