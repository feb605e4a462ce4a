/** Makes the tables of memory in a store what version 2.0 had, empty. */
export const OLD_MEMORY = `
  drop table memory; drop table memory_clock; drop table memory_text;
  create table memory (key text primary key, value text not null, version integer not null, expires_at_ms integer,
    crc integer not null) strict, without rowid;
  create index memory_by_expiry on memory (expires_at_ms) where expires_at_ms is not null;
  create table memory_clock (one integer primary key check (one = 1), version integer not null) strict;
  insert into memory_clock values (1, 0);`;

/** Makes the table of agents what it was before 3.1. */
export const OLD_AGENTS: string =
  'alter table agents drop column health_seq; alter table agents drop column breaker_seq;';
