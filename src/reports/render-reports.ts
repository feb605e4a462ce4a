import type { CheckView } from './check-run-view.ts';
import { renderHtml } from './html/page.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';

/** The files of a check, by name, ready to be written. */
export type RenderedReports = Readonly<{ 'report.html': string; 'report.md': string; 'report.json': string }>;

export function renderReports(view: CheckView): RenderedReports {
  return {
    'report.html': renderHtml(view),
    'report.md': renderMarkdown(view),
    'report.json': renderJson(view),
  };
}
