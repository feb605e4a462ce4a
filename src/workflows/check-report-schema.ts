import { z } from 'zod';
import type { CheckReport, RunTimeline } from '../core/findings/check-report.ts';

const count = z.int().min(0);
const atMs = z.number().min(0);
const severity = z.enum(['critical', 'high', 'medium', 'low']);
const reason = z.enum([
  'no-git',
  'shallow-history',
  'no-manifest',
  'no-lockfile',
  'no-tests-found',
  'no-docs',
  'no-ci',
  'unsupported-language',
  'tool-missing',
  'tool-failed',
  'needs-network',
  'needs-consent',
  'tests-fail',
  'flaky',
  'too-slow',
  'too-large',
  'budget',
]);

const evidence = z.strictObject({ source: z.string(), text: z.string(), ref: z.string().exactOptional() });

const finding = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  kind: z.string(),
  severity,
  title: z.string(),
  file: z.string(),
  line: count,
  evidence: z.array(evidence),
  state: z.enum(['confirmed', 'unconfirmed', 'rejected', 'not-voted']),
  votes: z.array(
    z.strictObject({
      voter: z.enum(['shape', 'context', 'history', 'tests', 'blast-radius']),
      choice: z.enum(['approve', 'reject', 'abstain']),
      reason: z.string(),
      evidence: z.array(evidence),
      isCounted: z.boolean(),
    }),
  ),
  baseline: z.enum(['new', 'known', 'gone', 'not-checked']),
  fix: z.string().exactOptional(),
});

const past = z.strictObject({
  id: z.string(),
  kind: z.string(),
  severity,
  title: z.string(),
  file: z.string(),
  baseline: z.enum(['gone', 'not-checked']),
});

const repository = z.strictObject({
  name: z.string(),
  path: z.string(),
  git: z.boolean(),
  rootCommit: z.string().nullable(),
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  changedFiles: count.nullable(),
  commits: count.nullable(),
});

const size = z.strictObject({
  files: count,
  lines: count,
  bytes: count,
  languages: z.array(z.strictObject({ language: z.string(), files: count, lines: count })),
  unread: z.array(z.strictObject({ cause: z.string(), files: count, examples: z.array(z.string()) })),
});

const hotspot = z.strictObject({
  file: z.string(),
  language: z.string(),
  lines: count,
  commits: count,
  authors: count,
  fixes: count,
  complexity: count,
  complexityBy: z.enum(['parsed', 'counted']),
  trend: z.array(count).length(12),
  score: count,
});

const modules = z.strictObject({
  modules: count,
  imports: count,
  cycles: z.array(
    z.strictObject({ files: z.array(z.string()), path: z.array(z.strictObject({ file: z.string(), line: count })) }),
  ),
  typeCycles: count,
  mostImported: z.array(z.strictObject({ file: z.string(), importedBy: count })),
  map: z
    .strictObject({
      folders: z.array(z.strictObject({ path: z.string(), modules: count })),
      links: z.array(z.strictObject({ from: count, to: count, imports: count })),
    })
    .exactOptional(),
});

const plannedChange = z.strictObject({
  id: z.string(),
  title: z.string(),
  role: z.enum(['coder', 'tester', 'architect', 'integrator']),
  findingIds: z.array(z.string()),
  writes: z.array(z.string()),
  dependsOn: z.array(z.string()),
  verify: z.array(z.string()),
  size: z.enum(['S', 'M', 'L']),
});

const trend = z.strictObject({
  label: z.string(),
  better: z.enum(['higher', 'lower', 'neither']),
  points: z.array(z.strictObject({ atMs, value: z.number().nullable() })),
});

const task = z.strictObject({
  name: z.string(),
  title: z.string(),
  role: z.string(),
  state: z.enum(['done', 'failed', 'skipped']),
  figures: z.array(z.strictObject({ label: z.string(), value: z.string() })),
  note: z.string().exactOptional(),
});

const report = z.strictObject({
  format: z.literal('waggle-check/1'),
  run: z.string(),
  checkedAtMs: atMs,
  provenance: z.literal('function'),
  repository,
  size,
  findings: z.array(finding),
  past: z.array(past),
  rules: z.record(z.string(), count),
  furtherIds: z.array(z.string()),
  before: z.strictObject({ run: z.string(), checkedAtMs: atMs, commit: z.string().nullable() }).nullable(),
  hotspots: z.array(hotspot).nullable(),
  functions: z
    .array(
      z.strictObject({
        file: z.string(),
        line: count,
        name: z.string(),
        complexity: count,
        nesting: count,
        lines: count,
      }),
    )
    .nullable(),
  modules: modules.nullable(),
  plan: z.array(plannedChange).nullable(),
  trends: z.array(trend),
  tasks: z.array(task),
  notChecked: z.array(z.strictObject({ task: z.string(), reason, what: z.string(), fix: z.string() })),
  leftOut: z.array(z.string()),
});

const timeline = z.strictObject({
  startedAtMs: atMs,
  endedAtMs: atMs,
  attempts: z.array(
    z.strictObject({
      task: z.string(),
      attempt: z.int().min(1),
      agent: z.string(),
      role: z.string(),
      needs: z.array(z.string()),
      startedAtMs: atMs,
      endedAtMs: atMs,
      outcome: z.enum(['succeeded', 'failed', 'stopped', 'running']),
    }),
  ),
});

/** What `report.json` of a check holds: for tools that read it, and for the published JSON Schema. */
export const checkReportFile: z.ZodType<CheckReport & Readonly<{ timeline: RunTimeline }>> = report.extend({
  timeline,
});
