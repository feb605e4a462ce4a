import { z } from 'zod';
import {
  type AgentId,
  agentId,
  NAME_PATTERN,
  type ProposalId,
  proposalId,
  type RunId,
  runId,
  type TaskId,
  taskId,
} from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import { shortReason } from '../core/short-reason.ts';
import type { ChildOf, TaskSpec, Work } from '../core/tasks/task-spec.ts';
import { ANY_JSON, ANY_JSON_OBJECT } from '../tools/any-json.ts';
import { MESSAGE_IDS, MESSAGE_SPEC } from '../tools/message-schemas.ts';
import { DELEGATION_RIGHTS, GRANT } from '../tools/subtask-schemas.ts';
import { NAMED_VOTE, PROPOSAL_SPEC } from '../tools/vote-schemas.ts';
import type { OutsideVote } from './outside-votes.ts';

type Accepted =
  | 'config.reset'
  | 'config.set'
  | 'agent.revive'
  | 'host.drain'
  | 'run.submit'
  | 'run.pause'
  | 'run.resume'
  | 'run.cancel'
  | 'task.cancel'
  | 'task.settle';

/**
 * What another process of the same user may ask of the leader. Reports and waits are not among it, nor is the vote or
 * the message of an agent or a task.
 */
export type LocalCommand =
  | Extract<SwarmInput, { type: Accepted | 'message.acknowledge' | 'message.send' | 'proposal.open' }>
  | OutsideVote;

const name = z.string().regex(NAME_PATTERN);
const aRunId = name.transform((text): RunId => runId(text));
/** Agents of a run are called `<run>/<name>`. */
const anAgentId = z
  .string()
  .max(130)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/)
  .transform((text): AgentId => agentId(text));
/** `<run>/<name>` of a task or proposal. */
const inRun = <Id>(make: (run: RunId, name: string) => Id): z.ZodType<Id> =>
  z
    .string()
    .max(130)
    .transform((text, context): Id => {
      const [run = '', own = '', ...rest] = text.split('/');
      if (rest.length > 0 || !NAME_PATTERN.test(run) || !NAME_PATTERN.test(own)) context.addIssue('no id in a run');
      return make(runId(run), own);
    });
const aTaskId: z.ZodType<TaskId> = inRun(taskId);
/** Also of those that the coordinator opens of its own accord: `_swarm/tuning-3`, `<run>/scaling@<group>-2`. */
const aProposalId: z.ZodType<ProposalId> = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._@-]*$/)
  .transform((text): ProposalId =>
    proposalId(runId(text.slice(0, text.indexOf('/'))), text.slice(text.indexOf('/') + 1)),
  );
const whole = z.int().min(0);
const text = z.string().max(65_536);
const reason = z.string().transform(shortReason);
const optionName = z.string().max(128);
const personName = z
  .string()
  .max(128)
  .regex(/^user:[A-Za-z0-9][A-Za-z0-9._-]*$/);
const names = z.array(z.string().max(256)).readonly();
const texts = z.record(z.string(), text).readonly();
const argv = z.array(text).min(1).readonly();

const commandWork = z.strictObject({
  kind: z.literal('command'),
  argv: z.exactOptional(argv),
  shell: z.exactOptional(text),
  cwd: z.exactOptional(text),
  env: z.exactOptional(texts),
  envFrom: z.exactOptional(names),
});
const functionWork = z.strictObject({
  kind: z.literal('function'),
  function: z.string().max(256),
  input: z.exactOptional(ANY_JSON),
});
const resources = z.strictObject({
  cpu: z.exactOptional(whole),
  memory: z.exactOptional(whole),
  storage: z.exactOptional(whole),
  network: z.exactOptional(whole),
});
const retry = z.strictObject({
  maxAttempts: z.exactOptional(z.int().min(1).max(20)),
  firstDelayMs: z.exactOptional(whole),
  maxDelayMs: z.exactOptional(whole),
  nonRetryable: z.exactOptional(names),
});
const output = z.union([z.strictObject({ file: text }), z.strictObject({ value: z.literal(true) })]);

export const TASK_WORK: z.ZodType<Work> = z.discriminatedUnion('kind', [commandWork, functionWork]);

const task = z.strictObject({
  name,
  type: z.string().max(256),
  work: TASK_WORK,
  needs: names,
  when: z.exactOptional(z.enum(['success', 'failed', 'always'])),
  if: z.exactOptional(text),
  matrix: z.exactOptional(ANY_JSON_OBJECT),
  requires: names,
  prefers: z.exactOptional(names),
  priority: z.exactOptional(z.enum(['critical', 'high', 'normal', 'low'])),
  resources: z.exactOptional(resources),
  reserves: z.exactOptional(resources),
  writes: z.exactOptional(names),
  subscribes: z.exactOptional(names),
  timeoutMs: z.exactOptional(whole),
  retry: z.exactOptional(retry),
  effect: z.exactOptional(z.enum(['A', 'B', 'C', 'D'])),
  outputs: z.exactOptional(z.record(z.string(), output)),
  outputSchema: z.exactOptional(ANY_JSON_OBJECT),
  verify: z.exactOptional(z.array(argv).readonly()),
  estimateMs: z.exactOptional(z.number().min(0)),
  grant: z.exactOptional(GRANT),
  delegate: z.exactOptional(DELEGATION_RIGHTS),
});

const child: z.ZodType<ChildOf> = z.strictObject({
  parent: name,
  name,
  depth: z.int().min(1),
  attempt: z.int().min(1),
  revision: z.int().min(1),
  contentKey: z.string().max(64),
});

/** For other messages that hold the same things: a task that is there, which may be a sub-task. */
export const TASK_SPEC: z.ZodType<TaskSpec> = task.extend({ child: z.exactOptional(child) });
export const RUN_ID: z.ZodType<RunId> = aRunId;
export const TASK_ID: z.ZodType<TaskId> = aTaskId;
export const AGENT_ID: z.ZodType<AgentId> = anAgentId;

const agentForm = {
  role: name,
  driver: z.enum(['function', 'command', 'llm', 'acp', 'a2a', 'remote']),
  capabilities: names,
  slots: z.int().min(1).max(1_000),
  host: z.string().max(256),
  provider: z.exactOptional(name),
  account: z.exactOptional(name),
  supervised: z.exactOptional(z.boolean()),
} as const;
const agent = z.strictObject({ ...agentForm, id: anAgentId, runId: z.exactOptional(aRunId) });
const scaleGroup = z.strictObject({
  ...agentForm,
  min: whole.max(1_000),
  max: z.int().min(1).max(1_000),
  voteAbove: z.exactOptional(z.int().min(1).max(1_000)),
});

const run = z.strictObject({
  name: z.string().max(256),
  inputs: ANY_JSON_OBJECT,
  budget: z.strictObject({
    wallMs: z.exactOptional(whole),
    attempts: z.exactOptional(whole),
    agents: z.exactOptional(whole),
    tokens: z.exactOptional(whole),
    costMicros: z.exactOptional(whole),
  }),
  weight: z.exactOptional(z.int().min(1).max(100)),
  project: text,
  source: text,
  retryOf: z.exactOptional(name),
  fingerprint: z.exactOptional(text),
  labels: z.exactOptional(texts),
  awaits: z.exactOptional(names),
  scale: z.exactOptional(z.array(scaleGroup).readonly()),
});

/** Strict: a key that this version does not know is refused, because it would be lost. */
export const LOCAL_COMMAND: z.ZodType<LocalCommand> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run.submit'),
    runId: aRunId,
    run,
    tasks: z.array(task).readonly(),
    agents: z.array(agent).readonly(),
  }),
  z.strictObject({ type: z.literal('agent.revive'), agentId: anAgentId }),
  z.strictObject({ type: z.literal('host.drain'), host: name, reason }),
  z.strictObject({ type: z.literal('run.pause'), runId: aRunId, reason }),
  z.strictObject({ type: z.literal('run.resume'), runId: aRunId }),
  z.strictObject({ type: z.literal('run.cancel'), runId: aRunId, reason }),
  z.strictObject({ type: z.literal('task.cancel'), taskId: aTaskId, reason }),
  z.strictObject({
    type: z.literal('task.settle'),
    taskId: aTaskId,
    as: z.enum(['succeeded', 'failed', 'retry']),
  }),
  z.strictObject({ type: z.literal('message.acknowledge'), runId: aRunId, address: text, ids: MESSAGE_IDS }),
  z.strictObject({ type: z.literal('message.send'), runId: aRunId, from: text, message: MESSAGE_SPEC }),
  z.strictObject({
    type: z.literal('config.set'),
    name: optionName,
    value: z.union([z.number(), z.string().max(256)]),
    by: personName,
  }),
  z.strictObject({ type: z.literal('config.reset'), name: optionName, by: personName }),
  z.strictObject({ type: z.literal('proposal.open'), runId: aRunId, proposal: PROPOSAL_SPEC }),
  z.strictObject({
    type: z.literal('proposal.vote'),
    proposalId: aProposalId,
    vote: NAMED_VOTE,
  }),
]);
