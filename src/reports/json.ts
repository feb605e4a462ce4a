import type { CheckView } from './check-run-view.ts';

/** `report.json`: the report with the timeline of its run under `timeline`. */
export function renderJson({ report, timeline }: CheckView): string {
  return `${JSON.stringify({ ...report, timeline }, undefined, 2)}\n`;
}
