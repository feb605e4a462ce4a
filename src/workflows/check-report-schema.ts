import { z } from 'zod';
import type { CheckReport, RunTimeline } from '../core/findings/check-report.ts';

const count = z.int().min(0);
const atMs = z.number().min(0).describe('Wall time, ms since 1970.');
const path = z.string().describe('Relative to the checked folder, with "/".');
const place = { file: path, line: count.describe('From 1; 0 is the file as a whole.') };
const severity = z.enum(['critical', 'high', 'medium', 'low']).describe('How much it matters when it is true.');
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

const evidence = z.strictObject({
  source: z.string().describe('The task that measured it.'),
  text: z.string().describe('What was measured, in a sentence. Secrets are masked.'),
  ref: z.string().exactOptional().describe('"path:line"'),
});

const finding = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .describe('Same code, same id: made from kind, file and the code itself, never from line numbers.'),
  kind: z.string().describe('"import-cycle", "secret" ...'),
  severity,
  title: z.string(),
  ...place,
  evidence: z.array(evidence),
  state: z
    .enum(['confirmed', 'unconfirmed', 'rejected', 'not-voted'])
    .describe('What the vote made of it; "not-voted": nobody was asked.'),
  votes: z.array(
    z.strictObject({
      voter: z.enum(['shape', 'context', 'history', 'tests', 'blast-radius']),
      choice: z.enum(['approve', 'reject', 'abstain']),
      reason: z.string(),
      evidence: z.array(evidence),
      isCounted: z.boolean().describe('False when it came after the others had settled the vote, or was refused.'),
    }),
  ),
  baseline: z.enum(['new', 'known', 'gone', 'not-checked']).describe('Against the check before.'),
  fix: z.string().exactOptional().describe('What to do about it.'),
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
  path: z.string().describe('Absolute path of the checked folder.'),
  git: z.boolean(),
  rootCommit: z.string().nullable(),
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  changedFiles: count.nullable().describe('Tracked files that differ from the commit; null without git.'),
  commits: count.nullable().describe('Commits looked at; null when history was not looked at.'),
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
  trend: z.array(count).length(12).describe('Commits in each of the last 12 months, oldest first.'),
  score: count.describe('commits × (1 + complexity)'),
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
  writes: z.array(z.string()).describe('Files, or folders ending in "/".'),
  dependsOn: z.array(z.string()).describe('Ids of tasks that come first.'),
  verify: z.array(z.string()).describe('Commands that show it is done.'),
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
  format: z.literal('waggle-check/1').describe('Changes only when readers of the old one would be misled.'),
  run: z.string(),
  checkedAtMs: atMs,
  provenance: z.literal('function').describe('Measured by functions: no model took part.'),
  repository,
  size,
  findings: z.array(finding).describe('Best first.'),
  past: z.array(past).describe('Findings of the check before that are gone or could not be looked for.'),
  rules: z.record(z.string(), count),
  furtherIds: z.array(z.string()),
  before: z.strictObject({ run: z.string(), checkedAtMs: atMs, commit: z.string().nullable() }).nullable(),
  hotspots: z.array(hotspot).nullable().describe('Highest score first; null when history was not looked at.'),
  functions: z
    .array(
      z.strictObject({
        ...place,
        name: z.string(),
        complexity: count,
        nesting: count,
        lines: count,
      }),
    )
    .nullable(),
  modules: modules.nullable(),
  plan: z
    .array(plannedChange)
    .nullable()
    .describe('What to do about confirmed findings, in the order to do it; null when nothing was confirmed.'),
  trends: z.array(trend).describe('Figures of this check and the ones before it.'),
  tasks: z.array(task),
  notChecked: z
    .array(z.strictObject({ task: z.string(), reason, what: z.string(), fix: z.string() }))
    .describe('Parts that did not run, with the reason and what would check them.'),
  leftOut: z.array(z.string()).describe('Left out on purpose, in words.'),
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
