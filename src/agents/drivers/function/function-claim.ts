import type { Json, JsonObject } from '../../../core/json.ts';
import type { AttemptResult, Claim, Evidence, Failed } from '../../../core/tasks/attempt.ts';
import type { OutputSpec } from '../../../core/tasks/task-spec.ts';
import type { Assignment } from '../../../ports/agent-driver.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import { collectOutputs } from '../../../tools/declared-outputs.ts';
import { copyPlainJson } from '../../../util/plain-json.ts';
import { MAX_OUTPUTS_BYTES, MAX_VALUE_BYTES, sizeOf, slimDown } from './large-values.ts';

type Store = Pick<ArtifactStore, 'create' | 'put' | 'read'>;

/** Shared: most functions return nothing that is kept. */
const RETURNED: readonly Evidence[] = Object.freeze([Object.freeze({ check: 'returned', ok: true } as const)]);
const NOTHING: Claim = Object.freeze({ ok: true, outputs: Object.freeze({}), evidence: RETURNED });

/** Room for the name `result` around a value that is no object. */
const WRAPPER_BYTES = 16;

/** What a function's return value amounts to. A promise only where a file or the artifact store is touched. */
export function claimOf(
  value: unknown,
  assignment: Assignment,
  store: Store | undefined,
): AttemptResult | Promise<AttemptResult> {
  const { outputs: declared } = assignment.spec;
  if (value === undefined && declared === undefined) return NOTHING;
  const copy = copyPlainJson(value === undefined ? {} : value);
  if (!copy.ok) return notPlain(copy.problem);
  const outputs = isObject(copy.value) ? copy.value : { result: copy.value };
  const isSmall = copy.mostBytes + WRAPPER_BYTES <= MAX_OUTPUTS_BYTES;
  if (declared === undefined && isSmall) return { ok: true, outputs, evidence: RETURNED };
  return finishClaim(outputs, declared ?? {}, assignment, store);
}

async function finishClaim(
  result: JsonObject,
  declared: Readonly<Record<string, OutputSpec>>,
  { project }: Assignment,
  store: Store | undefined,
): Promise<AttemptResult> {
  const { outputs, missing, evidence, artifacts } = await collectOutputs(declared, result, project, store);
  if (missing.length > 0) return { ok: false, failure: { reason: 'no-result', missing } };
  const all = [...RETURNED, ...evidence];
  const bytes = sizeOf(outputs);
  if (bytes <= MAX_OUTPUTS_BYTES) return { ok: true, outputs, evidence: all, artifacts };
  if (store === undefined || bytes > MAX_VALUE_BYTES) return tooLarge(bytes, store === undefined);
  const slim = await slimDown(outputs, store);
  return { ok: true, outputs: slim.outputs, evidence: all, artifacts: [...artifacts, ...slim.artifacts] };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notPlain(problem: string): Failed {
  const problems = [`The function’s result cannot be kept: ${problem}. Return plain JSON.`];
  return {
    ok: false,
    failure: { reason: 'check-failed', evidence: [{ check: 'output-schema', ok: false, problems }] },
  };
}

function tooLarge(bytes: number, hasNoStore: boolean): Failed {
  const most = hasNoStore ? MAX_OUTPUTS_BYTES : MAX_VALUE_BYTES;
  const message = `The result has ${bytes} bytes, but at most ${most} can be kept. Write it to a file and declare that under outputs.`;
  return { ok: false, failure: { reason: 'limit-exceeded', limit: 'output', message } };
}
