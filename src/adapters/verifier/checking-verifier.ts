import { dirname } from 'node:path';
import type { JsonObject } from '../../core/json.ts';
import type { ArtifactRef, Claim, Evidence, TaskFailure, Verdict } from '../../core/tasks/attempt.ts';
import type { TaskSpec } from '../../core/tasks/task-spec.ts';
import type { Assignment } from '../../ports/agent-driver.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { ProcessEnd, ProcessRunner } from '../../ports/process-runner.ts';
import type { ClaimToVerify, Verifier } from '../../ports/verifier.ts';
import type { CleanWorkspace, Workspaces } from '../../ports/workspace.ts';
import { findMisfits } from '../../util/json-schema.ts';
import { OutputTail } from '../../util/output-tail.ts';
import { withLargeValues } from './large-values.ts';
import { keep, lookAt } from './project-file.ts';

export type VerifierPorts = Readonly<{
  workspaces: Workspaces;
  processes: ProcessRunner;
  artifacts: Pick<ArtifactStore, 'create' | 'read'>;
  /** The clean environment that commands get: `PATH`, `HOME`, `LANG` and the like. */
  environment: Readonly<Record<string, string>>;
}>;

/** What one check found; `artifacts` are what it kept. */
type Finding = Readonly<{ evidence: Evidence; artifacts?: readonly ArtifactRef[] }>;

const TAIL_BYTES = 4_096;
/** Checks of a task that declares no timeout, ms. */
const DEFAULT_TIMEOUT_MS = 3_600_000;

/**
 * Checks claims in order of cost: output files, the schema of the result, then the `verify` commands. Commands run
 * in a clean copy: the project as it was when the run began, plus what this task and the succeeded ones before it
 * declared in `writes`. What else an agent changed, the tests above all, is not in it.
 */
export class CheckingVerifier implements Verifier {
  readonly #ports: VerifierPorts;

  constructor(ports: VerifierPorts) {
    this.#ports = ports;
  }

  async verify(claim: ClaimToVerify, signal: AbortSignal): Promise<Verdict> {
    const { spec } = claim.assignment;
    const timeoutMs = spec.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = AbortSignal.timeout(timeoutMs);
    const findings: Finding[] = [];
    try {
      for await (const finding of this.#check(claim, AbortSignal.any([signal, timeout]))) findings.push(finding);
    } catch (error) {
      if (!signal.aborted && !timeout.aborted) throw error;
    }
    // What was stopped half way has found nothing, whatever the last command gave.
    if (signal.aborted) return { ok: false, failure: stopped(signal.reason) };
    if (timeout.aborted) return { ok: false, failure: { reason: 'timed-out', afterMs: timeoutMs, tail: '' } };
    return verdictOf(claim.claim, findings);
  }

  async *#check(claim: ClaimToVerify, signal: AbortSignal): AsyncGenerator<Finding> {
    const { spec, project } = claim.assignment;
    let holds = true;
    for (const [output, { file }] of unproven(spec, claim.claim)) {
      const finding = await this.#checkFile(output, file, project);
      holds &&= finding.evidence.ok;
      yield finding;
    }
    if (spec.outputSchema !== undefined) {
      const outputs = await withLargeValues(claim.claim.outputs, this.#ports.artifacts);
      const problems = findMisfits(spec.outputSchema, resultOf(spec, outputs));
      holds &&= problems.length === 0;
      yield { evidence: { check: 'output-schema', ok: problems.length === 0, problems } };
    }
    if (holds && spec.verify !== undefined && spec.verify.length > 0) yield* this.#runCommands(claim, signal);
  }

  async #checkFile(output: string, file: string, project: string): Promise<Finding> {
    const { isThere, bytes, path } = await lookAt(project, file);
    const evidence = { check: 'output-file', output, path: file } as const;
    if (!isThere || bytes === 0) return { evidence: { ...evidence, ok: false, bytes } };
    const ref = await keep(this.#ports.artifacts, path, file);
    return { evidence: { ...evidence, ok: true, bytes: ref.bytes, sha256: ref.sha256 }, artifacts: [ref] };
  }

  async *#runCommands(claim: ClaimToVerify, signal: AbortSignal): AsyncGenerator<Finding> {
    const { assignment, writesBefore } = claim;
    const { spec, runId } = assignment;
    const [first = []] = spec.verify ?? [];
    const overlay = [...writesBefore, ...(spec.writes ?? [])];
    const copy = await this.#ports.workspaces.cleanCopy(runId, overlay, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    });
    if (typeof copy === 'string') {
      yield { evidence: commandEvidence(first, { exitCode: NOT_RUN, workspace: '', tail: copy }) };
      return;
    }
    try {
      for (const argv of spec.verify ?? []) {
        const evidence = await this.#runCommand(argv, copy, assignment, signal);
        yield { evidence };
        if (!evidence.ok) return;
      }
    } finally {
      await copy.dispose();
    }
  }

  async #runCommand(
    argv: readonly string[],
    copy: CleanWorkspace,
    { work }: Assignment,
    signal: AbortSignal,
  ): Promise<Evidence> {
    const tail = new OutputTail(TAIL_BYTES);
    const env = {
      ...this.#ports.environment,
      ...(work.kind === 'command' ? work.env : undefined),
      // The copy is no repository: git must not take a folder above it for one.
      GIT_CEILING_DIRECTORIES: dirname(copy.path),
    };
    const onOutput = (_stream: string, chunk: Uint8Array): void => tail.push(chunk);
    const end = await this.#ports.processes.run({ argv, cwd: copy.path, env, onOutput }, signal);
    signal.throwIfAborted();
    const { exitCode, note } = describeEnd(end);
    return commandEvidence(argv, { exitCode, workspace: copy.madeFrom, tail: `${tail.text()}${note}` });
  }
}

/** The exit code of a command that did not get as far as having one. */
const NOT_RUN = -1;

function commandEvidence(
  argv: readonly string[],
  found: Readonly<{ exitCode: number; workspace: string; tail: string }>,
): Evidence {
  return { check: 'command', ok: found.exitCode === 0, argv, ...found };
}

function describeEnd(end: ProcessEnd): Readonly<{ exitCode: number; note: string }> {
  switch (end.kind) {
    case 'exited':
      return { exitCode: end.exitCode, note: '' };
    case 'signalled':
      return { exitCode: NOT_RUN, note: `\nIt was ended by ${end.signal}.` };
    case 'limit':
      return { exitCode: NOT_RUN, note: `\nIt was ended because it reached its ${end.limit} limit.` };
    case 'stopped':
      return { exitCode: NOT_RUN, note: '\nIt was stopped.' };
    case 'not-started':
      return { exitCode: NOT_RUN, note: end.message };
  }
}

function verdictOf(claim: Claim, findings: readonly Finding[]): Verdict {
  const evidence = findings.map((finding) => finding.evidence);
  const hasNothingToShow = evidence.length === 0 && claim.evidence.length === 0;
  if (hasNothingToShow || evidence.some(({ ok }) => !ok)) {
    return { ok: false, failure: { reason: 'check-failed', evidence } };
  }
  const artifacts = findings.flatMap((finding) => finding.artifacts ?? []);
  return { ok: true, evidence, outputs: claim.outputs, ...(artifacts.length === 0 ? {} : { artifacts }) };
}

/** Output files for which the claim brings no measured evidence. */
function unproven(spec: TaskSpec, { evidence }: Claim): readonly (readonly [string, { file: string }])[] {
  const isProven = (output: string): boolean =>
    evidence.some((one) => one.check === 'output-file' && one.ok && one.output === output);
  return Object.entries(spec.outputs ?? {}).flatMap(([output, wanted]) =>
    'file' in wanted && !isProven(output) ? [[output, wanted] as const] : [],
  );
}

/** What the schema is about: the whole result, or the outputs by name where the task names them. */
function resultOf(spec: TaskSpec, outputs: JsonObject): JsonObject[string] {
  const isWhole = spec.outputs?.['result'] === undefined && Object.hasOwn(outputs, 'result');
  return isWhole ? (outputs['result'] ?? null) : outputs;
}

function stopped(reason: unknown): TaskFailure {
  if (reason === 'lead-lost') return { reason: 'coordinator-lost' };
  return { reason: 'stopped', why: reason === 'paused' || reason === 'cancelled' ? reason : 'draining' };
}
