import { expect, test } from 'vitest';
import { InMemoryJournal } from '../adapters/in-memory/in-memory-journal.ts';
import { swarmId } from '../core/ids.ts';
import { takeOver } from './past.ts';

const SWARM = swarmId('main');

test('who has lost the lock before it could claim the journal deposes nobody', async () => {
  const journal = new InMemoryJournal();
  const { epoch } = await takeOver(journal, SWARM);
  await expect(takeOver(journal, SWARM, () => false)).rejects.toThrow('another process leads by now');
  expect(await journal.claim(SWARM)).toBe(epoch + 1);
});
