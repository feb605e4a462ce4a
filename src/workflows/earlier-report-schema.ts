import { z } from 'zod';
import type { Trend } from '../core/findings/check-report.ts';
import type { Severity } from '../core/findings/finding.ts';

/** A report of this size was not written by a check. */
const MAX_ITEMS = 5_000;

const finding = z.object({
  id: z.string().max(64),
  kind: z.string().max(100),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  title: z.string(),
  file: z.string(),
});

type EarlierFinding = Readonly<{ id: string; kind: string; severity: Severity; title: string; file: string }>;

/** What a later check needs of the `report.json` of an earlier one. More may stand in it. */
export type EarlierReport = Readonly<{
  run: string;
  checkedAtMs: number;
  repository: Readonly<{ name: string; commit: string | null; rootCommit: string | null }>;
  findings: readonly (EarlierFinding & Readonly<{ state: string }>)[];
  past: readonly (EarlierFinding & Readonly<{ baseline: string }>)[];
  rules: Readonly<Record<string, number>>;
  furtherIds: readonly string[];
  trends: readonly Pick<Trend, 'label' | 'points'>[];
}>;

const earlierReport: z.ZodType<EarlierReport> = z
  .object({
    format: z.literal('waggle-check/1'),
    run: z.string(),
    checkedAtMs: z.number().min(0),
    repository: z.object({
      name: z.string(),
      commit: z.string().nullable(),
      rootCommit: z.string().nullable().default(null),
    }),
    findings: z.array(finding.extend({ state: z.string() })).max(MAX_ITEMS),
    past: z.array(finding.extend({ baseline: z.string() })).max(MAX_ITEMS),
    rules: z.record(z.string(), z.number()).default({}),
    furtherIds: z.array(z.string().max(64)).max(MAX_ITEMS).default([]),
    trends: z
      .array(
        z.object({
          label: z.string(),
          points: z.array(z.object({ atMs: z.number(), value: z.number().nullable() })).max(MAX_ITEMS),
        }),
      )
      .max(100)
      .default([]),
  })
  .readonly();

/** A report, or what is wrong with it in a few words. */
export function parseEarlierReport(
  value: unknown,
): Readonly<{ ok: true; report: EarlierReport }> | Readonly<{ ok: false; problem: string }> {
  const { format } = z.object({ format: z.string() }).catch({ format: '' }).parse(value);
  if (format.startsWith('waggle-check/') && format !== 'waggle-check/1')
    return { ok: false, problem: `It has the format "${format.slice(0, 40)}"; this release reads "waggle-check/1"` };
  if (format === '') return { ok: false, problem: 'It is JSON, but not the report of a check' };
  const parsed = earlierReport.safeParse(value);
  if (parsed.success) return { ok: true, report: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, problem: `It is no whole report: "${issue?.path.join('.') ?? ''}" is wrong` };
}
