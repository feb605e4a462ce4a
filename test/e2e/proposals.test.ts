import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NodeChild } from '../support/kill.ts';
import { jsonLines, TestProject } from './support/project.ts';

const PROGRAM = new URL('../support/voting-swarm.ts', import.meta.url);

/** A program that leads, in which two of four have voted. */
async function startVote(project: TestProject, ...more: readonly string[]): Promise<NodeChild> {
  const child = new NodeChild(PROGRAM, [project.root, ...more], { env: project.env(), cwd: project.root });
  for (let votes = 0; votes < 2;) {
    const line = await child.line();
    if (line === undefined) throw new Error((await child.ended).stderr);
    if (line === 'proposal.voted') votes++;
  }
  return child;
}

test('a person looks at a vote, takes part in it, and it is done', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'credential.txt': 'open sesame\n', 'wrong.txt': 'open up\n' });
  expect(await project.waggle('proposals')).toMatchObject({ code: 0, stdout: 'Nothing was voted on.\n' });
  await using program = await startVote(project);

  const list = await project.waggle('proposals', 'list', '--open');
  expect(list.stdout).toMatch(/^proposal +state +voted +opened +about\nr1\/ship +open +2\/4 +\S+ +Is version 1\.2\.0/);
  const show = await project.waggle('proposals', 'show', 'sh');
  expect(show.stdout).toContain('\nr1/ship  open\n  about     release-1.2.0 (question)\n');
  expect(show.stdout).toContain('\n  needs     votes of 4 of 5 (80 %), and more for it than against\n');
  expect(show.stdout).toContain('\n  stands    2 for, 0 against, 0 abstained, 3 silent\n');
  expect(show.stdout).toMatch(/\ntask:tests {2}for {2}\S+\n {4}all 214 tests passed\n {4}- measured: in a clean copy/);
  expect(show.stdout).toContain('\nuser:ann (weight 2)  has not voted\nci (by credential)  has not voted\n');

  const mistakes = [
    [['ship', 'approve', '--as', 'bob'], '"bob" has no vote in r1/ship.', 'People with a vote: ann.'],
    [['ship', 'approve', '--as', 'task:tests'], 'votes from its own attempt', '--as <name>'],
    [['ship', 'approve', '--as', 'ci'], 'ci must show a credential', '--credential-file <file>'],
    [['ship', 'approve', '--as', 'ann', '--credential-file', 'wrong.txt'], 'has no credential to show', 'without'],
    [['ship', 'approve', '--as', 'ci', '--credential-file', 'none.txt'], 'no readable file', 'Give the file'],
    [['ship', 'approve', '--as', 'ann', '--content', '0123'], 'not 0123', 'Look again'],
    [['ship', 'approve', '--as', 'ann', '--content', ''], '--content', 'at least the first 4 characters'],
    [['shop', 'approve', '--as', 'ann'], 'has no proposal "shop"', 'Did you mean "ship"?'],
    [['ship', 'yes', '--as', 'ann'], 'yes', 'approve, reject, abstain'],
    [['ship', 'approve'], '--as', ''],
  ] as const;
  for (const [words, what, fix] of mistakes) {
    const ended = await project.waggle('proposals', 'vote', ...words);
    expect([ended.code, ended.stdout], words.join(' ')).toEqual([2, '']);
    expect(ended.stderr).toContain(what);
    expect(ended.stderr).toContain(fix);
  }
  const wrong = ['ship', 'approve', '--as', 'ci', '--credential-file', 'wrong.txt'];
  const forged = await project.waggle('proposals', 'vote', ...wrong);
  expect([forged.code, forged.stdout]).toEqual([1, '']);
  expect(forged.stderr).toContain('could not show who it is');

  const content = String(jsonLines(await project.waggle('proposals', '--json'))[0]?.['contentHash']).slice(0, 12);
  const vote = ['vote', 'r1/ship', 'approve', '--as', 'ann', '--reason', 'read it', '--content', content];
  const voted = await project.waggle('proposals', ...vote);
  expect(voted).toMatchObject({ code: 0 });
  expect(voted.stderr).toContain(`(content ${content}…)`);
  expect(voted.stdout).toBe(
    'The vote of user:ann is counted: approve.\nThe vote is over: approved: no vote that was left could change it.\n',
  );
  expect((await program.rest()).at(-1)).toBe('done approved');

  const again = await project.waggle('proposals', ...vote);
  expect([again.code, again.stdout.split('\n')[0]]).toEqual([0, 'The vote of user:ann was counted before: approve.']);
  const late = await project.waggle('proposals', 'vote', 'ship', 'reject', '--as', 'ann');
  expect([late.code, late.stdout]).toEqual([1, '']);
  expect(late.stderr).toContain('The vote is over: approved.');
  const shown = await project.waggle('proposals', 'show', 'ship');
  expect(shown.stdout).toContain('\nr1/ship  approved, done\n');
  expect(shown.stdout).toContain('\n  action    calls publish with {"version":"1.2.0"}: done\n');
  expect(shown.stdout).toContain('\n  outcome   approved: no vote that was left could change it\n');
  expect(shown.stdout).toContain('\nuser:ann (weight 2)  for  ');
  expect((await project.waggle('proposals', '--open')).stdout).toBe('Nothing is voted on now.\n');

  const json = [
    await project.waggle('proposals', '--json'),
    await project.waggle('proposals', 'show', 'ship', '--json'),
  ];
  for (const ended of json) {
    expect(jsonLines(ended)).toMatchObject([
      { type: 'proposal', run: 'r1', proposal: 'ship', state: 'approved', cause: 'settled', voted: 3, members: 4 },
    ]);
  }
  expect(jsonLines(await project.waggle('proposals', ...vote, '--json'))).toMatchObject([
    { type: 'proposal.voted', run: 'r1', proposal: 'ship', member: 'user:ann', choice: 'approve', state: 'approved' },
  ]);

  const narrow = project.startOnTerminal(['proposals', 'show', 'ship'], 60, 30);
  const { stdout } = await narrow.ended;
  // oxlint-disable-next-line no-control-regex -- what a terminal gets
  const lines = stdout.replaceAll(/\x1b\[[\d;?]*[a-zA-Z]/g, '').split(/\r?\n/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
});

test('a vote that nobody leads is counted, and the run goes on with it', { timeout: 60_000 }, async () => {
  using project = new TestProject();
  await using program = await startVote(project);
  program.kill();
  await program.ended;
  const voted = await project.waggle('proposals', 'vote', 'ship', 'approve', '--as', 'ann');
  expect(voted).toMatchObject({ code: 0 });
  expect(voted.stdout).toContain('is counted: approve');
  // The command has no function "publish": what was approved waits for the program that has it.
  const shown = await project.waggle('proposals', 'show', 'ship');
  expect(shown.stdout).toContain('\nr1/ship  approved, doing\n');
  expect((await project.waggle('runs', 'list')).stdout).toMatch(/\nr1 +paused/);
  await using next = new NodeChild(PROGRAM, [project.root], { env: project.env(), cwd: project.root });
  expect((await next.rest()).at(-1)).toBe('done approved');
  expect(readFileSync(join(project.root, 'published.log'), 'utf8')).toBe('r1/ship\n');
});

test('an approved program is run to its end by a vote that nobody leads', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'publish.sh': 'sleep 0.5; echo "$WAGGLE_PROPOSAL" >> published.log\n' });
  await using program = await startVote(project, '60000', 'command');
  program.kill();
  await program.ended;
  const voted = await project.waggle('proposals', 'vote', 'ship', 'approve', '--as', 'ann');
  expect(voted.stderr).toContain('It is approved. Doing it now.\n');
  expect(voted.stdout).toContain('\nWhat was approved runs sh publish.sh: done.\n');
  expect(readFileSync(join(project.root, 'published.log'), 'utf8')).toBe('r1/ship\n');
});
