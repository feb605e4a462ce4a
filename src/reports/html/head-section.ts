import type { CheckReport } from '../../core/findings/check-report.ts';
import { groupSkips } from '../../core/findings/group-skips.ts';
import type { CheckView } from '../check-run-view.ts';
import { count, countOf, date, duration } from '../format.ts';
import { changesText, verdictOf } from '../verdict.ts';
import { cut } from '../visible.ts';
import { byState } from '../votes.ts';
import { html, type Html } from './html.ts';
import { section, tag, wide } from './parts.ts';

/** What was checked, what came out in one sentence, and what was not checked. */
export function headSection({ report, timeline }: CheckView): Html {
  const { repository, size } = report;
  const agents = new Set(timeline.attempts.map(({ agent }) => agent)).size;
  return html`<header>
    <p class="brand">${LOGO}Waggle check</p>
    <h1>${repository.name}</h1>
    <p class="facts">
      <span class="mono">${repository.path}</span>${gitFacts(report)}<span>${date(report.checkedAtMs)}</span>
    </p>
    <p class="verdict">${verdictOf(report)}</p>
    <p class="since">${changesText(report)}</p>
    <ul class="counts">
      ${findingsTile(report)} ${tile(count(size.files), 'files')} ${tile(count(size.lines), 'lines')}
      ${repository.commits !== null && tile(count(repository.commits), 'commits looked at')}
      ${tile(duration(timeline.endedAtMs - timeline.startedAtMs), `with ${countOf(agents, 'agent')}`)}
    </ul>
    ${notCheckedNote(report)}
    <p class="provenance">
      Provenance: ${report.provenance}. Measured by functions on this machine: no model took part, and nothing left it.
    </p>
  </header>`;
}

const LOGO = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
  <path d="M12 1.5 21.1 6.75v10.5L12 22.5 2.9 17.25V6.75z" fill="none" stroke="currentColor" stroke-width="2" />
  <path d="M8.2 9.3v5.2l3.8 2.2 3.8-2.2V9.3L12 7.1z" fill="currentColor" />
</svg>`;

function findingsTile({ findings }: CheckReport): Html {
  const { confirmed, 'not-voted': open } = byState(findings);
  if (open.length === findings.length)
    return tile(count(findings.length), findings.length === 1 ? 'finding' : 'findings');
  return tile(count(confirmed.length), confirmed.length === 1 ? 'confirmed finding' : 'confirmed findings');
}

function tile(value: string, label: string): Html {
  return html`<li class="tile"><b>${value}</b><span>${label}</span></li>`;
}

function gitFacts({ repository }: CheckReport): Html {
  if (!repository.git) return html`<span>no git</span>`;
  if (repository.commit === null) return html`<span>no commits yet</span>`;
  const changed = repository.changedFiles;
  const state = changed === 0 ? 'no changed files' : `with ${countOf(changed ?? 0, 'changed file')}`;
  return html`${repository.branch !== null && html`<span>branch <b>${repository.branch}</b></span>`}
    <span>commit <b class="mono">${repository.commit.slice(0, 10)}</b>${changed !== null && html`, ${state}`}</span>`;
}

/** First in sight, because a skipped part must never look like a good one. */
function notCheckedNote(report: CheckReport): Html {
  const { notChecked, tasks } = report;
  const failed = tasks.filter(({ state }) => state === 'failed');
  const isAlarming = notChecked.length + failed.length > 0;
  return html`<div class="note${isAlarming ? ' skip' : ''}">
    <h2>Not checked</h2>
    <ul>
      ${!isAlarming && html`<li>Nothing was skipped.</li>`}
      ${failed.map(({ title, note }) => html`<li><b>${cut(title, 120)}</b> ${tag('failed')}<br />${cut(note ?? 'The journal has the reason.', 300)}</li>`)}
      ${groupSkips(notChecked).map(({ whats, reason, fix }) => html`<li><b>${whats.join(' · ')}</b> ${tag(reason)}<br />${fix}</li>`)}
    </ul>
  </div>`;
}

/** Files that were not read, and what was left out on purpose. */
export function leftOutSection({ size, leftOut }: CheckReport): Html | undefined {
  if (size.unread.length + leftOut.length === 0) return undefined;
  return section(
    'left-out',
    'Left out and not read',
    html`${
      leftOut.length > 0 &&
      html`<h3>Left out on purpose</h3>
        <p class="lead">Few true findings are worth more than many doubtful ones.</p>
        <ul class="plain">
          ${leftOut.map((one) => html`<li>${cut(one, 400)}</li>`)}
        </ul>`
    }
    ${
      size.unread.length > 0 &&
      html`<h3>Files that were not read whole</h3>
        ${wide(
          'Files that were not read whole',
          html`<table>
            <thead>
              <tr>
                <th scope="col">Why</th>
                <th scope="col" class="n">Files</th>
                <th scope="col">For example</th>
              </tr>
            </thead>
            <tbody>
              ${size.unread.map(
                ({ cause, files, examples }) =>
                  html`<tr>
                    <th scope="row">${cut(cause, 120)}</th>
                    <td class="n">${count(files)}</td>
                    <td><code>${cut(examples.join(', '), 300)}</code></td>
                  </tr>`,
              )}
            </tbody>
          </table>`,
        )}`
    }`,
  );
}
