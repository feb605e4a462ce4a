import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { ScriptedMessages } from '../testing/scripted-messages.ts';
import { writeData } from './data-files.ts';
import { foundEarly } from './found-early.ts';
import { inventory } from './inventory.ts';
import { secrets } from './secrets.ts';

const KEY = ['AKIA', 'Q3EGRZ5X', 'T2MJ7VWK'].join('');
const signal = new AbortController().signal;

let data: string;
let messages: ScriptedMessages;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'waggle-early-'));
  messages = new ScriptedMessages();
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Looks for secrets, and delivers what was told to whoever comes next. */
async function search(): Promise<void> {
  using repository = new TestRepository({ 'src/a.js': `export const id = '${KEY}';\n`, 'src/b.js': 'export {};\n' });
  const input = { root: realpathSync(repository.path), data };
  await inventory({ input, signal });
  await secrets({ input, signal, messages });
  for (const { topic = '', body, type = '', id = '' } of messages.sent) messages.deliver({ id, topic, body, type });
}

test('what a search has found is told at once, under one id for the same place, and never with the secret itself', async () => {
  await search();
  expect(messages.sent).toMatchObject([
    { topic: 'found.secrets', type: 'finding', body: { kind: 'secret', file: 'src/a.js', line: 1 } },
  ]);
  const [first] = messages.sent;
  expect(JSON.stringify(messages.sent)).not.toContain(KEY);
  await search();
  expect(messages.sent[1]?.id).toBe(first?.id);
});

test('a search that has ended says it all in its file, so its messages add nothing', async () => {
  await search();
  expect(await foundEarly(messages, data)).toEqual([]);
  expect(messages.acknowledged).toHaveLength(1);
});

test('what a search has found before it failed is not lost', async () => {
  await search();
  rmSync(join(data, 'secrets.json'));
  messages.deliver({ topic: 'found.secrets', body: { kind: 'secret' } });
  messages.deliver({ topic: 'found.others', body: null });
  const found = await foundEarly(messages, data);
  expect(found).toMatchObject([{ kind: 'secret', file: 'src/a.js', line: 1, anchor: 'secret src/a.js:1' }]);
  expect(found[0]?.evidence.at(-1)?.text).toMatch(/ended early/);
  expect(messages.acknowledged).toHaveLength(3);
});

test('a detector that is called by itself tells nobody, and whoever orders findings then hears nothing', async () => {
  writeData(data, 'secrets', { findings: [], looked: 0, leftOut: [] });
  expect(await foundEarly(undefined, data)).toEqual([]);
});
