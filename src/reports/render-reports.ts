import type { CheckView } from './check-run-view.ts';
import { renderHtml } from './html/page.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderSarif } from './sarif.ts';

/** The files of a check, by name, ready to be written. */
export type RenderedReports = Readonly<{
  'report.html': string;
  'report.md': string;
  'report.json': string;
  'report.sarif': string;
}>;

export type ReportOptions = Readonly<{
  /** In `report.sarif` also what was not confirmed, at level note, and what is gone. @default false */
  all: boolean;
  /** Version of Waggle, for `report.sarif`. */
  version?: string;
}>;

export function renderReports(view: CheckView, options: ReportOptions = { all: false }): RenderedReports {
  return {
    'report.html': renderHtml(view),
    'report.md': renderMarkdown(view),
    'report.json': renderJson(view),
    'report.sarif': renderSarif(view, options),
  };
}
