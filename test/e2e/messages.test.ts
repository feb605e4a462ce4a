import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonLines, TestProject } from './support/project.ts';

/** Any language can do this: one line out, one line in. */
const BY_HAND = `
  const { WAGGLE_SOCKET, WAGGLE_ATTEMPT_TOKEN: token } = process.env;
  const socket = require('node:net').connect(WAGGLE_SOCKET);
  socket.write(JSON.stringify({ id: 7, token, op: 'messages.send', args: { topic: 'news.built', body: 2 } }) + '\\n');
  socket.on('data', (line) => { process.stdout.write(line); socket.end(); });`;

const TALK = `
name: talk
tasks:
  first:
    shell: waggle messages send --to task:b --body '{"x":"early"}'
  a:
    needs: [first]
    shell: |
      set -e
      waggle messages subscribe 'news.*'
      waggle messages send --to task:b --type question --priority high --body '{"x":1}'
      waggle messages receive --limit 1 --wait 30s > a.json
      waggle messages receive --limit 1 --wait 30s >> a.json
      waggle messages send --to user:ann --text done
  b:
    needs: [first]
    shell: |
      set -e
      cp "$WAGGLE_MESSAGES" b-file.json
      waggle messages receive --limit 1 > b.json
      waggle messages receive --limit 1 --wait 30s >> b.json
      waggle messages send --to task:a --body '"pong"'
      node by-hand.cjs
      ! waggle messages send --to task:nobody --body 1 2> refused.txt
`;

function linesOf(project: TestProject, file: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(join(project.root, file), 'utf8').trimEnd().split('\n');
  return lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
}

test('commands talk to each other and to people, and what they said can be read', { timeout: 120_000 }, async () => {
  using project = new TestProject({ 'talk.yaml': TALK, 'by-hand.cjs': BY_HAND });
  const ran = await project.waggle('run', 'talk.yaml', '--agents', '2');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(linesOf(project, 'b-file.json')).toContainEqual(expect.objectContaining({ body: { x: 'early' } }));
  // Both, whichever was there when it started.
  expect(linesOf(project, 'b.json')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ from: 'task:first', body: { x: 'early' } }),
      expect.objectContaining({ from: 'task:a', type: 'question', priority: 'high', body: { x: 1 } }),
    ]),
  );
  expect(linesOf(project, 'a.json')).toMatchObject([{ body: 'pong' }, { topic: 'news.built', body: 2 }]);
  expect(readFileSync(join(project.root, 'refused.txt'), 'utf8')).toMatch(/recipient-unknown/);

  const list = jsonLines(await project.waggle('messages', '--json'));
  expect(list.map(({ from, to, topic, body }) => [from, to ?? topic, body])).toEqual([
    ['task:a', 'user:ann', 'done'],
    ['task:b', 'news.built', 2],
    ['task:b', 'task:a', 'pong'],
    ['task:a', 'task:b', { x: 1 }],
    ['task:first', 'task:b', { x: 'early' }],
  ]);
  const waiting = await project.waggle('messages', 'list', '--waiting');
  expect(waiting.stdout).toMatch(/^ *no +from +to +state +sent +type +body\n#5 +task:a +user:ann +waits .* "done"\n$/);
  const shown = await project.waggle('messages', 'show', '#2');
  expect(shown.stdout).toMatch(/^question .*\n {2}from +task:a\n {2}to +task:b\n {2}priority +high\n/);
  expect(shown.stdout).toMatch(/task:b +read, .* after it was sent\n$/);
  const tail = await project.waggle('messages', 'tail', '--follow');
  expect(tail.stdout).toMatch(/#2 task:a → task:b {2}question {2}\{"x":1\}\n/);
  expect(tail.stdout).toContain('task:a subscribes to news.*\n');
  expect((await project.waggle('messages', 'receive', '--as', 'ann')).stdout).toContain('"done"');
  expect(await project.waggle('messages', 'list', '--dead')).toMatchObject({ code: 0, stdout: 'No such messages.\n' });
  expect(await project.waggle('messages', 'show', '9')).toMatchObject({ code: 2 });

  // The token of an attempt is written down nowhere.
  const stored = readFileSync(join(project.root, '.waggle', 'swarm.sqlite'), 'latin1');
  expect(stored).not.toMatch(/WAGGLE_ATTEMPT_TOKEN/);
  expect(readdirSync(join(project.root, '.waggle', 'exchange'))).toEqual([]);
});

test('a person writes to a task that waits, from another process', { timeout: 120_000 }, async () => {
  using project = new TestProject({
    'ask.yaml':
      "name: ask\ntasks:\n  wait:\n    shell: echo '::waggle step=waiting'; waggle messages receive --wait 60s > got.json\n",
  });
  const call = project.start(['run', 'ask.yaml']);
  await call.says('wait  starts on');
  const sent = await project.waggle('messages', 'send', '--to', 'task:wait', '--text', 'go on', '--as', 'ann');
  expect(sent, sent.stderr).toMatchObject({ code: 0 });
  expect(sent.stdout).toMatch(/^Sent as \S+ to task:wait\.\n$/);
  expect(await call.ended).toMatchObject({ code: 0 });
  expect(linesOf(project, 'got.json')).toMatchObject([{ from: 'user:ann', body: 'go on' }]);
  const late = await project.waggle('messages', 'send', '--to', 'task:wait', '--text', 'too late');
  expect(late).toMatchObject({ code: 1 });
});

test(
  'a person waits for the first message, and is told by the exit code when none has come',
  { timeout: 120_000 },
  async () => {
    using project = new TestProject({
      'tell.yaml': `name: tell
tasks:
  tell: { shell: "waggle messages receive --wait 60s && waggle messages send --to user:ann --text here && waggle messages receive --wait 60s" }
`,
    });
    const call = project.start(['run', 'tell.yaml']);
    await call.says('tell  starts on');
    expect(await project.waggle('messages', 'receive', '--as', 'ann')).toMatchObject({ code: 1, stdout: '' });
    const waiting = project.waggle('messages', 'receive', '--as', 'ann', '--wait', '60s');
    await project.waggle('messages', 'send', '--to', 'task:tell', '--text', 'tell her');
    const received = await waiting;
    expect(received).toMatchObject({ code: 0 });
    expect(received.stdout).toContain('"here"');
    expect(await project.waggle('messages', 'receive', '--as', 'ann', '--wait', '1ms')).toMatchObject({ code: 1 });
    await project.waggle('messages', 'send', '--to', 'task:tell', '--text', 'end');
    expect(await call.ended).toMatchObject({ code: 0 });
  },
);

test('what cannot be sent is said before anything is looked at', { timeout: 60_000 }, async () => {
  using project = new TestProject();
  const mistakes = [
    [['send', '--text', 'x'], 'needs --to or --topic'],
    [['send', '--to', 'all'], 'needs --body or --text'],
    [['send', '--to', 'all', '--body', '{x:1}'], 'is no JSON'],
    [['send', '--to', 'all', '--text', 'x', '--priority', 'urgent'], 'critical, high, normal'],
    [['subscribe', 'a.*'], 'inside a task'],
  ] as const;
  for (const [words, what] of mistakes) {
    const ended = await project.waggle('messages', ...words);
    expect([ended.code, ended.stdout], words.join(' ')).toEqual([2, '']);
    expect(ended.stderr).toContain(what);
  }
});
