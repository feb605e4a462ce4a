import { DatabaseSync } from 'node:sqlite';

/** "WAGG": marks a database file as ours. */
export const APPLICATION_ID = 0x57_41_47_47;

/**
 * major × 1,000 + minor. A newer minor only adds what older programs need not know; a newer major cannot be read by
 * them. Change it together with a step in `migrations.ts`.
 */
export const SCHEMA_VERSION = 3_001;

/** The form of the events that this program writes. Older ones are lifted by `upcast.ts` when they are read. */
export const EVENT_VERSION = 1;

/**
 * The key of an event: one integer, so that SQLite appends to full pages. Measured against a key of two columns: a sixth
 * fewer pages per commit (bench/journal.ts).
 */
export function eventId(swarm: number, seq: number): number {
  return swarm * SEQS_PER_SWARM + seq;
}

const SEQS_PER_SWARM = 2 ** 40;

/** What an event is about, for people who look with SQL. */
export const ENTITY_COLUMN = `entity text generated always as (coalesce(data ->> '$.taskId', data ->> '$.proposalId',
    data ->> '$.runId', data ->> '$.agentId')) virtual`;

export const PROPOSAL_COUNT_COLUMN = 'proposals integer not null default 0';

/** Since version 2.0. */
export const PROPOSAL_TABLES = `
create table proposals (
  swarm integer not null,
  opened_seq integer not null,
  proposal_id text not null,
  opened_at_ms integer not null,
  state text not null,
  votes integer not null,
  closed_seq integer,
  closed_at_ms integer,
  acted_seq integer,
  crc integer not null,
  primary key (swarm, opened_seq)
) strict, without rowid;

create unique index proposals_by_id on proposals (swarm, proposal_id);

create table votes (
  swarm integer not null,
  proposal_id text not null,
  member_id text not null,
  choice text not null,
  voted_seq integer not null,
  voted_at_ms integer not null,
  judged_seq integer,
  crc integer not null,
  primary key (swarm, proposal_id, member_id)
) strict, without rowid;
`;

/** Since version 3.0. `entries` and `bytes`: of all rows, expired ones too. `rowid` of a text: the entry's version. */
export const MEMORY_TABLES = `
create table memory (
  key text primary key,
  value text not null,
  version integer not null,
  expires_at_ms integer,
  lasting integer not null,
  author text not null,
  task text,
  attempt integer,
  written_at_ms integer not null,
  crc integer not null
) strict, without rowid;

create index memory_by_expiry on memory (expires_at_ms) where expires_at_ms is not null;

create table memory_clock (
  one integer primary key check (one = 1),
  version integer not null,
  entries integer not null,
  bytes integer not null
) strict;

create virtual table memory_text using fts5 (name, body, tokenize = 'unicode61 remove_diacritics 2');
`;

/**
 * `events` is the truth; the tables below it are written in the same transaction. Each row of those has a checksum,
 * and `swarms` has the number of rows, so that a damaged or lost row is noticed by whoever reads it.
 */
export const SCHEMA: string = `
create table swarms (
  no integer primary key,
  name text not null unique,
  epoch integer not null,
  head_seq integer not null,
  head_hash text not null,
  runs integer not null,
  agents integer not null,
  artifacts integer not null,
  crc integer not null,
  ${PROPOSAL_COUNT_COLUMN}
) strict;

create table events (
  id integer primary key,
  epoch integer not null,
  at_ms integer not null,
  wall_ms integer not null,
  version integer not null,
  hash text not null,
  data text not null,
  swarm integer generated always as (id >> 40) virtual,
  seq integer generated always as (id & 0xffffffffff) virtual,
  type text generated always as (data ->> '$.type') virtual,
  ${ENTITY_COLUMN}
) strict;

create table snapshots (
  swarm integer not null,
  seq integer not null,
  event_hash text not null,
  state text not null,
  checksum text not null,
  primary key (swarm, seq)
) strict, without rowid;

create table runs (
  swarm integer not null,
  created_seq integer not null,
  run_id text not null,
  created_at_ms integer not null,
  state text not null,
  task_count integer not null,
  finished_seq integer,
  finished_at_ms integer,
  counts text,
  crc integer not null,
  primary key (swarm, created_seq)
) strict, without rowid;

create unique index runs_by_id on runs (swarm, run_id);

create table tasks (
  swarm integer not null,
  task_id text not null,
  position integer not null,
  added_seq integer not null,
  added_position integer not null,
  origin_crc integer not null,
  status text not null default 'added',
  state_seq integer not null default 0,
  ended_at_ms integer,
  attempt integer,
  agent_id text,
  started_at_ms integer,
  outcome text,
  claim_seq integer,
  report_seq integer,
  attempt_end_seq integer,
  attempt_ended_at_ms integer,
  state_crc integer not null default 0,
  primary key (swarm, task_id)
) strict, without rowid;

create table past_attempts (
  swarm integer not null,
  task_id text not null,
  attempt integer not null,
  agent_id text not null,
  started_at_ms integer not null,
  outcome text not null,
  claim_seq integer,
  report_seq integer,
  attempt_end_seq integer,
  attempt_ended_at_ms integer,
  crc integer not null,
  primary key (swarm, task_id, attempt)
) strict, without rowid;

create view attempts as
  select swarm, task_id, attempt, agent_id, started_at_ms, outcome, attempt_end_seq, attempt_ended_at_ms
    from past_attempts
  union all
  select swarm, task_id, attempt, agent_id, started_at_ms, outcome, attempt_end_seq, attempt_ended_at_ms
    from tasks where attempt is not null;

create table agents (
  swarm integer not null,
  agent_id text not null,
  registered_seq integer not null,
  position integer not null,
  running integer not null,
  succeeded integer not null,
  failed integer not null,
  removed integer not null,
  crc integer not null,
  health_seq integer,
  breaker_seq integer,
  primary key (swarm, agent_id)
) strict, without rowid;

create table artifacts (
  swarm integer not null,
  sha256 text not null,
  task_id text not null,
  attempt integer not null,
  name text not null,
  bytes integer not null,
  crc integer not null,
  primary key (swarm, sha256, task_id, attempt, name)
) strict, without rowid;

${PROPOSAL_TABLES}
${MEMORY_TABLES}
insert into memory_clock values (1, 0, 0, 0);
`;

const FINGERPRINT = `select coalesce(group_concat(type || ':' || name || ':' || coalesce(sql, ''), char(10)), '') as text
  from (select type, name, sql from sqlite_schema where name not glob 'memory_text_*' order by type, name)`;

/** The text of all that the schema defines, without what SQLite itself makes for full-text search, in a fixed order; the blanks differ when a migration added a column. */
export function schemaFingerprint(db: DatabaseSync): string {
  const text = String(db.prepare(FINGERPRINT).get()?.['text']);
  return text.replaceAll(/\s+/g, ' ').replaceAll(/ ?([(),]) ?/g, '$1');
}

/** What `schemaFingerprint` gives for a sound store of this version. */
export function expectedFingerprint(): string {
  using model = new DatabaseSync(':memory:');
  model.exec(SCHEMA);
  return schemaFingerprint(model);
}
