import assert from 'node:assert/strict';
import { agentId, runId } from '../core/ids.ts';
import type { Provisioned, Provisioner, ProvisionRequest } from '../ports/provisioner.ts';
import type { ContractCase } from './journal-contract.ts';

/** `shape`: agents that it can make. */
export type ProvisionerSubject = Readonly<{ provisioner: Provisioner; shape: ProvisionRequest['shape'] }>;

const RUN = runId('contract-1');
const OTHER = runId('contract-2');

function ask(
  { provisioner, shape }: ProvisionerSubject,
  numbers: readonly number[],
  { run = RUN, epoch = 1 }: Readonly<{ run?: typeof RUN; epoch?: number }> = {},
): Promise<Provisioned> {
  const agentIds = numbers.map((number) => agentId(`${run}/${shape.role}-${number}`));
  return provisioner.scale({ epoch, runId: run, role: shape.role, shape, agentIds }, new AbortController().signal);
}

async function idsOf(answer: Promise<Provisioned>): Promise<readonly string[]> {
  const provisioned = await answer;
  assert.ok(provisioned.ok, provisioned.ok ? '' : provisioned.detail);
  return provisioned.agents.map(({ id }) => id);
}

/** What every `Provisioner` must do. Each case gets a fresh one. Runs under any test runner. */
export const PROVISIONER_CONTRACT: readonly ContractCase<ProvisionerSubject>[] = [
  {
    name: 'makes exactly the agents asked for, of the shape asked for, for the run asked for',
    run: async (subject) => {
      const answer = await ask(subject, [1, 2]);
      assert.ok(answer.ok);
      const expected = [1, 2].map((number) => ({
        ...subject.shape,
        id: agentId(`${RUN}/${subject.shape.role}-${number}`),
        runId: RUN,
      }));
      assert.deepEqual(answer.agents, expected);
    },
  },
  {
    name: 'the same request again is answered the same',
    run: async (subject) => {
      const first = await ask(subject, [1, 2, 3]);
      assert.deepEqual(await ask(subject, [1, 2, 3]), first);
    },
  },
  {
    name: 'more, fewer, others and none: the answer is always what was asked for last',
    run: async (subject) => {
      const { role } = subject.shape;
      for (const numbers of [[1], [1, 2, 3], [3], [3, 4], [], [5]]) {
        assert.deepEqual(
          await idsOf(ask(subject, numbers)),
          numbers.map((number) => `${RUN}/${role}-${number}`),
        );
      }
    },
  },
  {
    name: 'groups of different runs have nothing to do with each other',
    run: async (subject) => {
      await ask(subject, [1, 2]);
      await ask(subject, [1], { run: OTHER });
      subject.provisioner.forget(OTHER);
      assert.equal((await idsOf(ask(subject, [1, 2]))).length, 2);
    },
  },
  {
    name: 'what a deposed leader asks for is refused and changes nothing, of whatever run',
    run: async (subject) => {
      const made = await ask(subject, [1, 2], { epoch: 7 });
      for (const run of [RUN, OTHER]) {
        const late = await ask(subject, [2, 3], { run, epoch: 6 });
        assert.ok(!late.ok && late.detail.includes('another leader'));
      }
      assert.deepEqual(await ask(subject, [1, 2], { epoch: 7 }), made);
      assert.deepEqual(await ask(subject, [1, 2], { epoch: 8 }), made);
    },
  },
  {
    name: 'forgetting a run that it does not know, or twice, does no harm; it may come back',
    run: async (subject) => {
      subject.provisioner.forget(RUN);
      await ask(subject, [1]);
      subject.provisioner.forget(RUN);
      subject.provisioner.forget(RUN);
      assert.equal((await idsOf(ask(subject, [2]))).length, 1);
    },
  },
];
