import { expect, test } from 'vitest';
import type { AgentSpec } from '../core/agents/agent-spec.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { RunSpec } from '../core/runs/run-spec.ts';
import type { ScaleGroup } from '../core/scaling/scale-group.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { LOCAL_COMMAND } from './local-socket-commands.ts';
import { COORDINATOR_FRAME } from './worker-frames.ts';

/* Everything that a run can consist of, each member given: the compiler asks for those that are missing here. */

const GROUP: Required<Omit<ScaleGroup, 'supervised'>> & Pick<ScaleGroup, 'supervised'> = {
  role: 'builder',
  driver: 'command',
  capabilities: ['command'],
  slots: 2,
  host: 'local',
  provider: 'p1',
  account: 'a1',
  supervised: true,
  min: 0,
  max: 4,
  voteAbove: 2,
};

const AGENT: Required<AgentSpec> = {
  id: agentId('r1/builder-1'),
  role: 'builder',
  driver: 'command',
  capabilities: ['command'],
  slots: 1,
  host: 'local',
  provider: 'p1',
  account: 'a1',
  supervised: false,
  runId: runId('r1'),
};

const TASK: Required<TaskSpec> = {
  name: 'build.part',
  type: 'build',
  work: { kind: 'command', argv: ['true'], cwd: 'x', env: { CI: '1' }, envFrom: ['TOKEN'] },
  needs: ['a'],
  when: 'always',
  if: 'true',
  matrix: { os: 'linux' },
  requires: ['command'],
  prefers: ['fast'],
  priority: 'high',
  resources: { cpu: 1, memory: 2, storage: 3, network: 4 },
  reserves: { cpu: 1 },
  writes: ['dist/'],
  subscribes: ['findings.*'],
  timeoutMs: 1_000,
  retry: { maxAttempts: 2, firstDelayMs: 1, maxDelayMs: 2, nonRetryable: ['threw'] },
  effect: 'B',
  outputs: { tarball: { file: 'x.tgz' }, value: { value: true } },
  outputSchema: { type: 'object' },
  verify: [['true']],
  estimateMs: 5,
  grant: { tokens: 1, costMicros: 2 },
  delegate: { depth: 2, fanOut: 3, revisions: 4, keep: { tokens: 1 }, functions: ['f'], commands: false },
  child: { parent: 'build', name: 'part', depth: 1, attempt: 1, revision: 1, contentKey: 'c'.repeat(64) },
};

const RUN: Required<RunSpec> = {
  name: 'release',
  inputs: { version: '1' },
  budget: { wallMs: 1, attempts: 2, agents: 3, tokens: 4, costMicros: 5 },
  weight: 2,
  project: '/p',
  source: 'release.yaml',
  retryOf: 'r0',
  awaits: ['gpu'],
  fingerprint: 'f',
  labels: { team: 'x' },
  scale: [GROUP],
};

/** As it arrives on the other side of a socket. */
function sent(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message));
}

test('another process may submit a run with all that a run can have', () => {
  const { child: _child, ...task } = TASK;
  const command = { type: 'run.submit', runId: 'r1', run: RUN, tasks: [task], agents: [AGENT] };
  expect(LOCAL_COMMAND.parse(sent(command))).toEqual(command);
});

test('nobody submits a sub-task: those come from their parents alone', () => {
  const command = { type: 'run.submit', runId: 'r1', run: RUN, tasks: [TASK], agents: [AGENT] };
  expect(LOCAL_COMMAND.safeParse(sent(command)).success).toBe(false);
});

test('a host may be offered any task, one that delegates and a sub-task included', () => {
  const offer = {
    taskId: taskId(runId('r1'), TASK.name),
    attempt: 1,
    runId: 'r1',
    agentId: AGENT.id,
    spec: TASK,
    work: TASK.work,
    project: '/p',
    needs: { a: { x: 1 } },
    inputs: {},
  };
  const packets = [{ seq: 1, body: { type: 'offer', offer } }];
  const frame = { type: 'data', epoch: 1, session: 's', ack: 0, packets };
  expect(COORDINATOR_FRAME.parse(sent(frame))).toEqual(frame);
});

test.each(['r1/ship', 'r1/scaling@pool-1', '_swarm/tuning-12'])('a vote may be on %s', (proposal) => {
  const vote = { memberId: 'user:ann', contentHash: 'a'.repeat(64), choice: 'approve' };
  const command = { type: 'proposal.vote', proposalId: proposal, vote };
  expect(LOCAL_COMMAND.parse(command)).toEqual(command);
  for (const wrong of ['ship', '@swarm/x', 'r1/', 'r1/a/b', '../x']) {
    expect(LOCAL_COMMAND.safeParse({ ...command, proposalId: wrong }).success, wrong).toBe(false);
  }
});

test.each(['_swarm', 'r1'])('nobody opens a proposal under a name of the coordinator: in %s', (run) => {
  const proposal = { name: 'scaling@pool-1', kind: 'scaling', subject: 'x', title: 'x', contentHash: '', members: [] };
  const parsed = LOCAL_COMMAND.safeParse({ type: 'proposal.open', runId: run, proposal });
  // In a run the core refuses the name.
  expect(parsed.success).toBe(run === 'r1');
});
