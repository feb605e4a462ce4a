import type { CheckReport, PastFinding, Trend } from '../../core/findings/check-report.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { placeOf } from '../check-run-view.ts';
import { count, countOf, date } from '../format.ts';
import { trendStep } from '../trend-text.ts';
import { changesOf } from '../verdict.ts';
import { cut } from '../visible.ts';
import { html, type Html } from './html.ts';
import { section, severityMark, tag } from './parts.ts';

const MAX_NEW = 10;
const MAX_PAST = 100;

/** New, gone and known since the check before, and how figures moved. */
export function changesSection(report: CheckReport): Html | undefined {
  const { before, trends } = report;
  const changes = changesOf(report);
  if (before === null || changes === undefined) return undefined;
  const fresh = report.findings.filter(({ baseline }) => baseline === 'new');
  const gone = report.past.filter(({ baseline }) => baseline === 'gone');
  const missed = report.past.filter(({ baseline }) => baseline === 'not-checked');
  const commit = before.commit === null ? undefined : html`, commit <code>${before.commit.slice(0, 10)}</code>`;
  return section(
    'changes',
    'What changed',
    html`<p class="lead">Against the check of ${date(before.checkedAtMs)}${commit}.</p>
      <ul class="counts">
        ${counter(changes.new, 'new', 'was not there then')}
        ${counter(changes.gone, 'gone', 'was there, and is no longer')}
        ${counter(changes.known, 'known', 'there then and now')}
        ${counter(changes.notChecked, 'not looked for', 'what found it did not run, or works differently now')}
      </ul>
      ${newList(fresh)} ${pastList(gone, 'gone')} ${pastList(missed, 'not looked for this time')} ${trendsPart(trends)}`,
  );
}

function counter(value: number, word: string, meaning: string): Html {
  return html`<li class="tile"><b>${count(value)}</b><span>${word}</span><small>${meaning}</small></li>`;
}

function newList(fresh: readonly Finding[]): Html | undefined {
  if (fresh.length === 0) return undefined;
  const more = fresh.length - MAX_NEW;
  return html`<h3>New</h3>
    <ul class="plain">
      ${fresh.slice(0, MAX_NEW).map((finding) => {
        const { id, severity, title, state } = finding;
        return html`<li>
          ${severityMark(severity)} <a href="#f-${id}">${cut(title, 160)}</a> <code>${cut(placeOf(finding), 200)}</code>
          ${state !== 'confirmed' && state !== 'not-voted' && tag(state)}
        </li>`;
      })}
      ${more > 0 && html`<li>and ${count(more)} more, marked “new” below</li>`}
    </ul>`;
}

function pastList(past: readonly PastFinding[], word: string): Html | undefined {
  if (past.length === 0) return undefined;
  const more = past.length - MAX_PAST;
  return html`<details>
    <summary>${countOf(past.length, 'finding')} ${word}</summary>
    <ul class="plain">
      ${past.slice(0, MAX_PAST).map(({ severity, title, file }) => {
        return html`<li>${severityMark(severity)} ${cut(title, 160)} <code>${cut(file, 200)}</code></li>`;
      })}
      ${more > 0 && html`<li>and ${count(more)} more</li>`}
    </ul>
  </details>`;
}

function trendsPart(trends: readonly Trend[]): Html | undefined {
  const known = trends.filter(({ points }) => points.filter(({ value }) => value !== null).length > 1);
  if (known.length === 0) return undefined;
  const isStill = ({ points }: Trend): boolean => new Set(points.map(({ value }) => value)).size === 1;
  const moved = known.filter((trend) => !isStill(trend));
  const still = known.filter(isStill).map(({ label, points }) => `${label} ${count(points.at(-1)?.value ?? 0)}`);
  return html`<h3>Figures over time</h3>
    ${
      moved.length > 0 &&
      html`<ul class="trends">
        ${moved.map(trendTile)}
      </ul>`
    }
    ${still.length > 0 && html`<p class="still"><b>The same as in every check so far:</b> ${still.join(' · ')}</p>`}`;
}

function trendTile(trend: Trend): Html {
  const step = trendStep(trend);
  return html`<li class="tile trend">
    <span>${trend.label}</span>
    <b>${step === undefined ? 'not measured' : count(step.now)}</b>
    ${line(trend)}
    ${step !== undefined && html`<small class="${step.mood}"><span aria-hidden="true">${step.arrow}</span> ${step.text}</small>`}
  </li>`;
}

const WIDTH = 120;
const HEIGHT = 30;
const EDGE = 3;

/** Where a figure is missing, the line is broken. */
function line({ label, points }: Trend): Html {
  const known = points.map(({ value }) => value).filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const at = (value: number, index: number): string => {
    const x = EDGE + (index / Math.max(1, points.length - 1)) * (WIDTH - 2 * EDGE);
    const share = most === least ? 0.5 : (value - least) / (most - least);
    return `${x.toFixed(1)} ${(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
  };
  const way = points.map(({ value }, index) => {
    if (value === null) return '';
    const before = points[index - 1]?.value ?? null;
    return `${before === null ? 'M' : 'L'}${at(value, index)}`;
  });
  const last = points.at(-1)?.value ?? null;
  const [x, y] = last === null ? [] : at(last, points.length - 1).split(' ');
  const said = points.map(({ value }) => (value === null ? 'not measured' : count(value))).join(', ');
  return html`<svg
    class="spark"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${label}, oldest first: ${said}"
  >
    <path d="${way.join('')}" />
    ${x !== undefined && y !== undefined && html`<circle cx="${x}" cy="${y}" r="2.6" />`}
  </svg>`;
}
