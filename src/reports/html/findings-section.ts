import type { CheckReport } from '../../core/findings/check-report.ts';
import type { Finding, Severity } from '../../core/findings/finding.ts';
import { placeOf } from '../check-run-view.ts';
import { countOf } from '../format.ts';
import { cut } from '../visible.ts';
import { html, type Html } from './html.ts';

const FIRST = 10;

/** Best first: ten with their evidence, the others in a table. */
export function findingsSection(report: CheckReport): Html {
  const { findings } = report;
  if (findings.length === 0)
    return html`<h2>Findings</h2>
      <p class="lead">Nothing was found by what ran.</p>`;
  const isFirstCheck = report.before === null;
  const rest = findings.slice(FIRST);
  return html`<h2 id="findings">First things first</h2>
    <p class="lead">Ordered by severity, by how sure the detector is, and by how much work goes on in the file.</p>
    <ol class="first">
      ${findings.slice(0, FIRST).map((finding) => card(finding, isFirstCheck))}
    </ol>
    ${
      rest.length > 0 &&
      html`<details>
        <summary>${countOf(rest.length, 'more finding')}</summary>
        ${table(rest, isFirstCheck)}
      </details>`
    }
    ${pastSection(report)}`;
}

export function severityMark(severity: Severity): Html {
  return html`<span class="sev ${severity}"><i></i>${severity}</span>`;
}

function card(finding: Finding, isFirstCheck: boolean): Html {
  const { severity, kind, title, evidence, fix, baseline, id } = finding;
  return html`<li class="card" id="f-${id}">
    <div class="row">
      ${severityMark(severity)}<span class="tag">${kind}</span
      >${!isFirstCheck && html`<span class="tag ${baseline}">${baseline}</span>`}
    </div>
    <h3>${cut(title, 200)}</h3>
    <div class="where"><code>${placeOf(finding)}</code></div>
    <ul>
      ${evidence.map(({ source, text, ref }) => html`<li><span class="by">${source}</span>${cut(text, 400)}${ref !== undefined && ref !== placeOf(finding) && html` <code>${ref}</code>`}</li>`)}
    </ul>
    ${fix !== undefined && html`<p class="fix">${fix}</p>`}
  </li>`;
}

function table(findings: readonly Finding[], isFirstCheck: boolean): Html {
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>Severity</th>
          <th>Finding</th>
          <th>Where</th>
          ${!isFirstCheck && html`<th class="opt">Since last</th>`}
        </tr>
      </thead>
      <tbody>
        ${findings.map(
          (finding) =>
            html`<tr id="f-${finding.id}">
              <td>${severityMark(finding.severity)}</td>
              <td>${cut(finding.title, 160)}</td>
              <td><code>${placeOf(finding)}</code></td>
              ${!isFirstCheck && html`<td class="opt">${finding.baseline}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function pastSection({ past }: CheckReport): Html | undefined {
  if (past.length === 0) return undefined;
  return html`<details>
    <summary>
      ${countOf(past.length, 'finding')} of the check before ${past.length === 1 ? 'is' : 'are'} gone or could not be
      looked for
    </summary>
    <div class="wide">
      <table>
        <tbody>
          ${past.map(
            ({ baseline, title, file }) =>
              html`<tr>
                <td>${baseline}</td>
                <td>${cut(title, 160)}</td>
                <td><code>${file}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
