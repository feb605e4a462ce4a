import { z } from 'zod';
import type { AgentReport, ArtifactRef, AttemptResult, Evidence, TaskFailure, Usage } from '../core/tasks/attempt.ts';
import { ANY_JSON, ANY_JSON_OBJECT } from '../tools/any-json.ts';

/** Results of hosts end in the journal: strict, so that nothing in them is lost or unknown. */
const text = z.string().max(65_536);
const count = z.number().min(0);
/** What budgets are counted in. */
const whole = z.int().min(0);
const ok = z.boolean();

const evidence: z.ZodType<Evidence> = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('exit-code'), ok, exitCode: z.int() }),
  z.strictObject({ check: z.literal('returned'), ok }),
  z.strictObject({ check: z.literal('person'), ok }),
  z.strictObject({
    check: z.literal('output-file'),
    ok,
    output: text,
    path: text,
    bytes: count,
    sha256: z.exactOptional(text),
  }),
  z.strictObject({ check: z.literal('output-value'), ok, output: text }),
  z.strictObject({ check: z.literal('output-schema'), ok, problems: z.array(text).readonly() }),
  z.strictObject({
    check: z.literal('command'),
    ok,
    argv: z.array(text).readonly(),
    exitCode: z.int(),
    workspace: text,
    tail: text,
  }),
]);

const reason = <Name extends TaskFailure['reason']>(name: Name): z.ZodLiteral<Name> => z.literal(name);

const failure: z.ZodType<TaskFailure> = z.discriminatedUnion('reason', [
  z.strictObject({ reason: reason('exit-non-zero'), exitCode: z.int(), command: text, tail: text }),
  z.strictObject({ reason: reason('crashed'), signal: text, command: text, tail: text }),
  z.strictObject({ reason: reason('timed-out'), afterMs: count, tail: text }),
  z.strictObject({ reason: reason('stalled'), afterMs: count }),
  z.strictObject({ reason: reason('start-failed'), message: text }),
  z.strictObject({ reason: reason('threw'), message: text, stack: z.exactOptional(text) }),
  z.strictObject({
    reason: reason('limit-exceeded'),
    limit: z.enum(['memory', 'cpu', 'output', 'processes']),
    message: text,
  }),
  z.strictObject({ reason: reason('no-result'), missing: z.array(text).readonly() }),
  z.strictObject({ reason: reason('check-failed'), evidence: z.array(evidence).readonly() }),
  z.strictObject({ reason: reason('expression-failed'), message: text }),
  z.strictObject({ reason: reason('coordinator-lost') }),
  z.strictObject({ reason: reason('agent-lost'), begun: z.exactOptional(z.literal(false)) }),
  z.strictObject({ reason: reason('stopped'), why: z.enum(['paused', 'draining', 'cancelled']) }),
  z.strictObject({ reason: reason('internal-error'), message: text }),
]);

const artifact: z.ZodType<ArtifactRef> = z.strictObject({ sha256: z.string().max(128), bytes: count, name: text });
const artifacts = z.exactOptional(z.array(artifact).max(10_000).readonly());

const usage: z.ZodType<Usage> = z.strictObject({
  cpuMs: z.exactOptional(count),
  peakMemoryBytes: z.exactOptional(count),
  outputBytes: z.exactOptional(count),
  inputTokens: z.exactOptional(whole),
  outputTokens: z.exactOptional(whole),
  costMicros: z.exactOptional(whole),
  wrote: z.exactOptional(z.array(z.string().max(4_096)).max(20)),
});

export const ATTEMPT_RESULT: z.ZodType<AttemptResult> = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    outputs: ANY_JSON_OBJECT,
    evidence: z.array(evidence).max(10_000).readonly(),
    artifacts,
    usage: z.exactOptional(usage),
  }),
  z.strictObject({ ok: z.literal(false), failure, artifacts, usage: z.exactOptional(usage) }),
]);

export const AGENT_REPORT: z.ZodType<AgentReport> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('progress'),
    percentage: z.number().min(0).max(100).nullable(),
    step: z.string().max(200).nullable(),
  }),
  z.strictObject({ kind: z.literal('note'), text: z.string().max(2_000) }),
  z.strictObject({ kind: z.literal('data'), topic: z.string().max(200), data: ANY_JSON }),
]);
