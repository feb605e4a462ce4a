import { expect, test } from 'vitest';
import { membersOf, openOf, proposalIdOf } from '../../test/support/vote-specs.ts';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { MapTier } from '../adapters/in-memory/map-tier.ts';
import { newProposal, applyProposal } from '../core/consensus/proposal.ts';
import type { SwarmEvent } from '../core/events.ts';
import { runOf, taskId } from '../core/ids.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { DecisionLog } from './decision-log.ts';
import { Notes } from './notes.ts';
import { TieredMemory } from './tiered-memory.ts';

const PROPOSAL = proposalIdOf();
const RUN = runOf(PROPOSAL);
const rule = { quorumPercent: 60, threshold: 'majority' } as const;
const spec = openOf({ members: membersOf(3), kind: 'question', title: 'Shall we ship?' }).proposal;
const opened = { type: 'proposal.opened', proposalId: PROPOSAL, spec, rule, dueMs: 30_000 } as const;
const tally = { total: 3, approve: 2, reject: 0, abstain: 0 };
const closed = {
  type: 'proposal.closed',
  proposalId: PROPOSAL,
  outcome: 'approved',
  cause: 'settled',
  tally,
  votesHash: '',
} as const;

function notesOf(maxNotes?: number): Readonly<{ notes: Notes; memory: TieredMemory }> {
  const clock = new ManualClock();
  const memory = new TieredMemory({ local: new LruTier(clock), persistent: new MapTier(clock) }, clock);
  return { memory, notes: new Notes(memory, maxNotes === undefined ? {} : { maxNotes }) };
}

const fail = (error: unknown): never => {
  throw error;
};
const record = (event: SwarmEvent): JournalRecord => ({ seq: 1, epoch: 1, atMs: 0, event });

test('what a vote came to is written into the decision log of its run, once', async () => {
  const { notes } = notesOf();
  const log = new DecisionLog(notes, fail);
  log.committed([record(opened), record(closed), record(closed)]);
  await log.close();
  expect(await notes.decisions(RUN)).toMatchObject([{ by: 'vote', outcome: 'approved', why: 'Shall we ship?' }]);
});

test('a vote that closed before a crash is written by the next leader, and never over what is there', async () => {
  const { notes } = notesOf();
  const proposal = applyProposal(newProposal(opened), closed);
  for (let lead = 0; lead < 2; lead++) {
    const log = new DecisionLog(notes, fail);
    log.know([proposal]);
    await log.close();
  }
  expect(await notes.decisions(RUN)).toHaveLength(1);
});

test('votes on the findings of a check are left to its report', async () => {
  const { notes } = notesOf();
  const log = new DecisionLog(notes, fail);
  log.committed([record({ ...opened, spec: { ...spec, kind: 'finding' } }), record(closed)]);
  await log.close();
  expect(await notes.decisions(RUN)).toEqual([]);
});

test('trouble with memory is told and stops nothing', async () => {
  const { notes, memory } = notesOf();
  const troubles: unknown[] = [];
  const log = new DecisionLog(notes, (error) => troubles.push(error));
  memory.set = () => Promise.reject(new Error('no room'));
  log.committed([record(opened), record(closed)]);
  await log.close();
  expect(troubles).toMatchObject([{ message: 'no room' }]);
});

test('of each kind the newest are kept, over all runs', async () => {
  const { notes, memory } = notesOf(3);
  for (let attempt = 1; attempt <= 5; attempt++) {
    await notes.handOff({ taskId: taskId(RUN, `t${attempt}`), attempt }, { text: 'x' }, {});
    await notes.checkpoint({ taskId: taskId(RUN, 't'), attempt }, attempt, {});
  }
  await memory.set('swarm:mine', 1, { persistent: true });
  await notes.trim();
  const kept = await memory.keys('*', 100);
  expect(kept).toEqual([
    ...[3, 4, 5].map((attempt) => `checkpoint/${RUN}:t/${attempt}`),
    ...[3, 4, 5].map((attempt) => `hand-off/${RUN}:t${attempt}/${attempt}`),
    'swarm:mine',
  ]);
  expect((await notes.lastCheckpoint({ taskId: taskId(RUN, 't'), attempt: 6 }))?.data).toBe(5);
});

test('attempts are counted as numbers: the tenth comes after the second', async () => {
  const { notes } = notesOf();
  const task = taskId(RUN, 't');
  for (const attempt of [2, 10, 1]) await notes.handOff({ taskId: task, attempt }, { text: `${attempt}` }, {});
  const given = await notes.handOffs({ taskId: task, attempt: 11 }, []);
  expect(given.map(({ text }) => text)).toEqual(['1', '2', '10']);
  expect(await notes.handOffs({ taskId: taskId(RUN, 'next'), attempt: 1 }, ['t', 'none'])).toMatchObject([
    { text: '10' },
  ]);
});

test('decisions with other titles are other decisions, however alike the titles are; the same title replaces', async () => {
  const { notes } = notesOf();
  const alike = [
    'Is a<b?',
    'Is a>b?',
    `${'long '.repeat(60)}one`,
    `${'long '.repeat(60)}two`,
    '🐝',
    '🍯',
    '𝒜'.repeat(200),
  ];
  for (const title of [...alike, 'port', 'port']) await notes.decide(RUN, 't1', { title, outcome: 'yes' }, {});
  const titles = (await notes.decisions(RUN)).map(({ title }) => title);
  expect(titles).toEqual(['port', ...alike.toReversed()]);
});
