import type { CheckReport, NotChecked } from '../../core/findings/check-report.ts';
import { severityCounts, type CheckView } from '../check-run-view.ts';
import { count, countOf, date, duration, listed } from '../format.ts';
import { html, type Html } from './html.ts';

/** What was checked, what came out in one sentence, and what was not checked. */
export function headSection({ report, timeline }: CheckView): Html {
  const { repository, size } = report;
  const seconds = timeline.endedAtMs - timeline.startedAtMs;
  const agents = new Set(timeline.attempts.map(({ agent }) => agent)).size;
  return html`<header>
    <div class="brand">${LOGO}Waggle check</div>
    <h1>${repository.name}</h1>
    <div class="facts">
      <span class="mono">${repository.path}</span>${gitFacts(report)}<span>${date(report.checkedAtMs)}</span>
    </div>
    <p class="verdict">${verdict(report)}</p>
    <div class="tiles">
      ${tile(count(report.findings.length), report.findings.length === 1 ? 'finding' : 'findings')}
      ${tile(count(size.files), 'files')} ${tile(count(size.lines), 'lines')}
      ${repository.commits !== null && tile(count(repository.commits), 'commits looked at')}
      ${tile(duration(seconds), `with ${countOf(agents, 'agent')}`)}
    </div>
    ${notChecked(report)}
  </header>`;
}

const LOGO = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M12 1.5 21.1 6.75v10.5L12 22.5 2.9 17.25V6.75z" fill="none" stroke="currentColor" stroke-width="2" />
  <path d="M8.2 9.3v5.2l3.8 2.2 3.8-2.2V9.3L12 7.1z" fill="currentColor" />
</svg>`;

function tile(value: string, label: string): Html {
  return html`<div class="tile"><b>${value}</b><span>${label}</span></div>`;
}

function gitFacts({ repository }: CheckReport): Html {
  if (!repository.git) return html`<span>no git</span>`;
  if (repository.commit === null) return html`<span>no commits yet</span>`;
  const changed = repository.changedFiles;
  const state = changed === 0 ? 'no changed files' : `with ${countOf(changed ?? 0, 'changed file')}`;
  return html`${repository.branch !== null && html`<span>branch <b>${repository.branch}</b></span>`}
    <span>commit <b class="mono">${repository.commit.slice(0, 10)}</b>${changed !== null && html`, ${state}`}</span>`;
}

function verdict(report: CheckReport): string {
  const { findings, before, past } = report;
  if (findings.length === 0) return 'Nothing was found by what ran.';
  const counts = severityCounts(findings).map(({ severity, findings: some }) => `${some} ${severity}`);
  const sum = `${countOf(findings.length, 'finding')}: ${listed(counts)}.`;
  if (before === null) return `${sum} This is the first check here, so there is nothing to compare with.`;
  const fresh = findings.filter(({ baseline }) => baseline === 'new').length;
  const gone = past.filter(({ baseline }) => baseline === 'gone').length;
  return `${sum} Since the check of ${date(before.checkedAtMs)}: ${fresh} new, ${gone} gone.`;
}

/** First in sight, because a skipped part must never look like a good one. */
function notChecked({ notChecked: skipped, tasks, size, leftOut }: CheckReport): Html {
  const failed = tasks.filter(({ state }) => state === 'failed');
  const isWhole = skipped.length === 0 && failed.length === 0 && size.unread.length === 0;
  const isAlarming = skipped.length + failed.length > 0;
  return html`<div class="note${isAlarming ? ' skip' : ''}">
    <h3>Not checked</h3>
    <ul>
      ${isWhole && html`<li>Nothing was skipped.</li>`}
      ${failed.map(({ title, note }) => html`<li><b>${title}</b>: failed. <span>${note ?? 'The journal has the reason.'}</span></li>`)}
      ${groupSkips(skipped).map(({ whats, reason, fix }) => html`<li><b>${whats.join(' · ')}</b> <span class="tag">${reason}</span><br /><span>${fix}</span></li>`)}
      ${size.unread.map(({ cause, files, examples }) => html`<li>${countOf(files, 'file')}: ${cause} <span>(<code>${examples.join(', ')}</code>)</span></li>`)}
    </ul>
    ${
      leftOut.length > 0 &&
      html`<h3 class="second">Left out on purpose</h3>
        <ul>
          ${leftOut.map((one) => html`<li>${one}</li>`)}
        </ul>`
    }
  </div>`;
}

/** Parts that are skipped for the same reason and helped by the same command stand together. */
function groupSkips(
  skipped: readonly NotChecked[],
): readonly Readonly<{ whats: readonly string[]; reason: string; fix: string }>[] {
  const groups = Map.groupBy(skipped, ({ reason, fix }) => `${reason}\0${fix}`);
  return [...groups.values()].map((some) => ({
    whats: some.map(({ what }) => what),
    reason: some[0]?.reason ?? '',
    fix: some[0]?.fix ?? '',
  }));
}
