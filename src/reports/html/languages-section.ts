import type { CheckReport } from '../../core/findings/check-report.ts';
import { count, countOf, percent } from '../format.ts';
import { html, type Html } from './html.ts';
import { section } from './parts.ts';

const LANGUAGES = 5;

/** Lines by language, as one bar. */
export function languagesSection({ size }: CheckReport): Html | undefined {
  const { languages, lines } = size;
  if (languages.length === 0 || lines === 0) return undefined;
  const shown = languages.slice(0, LANGUAGES);
  const rest = languages.slice(LANGUAGES);
  const others = {
    language: 'other',
    files: sum(rest.map(({ files }) => files)),
    lines: sum(rest.map((one) => one.lines)),
  };
  const all = rest.length === 0 ? shown : [...shown, others];
  return section(
    'languages',
    'Languages',
    html`<p class="lead">Lines of text, without generated files, lock files and other people's code.</p>
      <div class="stack" aria-hidden="true">
        ${all.map((one, index) => html`<i class="l${index}" style="width:${((one.lines / lines) * 100).toFixed(2)}%" title="${one.language}"></i>`)}
      </div>
      <div class="key">
        ${all.map((one, index) => html`<span><i class="l${index}"></i>${one.language} <b>${percent(one.lines / lines)}</b>, ${count(one.lines)} lines in ${countOf(one.files, 'file')}</span>`)}
      </div>`,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
