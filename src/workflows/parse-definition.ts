import { z } from 'zod';
import type { WorkflowDefinition } from './definition.ts';
import { workflowSchema } from './definition-schema.ts';
import type { DefinitionPath, Finding } from './diagnostics.ts';
import { schemaFindings } from './schema-problems.ts';

/**
 * A definition that fits the schema, and what had to be left out of it to fit: the rest is checked all the same,
 * so that people see all their mistakes at once. Without findings it is the definition as given.
 */
export type ParsedDefinition = Readonly<{ definition: WorkflowDefinition; findings: readonly Finding[] }>;

const EMPTY: WorkflowDefinition = { name: 'unnamed', tasks: {} };
/** Each round leaves out one level more. */
const ROUNDS = 4;

/** Unknown data, of a YAML file or of code, against the schema. */
export function parseDefinition(value: unknown): ParsedDefinition {
  const whole = z.safeParse(workflowSchema, value);
  if (whole.success) return { definition: whole.data, findings: [] };
  const findings = schemaFindings(workflowSchema, value, 'WORKFLOW');
  let rest: unknown = isRecord(value) ? { ...EMPTY, ...value } : EMPTY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const result = z.safeParse(workflowSchema, rest);
    if (result.success) return { definition: result.data, findings };
    for (const { path, ...issue } of result.error.issues) {
      const at = path.filter((step) => typeof step !== 'symbol');
      const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...at, key]) : [beforeList(at)];
      for (const key of keys) rest = without(rest, key.slice(0, Math.max(1, key.length - round)));
    }
    rest = { ...EMPTY, ...(isRecord(rest) ? rest : {}) };
  }
  return { definition: EMPTY, findings };
}

/** Up to the first list: leaving out one entry would move the others. */
function beforeList(path: DefinitionPath): DefinitionPath {
  const list = path.findIndex((step) => typeof step === 'number');
  return list < 0 ? path : path.slice(0, list);
}

function without(value: unknown, [key, ...below]: DefinitionPath): unknown {
  if (!isRecord(value) || key === undefined) return value;
  const entries = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    if (name !== String(key)) return [[name, item]];
    return below.length === 0 ? [] : [[name, without(item, below)]];
  });
  return Object.fromEntries(entries);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
