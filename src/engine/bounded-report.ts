import type { AgentReport } from '../core/tasks/attempt.ts';
import { utf8Bytes } from '../util/utf8.ts';

/** Of the JSON that a report carries: each is stored for good. */
const MAX_REPORT_BYTES = 16_384;

/** The report, or a note that says why its data is not kept. */
export function boundedReport(report: AgentReport): AgentReport {
  if (report.kind !== 'data') return report;
  const bytes = utf8Bytes(JSON.stringify(report.data));
  if (bytes <= MAX_REPORT_BYTES) return report;
  const text = `Data on "${report.topic}" was not kept: it has ${bytes} bytes, and a report has at most ${MAX_REPORT_BYTES}. Give it as an output.`;
  return { kind: 'note', text };
}
