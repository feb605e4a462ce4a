import { z } from 'zod';
import type {
  CoordinatorBody,
  CoordinatorFrame,
  HostAgent,
  HostBody,
  HostFrame,
  HostTimes,
  Offer,
  Packet,
  Question,
  QuestionAnswer,
} from '../core/hosts/frames.ts';
import { MAX_HOST_AGENTS, PACKETS_PER_FRAME } from '../core/hosts/host-limits.ts';
import { NAME_PATTERN } from '../core/ids.ts';
import { ANY_JSON_OBJECT, CARRIED_JSON } from '../tools/any-json.ts';
import { AGENT_REPORT, ATTEMPT_RESULT } from './attempt-result-schema.ts';
import { AGENT_ID, RUN_ID, TASK_ID, TASK_SPEC, TASK_WORK } from './local-socket-commands.ts';

const MAX_HOLDS = 10_000;

const short = z.string().max(256);
const text = z.string().max(65_536);
const whole = z.int().min(0);
const attempt = z.int().min(1);
const key = { taskId: TASK_ID, attempt };

const packets = <Body>(body: z.ZodType<Body>): z.ZodType<readonly Packet<Body>[]> =>
  z
    .array(z.strictObject({ seq: z.int().min(1), body }))
    .max(PACKETS_PER_FRAME)
    .readonly();

const question: z.ZodType<Question> = z.strictObject({
  ability: short,
  question: short,
  given: z.exactOptional(CARRIED_JSON),
  canGiveUp: z.exactOptional(z.literal(true)),
});

const answer: z.ZodType<QuestionAnswer> = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.exactOptional(CARRIED_JSON) }),
  z.strictObject({ ok: z.literal(false), message: text, code: z.exactOptional(short), fix: z.exactOptional(text) }),
]);

const hostBody: z.ZodType<HostBody> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('accept'), ...key }),
  z.strictObject({ type: z.literal('decline'), ...key, reason: z.enum(['draining', 'no-slot']) }),
  z.strictObject({ type: z.literal('report'), ...key, report: AGENT_REPORT }),
  z.strictObject({ type: z.literal('ask'), ...key, id: whole, question }),
  z.strictObject({ type: z.literal('give-up'), ...key, id: whole }),
  z.strictObject({ type: z.literal('result'), ...key, result: ATTEMPT_RESULT }),
  z.strictObject({ type: z.literal('draining') }),
  z.strictObject({ type: z.literal('leaving') }),
]);

const offer: z.ZodType<Offer> = z.strictObject({
  ...key,
  runId: RUN_ID,
  agentId: AGENT_ID,
  spec: TASK_SPEC,
  work: TASK_WORK,
  project: text,
  needs: z.record(z.string(), ANY_JSON_OBJECT),
  inputs: ANY_JSON_OBJECT,
});

const coordinatorBody: z.ZodType<CoordinatorBody> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('offer'), offer }),
  z.strictObject({
    type: z.literal('cancel'),
    ...key,
    why: z.enum(['cancelled', 'paused', 'timed-out', 'draining', 'stale']),
    graceMs: whole,
  }),
  z.strictObject({ type: z.literal('withdraw'), ...key }),
  z.strictObject({ type: z.literal('taken'), ...key }),
  z.strictObject({ type: z.literal('stale'), ...key }),
  z.strictObject({ type: z.literal('answer'), ...key, id: whole, answer }),
  z.strictObject({ type: z.literal('drain') }),
]);

const agent: z.ZodType<HostAgent> = z.strictObject({
  id: AGENT_ID,
  role: z.string().regex(NAME_PATTERN),
  capabilities: z.array(short).max(10_000).readonly(),
  slots: z.int().min(1).max(1_000),
});

/** Strict, as all that crosses the border: a key that this version does not know would be lost. */
export const HOST_FRAME: z.ZodType<HostFrame> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    version: z.int(),
    host: z.string().regex(NAME_PATTERN),
    instance: whole,
    pid: z.exactOptional(whole),
    agents: z.array(agent).max(MAX_HOST_AGENTS).readonly(),
    capacity: z.strictObject({ cpu: whole, memory: whole, machine: z.exactOptional(short) }),
    runId: z.exactOptional(RUN_ID),
    greeting: whole,
    session: z.exactOptional(short),
    received: whole,
    holds: z
      .array(z.strictObject({ ...key, state: z.enum(['running', 'ended']) }))
      .max(MAX_HOLDS)
      .readonly(),
    isDraining: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('heartbeat'),
    session: short,
    beat: whole,
    uses: z
      .array(z.strictObject({ ...key, cpuMs: whole, memoryBytes: whole }))
      .max(MAX_HOLDS)
      .readonly(),
  }),
  z.strictObject({ type: z.literal('data'), session: short, ack: whole, packets: packets(hostBody) }),
]);

const epoch = whole;
const times: z.ZodType<HostTimes> = z.strictObject({ leaseMs: whole, heartbeatMs: whole, orphanMs: whole });

export const COORDINATOR_FRAME: z.ZodType<CoordinatorFrame> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('welcome'), epoch, greeting: whole, session: short, resumeFrom: whole, times }),
  z.strictObject({ type: z.literal('heartbeat'), epoch, session: short, beat: whole }),
  z.strictObject({
    type: z.literal('bye'),
    epoch,
    session: z.exactOptional(short),
    reason: z.enum(['session-unknown', 'version', 'refused']),
    message: text,
  }),
  z.strictObject({ type: z.literal('data'), epoch, session: short, ack: whole, packets: packets(coordinatorBody) }),
]);
