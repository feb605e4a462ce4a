import { mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CleanCopies } from '../../src/adapters/plain-directory/clean-copies.ts';
import { DirectoryCaptures } from '../../src/adapters/plain-directory/directory-captures.ts';
import { removeTree } from '../../src/adapters/plain-directory/remove-tree.ts';
import { SystemProcessRunner } from '../../src/adapters/system/system-process-runner.ts';
import { CoordinatorDuties } from '../../src/adapters/votes/coordinator-duties.ts';
import { proposalId, runId } from '../../src/core/ids.ts';

/* What a program leaves in a folder of ours without the right to remove it. Root may remove everything. */

const RUN = runId('r1');
const PROPOSAL = { proposalId: proposalId(RUN, 'ship'), runId: RUN };
const LEAVE = 'mkdir -p x/y && touch x/y/z && chmod 555 x/y x';
const { signal } = new AbortController();
let root: string;
let project: string;
let workspaces: CleanCopies;
let duties: CoordinatorDuties;

beforeAll(() => {
  if (process.getuid?.() === 0) throw new Error('These tests are about a normal user: do not run them as root.');
});
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'waggle-unremovable-')));
  project = join(root, 'project');
  await mkdir(project);
  await mkdir(join(root, 'own'));
  await writeFile(join(project, 'app.txt'), 'a bug\n');
  const limits = { files: 100, bytes: 1_000_000 };
  const captures = new DirectoryCaptures(join(root, 'captures'), limits);
  const capturesFor = async (): Promise<DirectoryCaptures> => captures;
  workspaces = new CleanCopies({ folder: join(root, 'data'), copies: join(root, 'copies'), capturesFor, limits });
  duties = new CoordinatorDuties({
    project,
    workspaces,
    processes: await SystemProcessRunner.open(),
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    folder: join(root, 'own'),
    functions: { has: () => false, call: async () => {} },
  });
});
afterEach(() => removeTree(root));

test('does not turn a veto that was shown into a plain rejection', async () => {
  const veto = { ...PROPOSAL, memberId: 'm1', reproduce: ['sh', '-c', LEAVE], project };
  expect(await duties.confirmVeto(veto, signal)).toBe(true);
  expect(await readdir(join(root, 'copies'))).toEqual([]);
});

test('does not turn an action that was done into one that failed', async () => {
  const action = { type: 'command', argv: ['sh', '-c', `cd "$WAGGLE_APPROVED_FILES" && ${LEAVE}`] };
  const loaded = await duties.load({ ...PROPOSAL, subject: 's', contentHash: '', action, project });
  if (loaded === undefined || loaded === 'not-here') throw new Error('it cannot be done');
  await loaded.act(PROPOSAL.proposalId, signal);
});

test('does not keep the next leader from its lead', async () => {
  await workspaces.capture('r1', project, signal);
  const { path } = await workspaces.cleanCopy('r1', [], signal);
  await (await SystemProcessRunner.open()).run({ argv: ['sh', '-c', LEAVE], cwd: path, env: {} }, signal);
  await workspaces.removeLeftOvers(
    () => false,
    () => true,
  );
  await expect(readdir(join(root, 'copies'))).rejects.toThrow('ENOENT');
});
