import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AnyFunction,
  contentHashOf,
  defineWorkflow,
  type FunctionCall,
  type ProposalSpec,
  type RunHandle,
  type Swarm,
  type SwarmEvent,
  type SwarmOptions,
} from '../../src/index.ts';
import { SwarmFolder } from '../support/swarm-folder.ts';

let project: SwarmFolder;
beforeEach(() => {
  project = new SwarmFolder();
});
afterEach(() => project[Symbol.asyncDispose]());

function swarmWith(functions: Readonly<Record<string, AnyFunction>>, more: SwarmOptions = {}): Promise<Swarm> {
  return project.open({ functions, ...more });
}

const PUBLISH = { type: 'function', function: 'publish', input: { version: '1.2.0' } };

function proposalOf(contentHash: string, more: Partial<ProposalSpec> = {}): ProposalSpec {
  const about = { kind: 'question', subject: 'release-1.2.0', title: 'Is 1.2.0 good enough?' } as const;
  const members = [{ id: 'task:tests' }, { id: 'task:notes' }, { id: 'user:ann' }];
  return { name: 'ship', ...about, contentHash, members, threshold: 'unanimous', quorumPercent: 100, ...more };
}

/** Two functions and a person decide; the third task waits for it. */
const RELEASE = defineWorkflow({ name: 'release' }, ({ task }) => {
  const prepare = task('open', { function: 'open' });
  task('tests', { needs: [prepare], function: 'approve' });
  task('notes', { needs: [prepare], function: 'approve' });
  task('wait', { needs: [prepare], function: 'wait' });
});

const approve = async ({ proposals }: FunctionCall): Promise<unknown> => {
  const contentHash = await contentHashOf(PUBLISH, project.path);
  return (await proposals.vote([{ proposal: 'ship', contentHash, choice: 'approve', reason: 'looks good' }]))[0];
};
const wait = async ({ proposals }: FunctionCall): Promise<string> =>
  (await proposals.outcomes(['ship']))[0]?.status ?? 'none';

/** Resolves when that has happened `times` in the run. */
async function happened(run: RunHandle, type: SwarmEvent['type'], times = 1): Promise<void> {
  let left = times;
  for await (const { event } of run.events()) if (event.type === type && --left === 0) return;
}

function opening(spec: (hash: string) => ProposalSpec, action = PUBLISH): AnyFunction {
  return async ({ proposals }: FunctionCall) => proposals.open([spec(await contentHashOf(action, project.path))]);
}

test.each([true, false])(
  'two functions and a person decide on a release, which is done once (memory: %s)',
  async (memory) => {
    const published: unknown[] = [];
    const functions = {
      open: opening((hash) => proposalOf(hash, { action: PUBLISH })),
      approve,
      wait,
      publish: ({ input, task }: FunctionCall) => void published.push([input, task.id]),
    };
    const swarm = await swarmWith(functions, { memory });
    const run = await swarm.run(RELEASE, { id: 'r1' });
    await happened(run, 'proposal.voted', 2);
    const [before] = swarm.proposals();
    expect(before?.votes.map(({ memberId, choice, reason }) => [memberId, choice, reason]).toSorted()).toEqual([
      ['task:notes', 'approve', 'looks good'],
      ['task:tests', 'approve', 'looks good'],
    ]);
    expect(published).toEqual([]);
    expect(await swarm.vote('r1/ship', { as: 'bob', choice: 'approve' })).toMatchObject({
      refusal: { reason: 'not-a-member' },
    });
    expect(await swarm.vote('r1/ship', { as: 'ann', choice: 'approve' })).toEqual({ ok: true });
    const result = await run.finished;
    expect(result.ok).toBe(true);
    expect(await result.value('wait')).toBe('approved');
    expect(published).toEqual([[{ version: '1.2.0' }, 'r1/ship']]);
    expect(swarm.proposals('r1')).toMatchObject([{ state: 'approved', cause: 'settled', action: { ok: true } }]);
  },
);

describe('from outside', () => {
  const idle = { open: () => undefined, approve: () => undefined, wait, publish: () => undefined };

  /** A proposal in a run that waits for it. */
  async function proposed(more: Partial<ProposalSpec>): Promise<readonly [Swarm, string]> {
    const contentHash = await contentHashOf(PUBLISH, project.path);
    const swarm = await swarmWith({ ...idle, open: opening((hash) => proposalOf(hash, more)) });
    await happened(await swarm.run(RELEASE, { id: 'r1' }), 'proposal.opened');
    return [swarm, contentHash];
  }

  test('nobody votes as a task or an agent', async () => {
    const [swarm] = await proposed({ timeoutMs: 500 });
    for (const as of ['task:tests', 'agent:r1/local-1']) {
      const vote = { as, choice: 'approve', credential: 'whatever' } as const;
      expect(await swarm.vote('r1/ship', vote)).toMatchObject({ ok: false });
    }
    expect(swarm.proposals()[0]?.votes).toEqual([]);
  });

  test('whoever can show what a member must show votes as that member', async () => {
    const credentialHash = createHash('sha256').update('open sesame').digest('hex');
    const members = [{ id: 'ci', credentialHash }, { id: 'user:ann' }];
    const [swarm] = await proposed({ members, threshold: 'majority', quorumPercent: 50 });
    const wrong = { ok: false, refusal: { reason: 'credential-wrong' } };
    expect(await swarm.vote('r1/ship', { as: 'ci', choice: 'reject', credential: 'open' })).toEqual(wrong);
    expect(await swarm.vote('r1/ship', { as: 'ci', choice: 'reject', credential: credentialHash })).toEqual(wrong);
    expect(await swarm.vote('r1/ship', { as: 'user:ann', choice: 'reject', credential: 'open sesame' })).toEqual(wrong);
    expect(await swarm.vote('r1/ship', { as: 'ci', choice: 'reject', credential: 'open sesame' })).toEqual({
      ok: true,
    });
    expect(JSON.stringify(swarm.proposals())).not.toContain('open sesame');
  });

  test('a vote for another content, or on nothing, does not count', async () => {
    const [swarm] = await proposed({ timeoutMs: 500 });
    const vote = { as: 'ann', choice: 'approve', contentHash: '00'.repeat(32) } as const;
    expect(await swarm.vote('r1/ship', vote)).toMatchObject({ refusal: { reason: 'content-differs' } });
    expect(await swarm.vote('r1/nothing', vote)).toMatchObject({ refusal: { reason: 'proposal-unknown' } });
    for (const proposal of ['r1', 'r1/ship/it']) {
      expect(await swarm.vote(proposal, { as: 'ann', choice: 'approve' })).toMatchObject({
        refusal: { reason: 'proposal-unknown' },
      });
    }
    expect(swarm.proposals()[0]?.votes).toEqual([]);
  });
});

test('what has the form of no vote or proposal goes no further, and the swarm goes on', async () => {
  const swarm = await swarmWith({ open: opening((hash) => proposalOf(hash)), approve, wait });
  const run = await swarm.run(RELEASE, { id: 'r1' });
  await happened(run, 'proposal.opened');
  const vote = { as: 'ann', choice: 'approve' } as const;
  const asJavaScript = (more: object): Promise<unknown> => swarm.vote('r1/ship', { ...vote, ...more });
  await expect(asJavaScript({ choice: 'yes' })).rejects.toThrow(/choice/);
  await expect(asJavaScript({ reproduce: 'npm test' })).rejects.toThrow(/reproduce/);
  const spec = proposalOf('ab'.repeat(32));
  const { members: _members, ...without } = spec;
  const propose = (given: object): Promise<unknown> => run.propose({ ...spec, ...given });
  await expect(propose({ members: 'ann' })).rejects.toThrow(/members/);
  await expect(Reflect.apply(run.propose.bind(run), undefined, [without])).rejects.toThrow(/members/);
  expect(await swarm.vote('r1/ship', vote)).toEqual({ ok: true });
  expect((await run.finished).ok).toBe(true);
});

test.each([
  ['shows what is wrong', 'grep -q "a bug" app.txt', 'confirmed', 'rejected'],
  ['shows nothing', 'grep -q "no such bug" app.txt', 'refuted', 'approved'],
])('a veto whose program %s in a clean copy', async (_what, script, finding, state) => {
  await writeFile(join(project.path, 'app.txt'), 'a bug\n');
  const contentHash = await contentHashOf(PUBLISH, project.path);
  const published: unknown[] = [];
  const members = [{ id: 'task:tests', mayVeto: true }, { id: 'task:notes' }, { id: 'user:ann' }, { id: 'user:bob' }];
  const swarm = await swarmWith({
    open: opening((hash) => proposalOf(hash, { members, threshold: 'majority', action: PUBLISH })),
    approve: async ({ proposals, task }: FunctionCall) => {
      const vote = { proposal: 'ship', contentHash, choice: 'approve' } as const;
      const veto = {
        ...vote,
        choice: 'reject',
        reproduce: ['sh', '-c', `${script}; found=$?; echo changed > app.txt; exit $found`],
      } as const;
      return (await proposals.vote([task.name === 'tests' ? veto : vote]))[0];
    },
    wait,
    publish: () => void published.push(1),
  });
  const run = await swarm.run(RELEASE, { id: 'r1' });
  await happened(run, 'proposal.voted', 2);
  for (const as of ['ann', 'bob']) expect(await swarm.vote('r1/ship', { as, choice: 'approve' })).toEqual({ ok: true });
  expect(await (await run.finished).value('wait')).toBe(state);
  expect(swarm.proposals()[0]?.votes.find(({ veto }) => veto !== undefined)?.finding).toBe(finding);
  expect(published).toHaveLength(state === 'approved' ? 1 : 0);
  expect(await readFile(join(project.path, 'app.txt'), 'utf8')).toBe('a bug\n');
});

describe('an approved action', () => {
  const SHIP = { type: 'command', argv: ['sh', 'ship.sh'], files: ['ship.sh'] };
  const alone = (hash: string, action: typeof SHIP | typeof PUBLISH): ProposalSpec =>
    proposalOf(hash, { members: [{ id: 'user:ann' }], action });

  test('is refused before anybody votes when nobody can do it', async () => {
    const answers: unknown[] = [];
    const swarm = await swarmWith({
      open: async ({ proposals }: FunctionCall) => {
        const action = { type: 'function', function: 'publsih' };
        answers.push(...(await proposals.open([proposalOf('ab'.repeat(32), { action })])));
      },
    });
    const only = defineWorkflow({ name: 'w' }, ({ task }) => void task('open', { function: 'open' }));
    await (
      await swarm.run(only)
    ).finished;
    const problems = ['action.function: the process that leads has no function "publsih"'];
    expect(answers).toEqual([{ ok: false, refusal: { reason: 'proposal-invalid', problems } }]);
  });

  test.each([
    ['answers with something that cannot be kept', () => new Response('published'), { ok: true }],
    [
      'throws',
      () => {
        throw new Error('the registry is down');
      },
      { ok: false, failure: { reason: 'failed', message: 'the registry is down' } },
    ],
  ])('by a function that %s', async (_what, publish, action) => {
    const functions = { open: opening((hash) => alone(hash, PUBLISH)), wait, publish };
    const swarm = await swarmWith(functions, { memory: true });
    const release = defineWorkflow({ name: 'release' }, ({ task }) => {
      task('wait', { needs: [task('open', { function: 'open' })], function: 'wait' });
    });
    const run = await swarm.run(release, { id: 'r1' });
    await happened(run, 'proposal.opened');
    await swarm.vote('r1/ship', { as: 'ann', choice: 'approve' });
    await run.finished;
    expect(swarm.proposals()[0]).toMatchObject({ state: 'approved', action });
  });

  test('runs with the bytes that were voted on, or not at all', async () => {
    await writeFile(join(project.path, 'ship.sh'), 'echo original >> shipped.txt\n');
    const swap = (text: string): Promise<void> => writeFile(join(project.path, 'ship.sh'), text);
    const swarm = await swarmWith({
      open: async ({ proposals }: FunctionCall) => {
        const contentHash = await contentHashOf(SHIP, project.path);
        const specs = ['first', 'second'].map((name) => ({ ...alone(contentHash, SHIP), name }));
        await proposals.open(specs);
        return (await proposals.outcomes(['first', 'second'])).map((one) => one?.status);
      },
    });
    const only = defineWorkflow({ name: 'w' }, ({ task }) => void task('open', { function: 'open' }));
    const run = await swarm.run(only, { id: 'r1' });
    await happened(run, 'proposal.opened', 2);
    await swarm.vote('r1/first', { as: 'ann', choice: 'approve' });
    await happened(run, 'proposal.acted');
    await swap('echo swapped >> shipped.txt\n');
    await swarm.vote('r1/second', { as: 'ann', choice: 'approve' });
    expect((await run.finished).ok).toBe(true);
    const [first, second] = swarm.proposals();
    expect(first?.action).toEqual({ ok: true });
    expect(second).toMatchObject({ state: 'approved', action: { ok: false, failure: { reason: 'content-changed' } } });
    expect(await readFile(join(project.path, 'shipped.txt'), 'utf8')).toBe('original\n');
  });
});
