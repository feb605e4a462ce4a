import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { proposalId, runId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ApprovedProposal, LoadedContent, VetoToConfirm } from '../../ports/proposal-duties.ts';
import { CleanCopies } from '../plain-directory/clean-copies.ts';
import { DirectoryCaptures } from '../plain-directory/directory-captures.ts';
import { SystemProcessRunner } from '../system/system-process-runner.ts';
import { contentHashOf } from './approved-action.ts';
import { CoordinatorDuties } from './coordinator-duties.ts';

const RUN = runId('r1');
const ID = proposalId(RUN, 'ship');
const { signal } = new AbortController();
let root: string;
let project: string;
let calls: unknown[];
let duties: CoordinatorDuties;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'waggle-duties-'));
  project = join(root, 'project');
  await mkdir(project);
  await mkdir(join(root, 'own'));
  calls = [];
  const captures = new DirectoryCaptures(join(root, 'captures'), { files: 100, bytes: 1_000_000 });
  const limits = { files: 100, bytes: 1_000_000 };
  duties = new CoordinatorDuties({
    project,
    workspaces: new CleanCopies({
      folder: join(root, 'data'),
      copies: join(root, 'copies'),
      capturesFor: async () => captures,
      limits,
    }),
    processes: await SystemProcessRunner.open(),
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    folder: join(root, 'own'),
    functions: {
      has: (name) => name === 'publish',
      call: async (name, input, { proposalId: key }) => void calls.push({ name, input, key }),
    },
  });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const vetoOf = (...reproduce: readonly string[]): VetoToConfirm => ({
  proposalId: ID,
  runId: RUN,
  memberId: 'm1',
  reproduce,
  project,
});
const approved = (action: JsonObject): ApprovedProposal => ({
  proposalId: ID,
  runId: RUN,
  subject: 's',
  contentHash: '',
  action,
  project,
});

async function loaded(action: JsonObject): Promise<LoadedContent> {
  const content = await duties.load(approved(action));
  assert.ok(content !== undefined && content !== 'not-here');
  return content;
}

describe('a veto', () => {
  test('is shown by a program that ends with 0, in a copy of the project that nobody else has', async () => {
    await writeFile(join(project, 'data.txt'), 'broken\n');
    assert.equal(await duties.confirmVeto(vetoOf('sh', '-c', 'grep -q broken data.txt'), signal), true);
    assert.equal(await duties.confirmVeto(vetoOf('sh', '-c', 'grep -q fine data.txt'), signal), false);
    assert.equal(await duties.confirmVeto(vetoOf('no-such-program'), signal), false);
  });

  test('changes nothing in the project and leaves nothing behind', async () => {
    await writeFile(join(project, 'data.txt'), 'as it was\n');
    await duties.confirmVeto(vetoOf('sh', '-c', 'echo changed > data.txt; touch new.txt'), signal);
    assert.equal(await readFile(join(project, 'data.txt'), 'utf8'), 'as it was\n');
    assert.deepEqual(await readdir(project), ['data.txt']);
    assert.deepEqual(await readdir(join(root, 'copies')), []);
    assert.deepEqual(await readdir(join(root, 'captures')), []);
  });

  test('has a clean environment', async () => {
    const shows = 'test -z "$HOME" && test -n "$PATH"';
    assert.equal(await duties.confirmVeto(vetoOf('sh', '-c', shows), signal), true);
  });

  test('is not shown by a program that is stopped', async () => {
    const controller = new AbortController();
    const checked = duties.confirmVeto(vetoOf('sh', '-c', `touch ${root}/begun; sleep 60`), controller.signal);
    while (!(await readdir(root)).includes('begun')) await new Promise(setImmediate);
    controller.abort('not-needed');
    assert.equal(await checked, false);
  });
});

describe('an approved function', () => {
  const action = { type: 'function', function: 'publish', input: { version: '1.2.0' } };

  test('is called with its input and the key, and its hash does not hang on the order of keys', async () => {
    const content = await loaded(action);
    assert.equal(content.contentHash, await contentHashOf(action, project));
    const turned = { input: { version: '1.2.0' }, function: 'publish', type: 'function' };
    assert.equal(content.contentHash, await contentHashOf(turned, project));
    assert.notEqual(content.contentHash, await contentHashOf({ ...action, input: 2 }, project));
    await content.act(ID, signal);
    assert.deepEqual(calls, [{ name: 'publish', input: { version: '1.2.0' }, key: ID }]);
  });

  test('that this process does not have stays owed to one that has it, and is no proposal to begin with', async () => {
    const other = { type: 'function', function: 'deploy' };
    assert.equal(await duties.load(approved(other)), 'not-here');
    assert.deepEqual(duties.findProblems(other), ['action.function: the process that leads has no function "deploy"']);
    assert.deepEqual(duties.findProblems(action), []);
  });
});

test('what was approved for another folder stays owed to whoever leads there', async () => {
  const action = { type: 'command', argv: ['touch', 'done'] };
  assert.equal(await duties.load({ ...approved(action), project: root }), 'not-here');
});

describe('an approved command', () => {
  const action = { type: 'command', argv: ['sh', 'ship.sh', './dist/app.txt'], files: ['ship.sh', 'dist/app.txt'] };

  beforeEach(async () => {
    await mkdir(join(project, 'dist'));
    await writeFile(join(project, 'ship.sh'), 'cat "$1" >> shipped.txt; echo " $WAGGLE_PROPOSAL" >> shipped.txt');
    await writeFile(join(project, 'dist', 'app.txt'), 'version 1');
  });

  test('runs in the project with the bytes that were hashed, whatever stands there meanwhile', async () => {
    const content = await loaded(action);
    assert.equal(content.contentHash, await contentHashOf(action, project));
    await writeFile(join(project, 'ship.sh'), 'echo swapped > shipped.txt');
    await writeFile(join(project, 'dist', 'app.txt'), 'version 2');
    await content.act(ID, signal);
    assert.equal(await readFile(join(project, 'shipped.txt'), 'utf8'), 'version 1 r1/ship\n');
    assert.deepEqual(await readdir(join(root, 'own')), []);
  });

  test('has another hash when a file, an argument or the list of files is another', async () => {
    const before = await contentHashOf(action, project);
    const others = [
      { ...action, argv: ['sh', 'ship.sh'] },
      { ...action, files: ['ship.sh'] },
    ];
    for (const other of others) assert.notEqual(await contentHashOf(other, project), before);
    await writeFile(join(project, 'dist', 'app.txt'), 'version 2');
    assert.notEqual((await loaded(action)).contentHash, before);
    await rm(join(project, 'dist', 'app.txt'));
    assert.equal(await duties.load(approved(action)), undefined);
  });

  test('keeps the right to be run itself', async () => {
    await writeFile(join(project, 'ship.sh'), '#!/bin/sh\necho direct > shipped.txt\n');
    await chmod(join(project, 'ship.sh'), 0o755);
    await (await loaded({ type: 'command', argv: ['./ship.sh'], files: ['ship.sh'] })).act(ID, signal);
    assert.equal(await readFile(join(project, 'shipped.txt'), 'utf8'), 'direct\n');
  });

  test('that fails says how, with the end of what it printed', async () => {
    const failing = await loaded({ type: 'command', argv: ['sh', '-c', 'echo no network >&2; exit 3'] });
    await assert.rejects(failing.act(ID, signal), /^Error: It ended with exit code 3\.\nno network$/);
    const missing = await loaded({ type: 'command', argv: ['no-such-program'] });
    await assert.rejects(missing.act(ID, signal), /no-such-program/);
  });

  test('reads nothing outside the project', async () => {
    await writeFile(join(root, 'outside.txt'), 'secret');
    await symlink(join(root, 'outside.txt'), join(project, 'link.txt'));
    const linked = { type: 'command', argv: ['true'], files: ['link.txt'] };
    await assert.rejects(duties.load(approved(linked)), /"link.txt" leads out of the project/);
    await assert.rejects(duties.load(approved({ ...linked, files: ['dist'] })), /"dist" is no plain file/);
  });

  test.each([
    [{ type: 'shell', script: 'x' }, 'action.type: must be "function" or "command"'],
    [{ type: 'command', argv: [] }, 'action.argv: Too small'],
    [{ type: 'command', argv: ['x'], files: ['../x'] }, 'action.files.0: must be a path inside the project'],
    [{ type: 'command', argv: ['x'], cwd: '/' }, 'action.: Unrecognized key'],
  ])('%j is found out before anybody votes', (wrong, problem) => {
    const [found = ''] = duties.findProblems(wrong);
    assert.ok(found.startsWith(problem), found);
  });
});
