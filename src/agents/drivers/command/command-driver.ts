import type { Json, JsonObject } from '../../../core/json.ts';
import type { AttemptResult, Failed, TaskFailure } from '../../../core/tasks/attempt.ts';
import type { AgentDriver, Assignment, Probe, RunContext } from '../../../ports/agent-driver.ts';
import type { Admission, AttemptDoor } from '../../../ports/attempt-door.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessEnd, ProcessLimits, ProcessRunner } from '../../../ports/process-runner.ts';
import { collectOutputs } from '../../../tools/declared-outputs.ts';
import { assert } from '../../../util/assert.ts';
import { type Environment, HARMLESS_NAMES, pickEnvironment } from '../../../util/environment.ts';
import { redactText } from '../../../util/redact.ts';
import { type CommandPlan, planCommand, type Surroundings } from './command-plan.ts';
import { failureOf, outsideTrouble, tooLarge, wrongResult } from './command-failure.ts';
import { CommandMail } from './command-mail.ts';
import { Exchange } from './exchange.ts';
import { type KeptOutput, OutputKeeper } from './output-keeper.ts';
import { ProgressLines } from './progress-lines.ts';
import { WriteWatch } from './write-watch.ts';

/** A result has to fit into the journal; more belongs into a file. */
const MAX_OUTPUTS_BYTES = 32_768;

export type CommandDriverPorts = Readonly<{
  processes: ProcessRunner;
  artifacts: Pick<ArtifactStore, 'create'>;
  clock: Clock;
  /** Lets the command act as its attempt, with `waggle messages` and the like. Without it there is only the file of messages. */
  door?: AttemptDoor;
  /** The coordinator's whole environment: `envFrom` looks here. A command sees only `allowedNames` of it. */
  environment: Environment;
  /** What to do where a variable that `envFrom` names is not set. @default to set it where Waggle is started */
  cureForUnset?: string;
  /** Exact names, or a prefix that ends in `*`. @default HARMLESS_NAMES */
  allowedNames?: readonly string[];
  /** For every command; of memory and `resources.memory` of the task the smaller one counts. */
  limits?: ProcessLimits;
  /** Where input and result files are exchanged. @default the system's temporary folder */
  temporaryFolder?: string;
}>;

type Ended = Exclude<ProcessEnd, { kind: 'not-started' }>;

/**
 * Runs the command of a task. Its environment is clean, its inputs stand in the file `WAGGLE_INPUT`, its result is
 * read from `WAGGLE_OUTPUT`, messages that wait stand in `WAGGLE_MESSAGES`, lines `::waggle progress=40 step=build` on stdout are progress. All output is kept as
 * the artifact `output.log`. Exit code 0 is a claim; 75 means "later", 78 "wrongly set up".
 */
export class CommandDriver implements AgentDriver {
  readonly kind = 'command';
  readonly #ports: CommandDriverPorts;
  readonly #clean: Environment;
  readonly #writes = new WriteWatch();

  constructor(ports: CommandDriverPorts) {
    this.#ports = ports;
    this.#clean = pickEnvironment(ports.environment, ports.allowedNames ?? HARMLESS_NAMES);
  }

  async probe(): Promise<Probe> {
    const { ownership } = this.#ports.processes;
    if (ownership !== 'process-group') return { ok: true, detail: `processes are owned by a ${ownership}` };
    return { ok: true, detail: 'processes are owned by their group: one that leaves it can outlive Waggle' };
  }

  async run(assignment: Assignment, context: RunContext): Promise<AttemptResult> {
    const { work, project } = assignment;
    assert(work.kind === 'command', `the command driver got work of kind ${work.kind}`);
    const planned = await planCommand(work, project, this.#surroundings());
    if (!planned.ok) return { ok: false, failure: { reason: 'start-failed', message: planned.message } };
    try {
      const mail = await CommandMail.open(context.messages);
      const exchange = await Exchange.open(assignment, mail.lines, this.#ports.temporaryFolder);
      // Most commands have nothing to say: where there can be no socket, they run all the same.
      const admission = await this.#ports.door?.admit(assignment, mail.abilitiesOf(context)).catch(() => undefined);
      try {
        const plan = withAdmission(planned.plan, admission);
        const result = await this.#watched({ assignment, context, plan, exchange });
        if (result.ok) await mail.close();
        return result;
      } finally {
        admission?.close();
        await exchange.close();
      }
    } catch (error) {
      // The disk is full, a folder is gone: the command is not to blame, and its process has ended.
      return { ok: false, failure: outsideTrouble(error, planned.plan.secrets) };
    }
  }

  #surroundings(): Surroundings {
    const { environment: known, cureForUnset: cure = 'Set it where Waggle is started.' } = this.#ports;
    return { known, clean: this.#clean, cure };
  }

  /** With what it has written beside what its task declares, where that can be told. */
  async #watched(job: Job): Promise<AttemptResult> {
    const watching = await this.#writes.begin(job.assignment, job.exchange.folder);
    try {
      const result = await this.#execute(job);
      const wrote = result.ok ? await watching.written().catch(() => undefined) : undefined;
      return wrote === undefined ? result : { ...result, usage: { ...result.usage, wrote } };
    } finally {
      watching.end();
    }
  }

  async #execute(job: Job): Promise<AttemptResult> {
    const { plan, context, exchange, assignment } = job;
    const progress = new ProgressLines(context.report, this.#ports.clock);
    const keeper = new OutputKeeper(this.#ports.artifacts, plan.secrets, (chunk) => progress.push(chunk));
    const end = await this.#ports.processes
      .run(
        {
          argv: plan.argv,
          cwd: plan.cwd,
          env: { ...plan.env, ...exchange.environment },
          limits: this.#limitsOf(assignment),
          ...(context.measured === undefined ? {} : { onUsage: context.measured }),
          onOutput: (stream, chunk) => keeper.take(stream, chunk),
        },
        context.signal,
      )
      .catch(async (error: unknown) => {
        await keeper.abandon();
        throw error;
      });
    const kept = await keeper.finish();
    progress.close();
    if (end.kind === 'not-started') return failed(failureOf(end, plan, kept.tail, context.signal), kept);
    const result = await this.#conclude(job, end, kept);
    return { ...result, usage: end.usage };
  }

  async #conclude(job: Job, end: Ended, kept: KeptOutput): Promise<AttemptResult> {
    const { plan, context, exchange, assignment } = job;
    if (end.kind !== 'exited' || end.exitCode !== 0)
      return failed(failureOf(end, plan, kept.tail, context.signal), kept);
    const read = await exchange.readResult();
    if (read.kind === 'wrong') return failed(wrongResult(read.problem), kept);
    const result = read.kind === 'given' ? redactObject(read.result, plan.secrets) : {};
    const { spec, project } = assignment;
    const delivered = await collectOutputs(spec.outputs ?? {}, result, project, this.#ports.artifacts);
    if (delivered.missing.length > 0) return failed({ reason: 'no-result', missing: delivered.missing }, kept);
    const bytes = Buffer.byteLength(JSON.stringify(delivered.outputs));
    if (bytes > MAX_OUTPUTS_BYTES) return failed(tooLarge(bytes, MAX_OUTPUTS_BYTES), kept);
    return {
      ok: true,
      outputs: delivered.outputs,
      evidence: [{ check: 'exit-code', ok: true, exitCode: 0 }, ...delivered.evidence],
      artifacts: [...kept.artifacts, ...delivered.artifacts],
    };
  }

  #limitsOf({ spec }: Assignment): ProcessLimits {
    const limits = this.#ports.limits ?? {};
    const memory = Math.min(spec.resources?.memory ?? Infinity, limits.memory ?? Infinity);
    return memory === Infinity ? limits : { ...limits, memory };
  }
}

/** The token is as secret as what `envFrom` names. */
function withAdmission(plan: CommandPlan, admission: Admission | undefined): CommandPlan {
  if (admission === undefined) return plan;
  const { environment, secrets, programs } = admission;
  const before = plan.env['PATH'];
  // Without a PATH the system has one of its own, which must not be replaced.
  const path = programs === undefined || before === undefined ? {} : { PATH: `${programs}:${before}` };
  const env = { ...plan.env, ...environment, ...path };
  return { ...plan, env, secrets: [...plan.secrets, ...secrets] };
}

/** One attempt, ready to run. */
type Job = Readonly<{ assignment: Assignment; context: RunContext; plan: CommandPlan; exchange: Exchange }>;

function failed(failure: TaskFailure, { artifacts }: KeptOutput): Failed {
  return { ok: false, failure, ...(artifacts.length > 0 && { artifacts }) };
}

/** Outputs are journaled: no secret may stand in them, keys included. */
function redactObject(value: JsonObject, secrets: readonly string[]): JsonObject {
  if (secrets.length === 0) return value;
  const entries = Object.entries(value).map(
    ([key, one]) => [redactText(key, secrets), redactJson(one, secrets)] as const,
  );
  return Object.fromEntries(entries);
}

function redactJson(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string') return redactText(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map((one) => redactJson(one, secrets)) : redactObject(value, secrets);
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
