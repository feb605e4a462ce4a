import { z } from 'zod';
import type { AgentReport } from '../../../core/tasks/attempt.ts';
import { ANY_JSON } from '../../../tools/any-json.ts';

const MAX_TEXT_LENGTH = 2_000;
const MAX_STEP_LENGTH = 200;

const reportSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    percentage: z.number().min(0).max(100).nullable().default(null),
    step: z
      .string()
      .transform((text) => text.slice(0, MAX_STEP_LENGTH).toWellFormed())
      .nullable()
      .default(null),
  }),
  z.object({
    kind: z.literal('note'),
    text: z.string().transform((text) => text.slice(0, MAX_TEXT_LENGTH).toWellFormed()),
  }),
  z.object({ kind: z.literal('data'), topic: z.string().max(MAX_STEP_LENGTH), data: ANY_JSON }),
]);

/** Reports end in the journal, and functions may be plain JavaScript: what is no report is dropped. */
export function checkedReport(report: (report: AgentReport) => void): (report: AgentReport) => void {
  return (given) => {
    const checked = reportSchema.safeParse(given);
    if (checked.success) report(checked.data);
  };
}
