/** Writes `schemas/` and `docs/reference/` from the code. With `--check` it writes nothing and fails when they are stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Metrics } from '../src/observability/metrics.ts';
import { metricsPage, optionsPage, unionsPage, workflowPage } from './generate-reference-pages.ts';
import {
  configJsonSchema,
  reportJsonSchema,
  workflowJsonSchema,
  workflowWords,
  type JsonSchema,
} from './generate-reference-schemas.ts';
import { readUnion } from './generate-reference-types.ts';

const ROOT = join(import.meta.dirname, '..');
const source = (file: string): string => join(ROOT, 'src/core', file);

const events = unionsPage(
  'Events',
  'Everything that can happen. The journal is a list of these; every view is made from them. `waggle runs watch --json` prints them.',
  [
    ...['TaskEvent', 'RunEvent', 'AgentEvent', 'ProposalEvent', 'MessageEvent'].map((name) =>
      readUnion(source('events.ts'), name, 'type'),
    ),
    readUnion(source('health/health-events.ts'), 'HealthEvent', 'type'),
    readUnion(source('scaling/scaling-events.ts'), 'ScalingEvent', 'type'),
    readUnion(source('scaling/overload-events.ts'), 'OverloadEvent', 'type'),
    readUnion(source('alerts/alert-events.ts'), 'AlertEvent', 'type'),
    readUnion(source('settings/setting-events.ts'), 'ConfigEvent', 'type'),
    readUnion(source('tuning/tuning-events.ts'), 'TuningEvent', 'type'),
  ],
);
const failures = unionsPage(
  'Failures',
  'Why work ends without success, and why a command does not apply. Each has one reason, and the data that belongs to it.',
  [
    readUnion(source('tasks/attempt.ts'), 'TaskFailure', 'reason'),
    readUnion(source('runs/run-spec.ts'), 'RunFailure', 'reason'),
    readUnion(source('events.ts'), 'SkipCause', 'reason'),
    readUnion(source('ruling.ts'), 'Refusal', 'reason'),
    readUnion(source('consensus/proposal-spec.ts'), 'ActionFailure', 'reason'),
  ],
);
const files: Readonly<Record<string, string>> = {
  'schemas/workflow.schema.json': toText(workflowJsonSchema()),
  'schemas/check-report.schema.json': toText(reportJsonSchema()),
  'schemas/waggle.schema.json': toText(configJsonSchema()),
  'docs/reference/options.md': optionsPage(),
  'docs/reference/workflow.md': workflowPage(workflowWords()),
  'docs/reference/events.md': events,
  'docs/reference/failures.md': failures,
  'docs/reference/metrics.md': metricsPage(new Metrics().snapshot()),
};

const isCheck = process.argv.includes('--check');
const stale = Object.entries(files).filter(([file, text]) => read(join(ROOT, file)) !== text);
for (const [file, text] of stale) {
  if (isCheck) {
    console.error(`${file} is stale: run "node scripts/generate-reference.ts".`);
    continue;
  }
  mkdirSync(dirname(join(ROOT, file)), { recursive: true });
  writeFileSync(join(ROOT, file), text);
}
console.log(`${Object.keys(files).length} files, ${stale.length} ${isCheck ? 'stale' : 'written'}`);
process.exitCode = isCheck && stale.length > 0 ? 1 : 0;

function toText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not there yet
  }
}
