import type { CheckReport } from '../../core/findings/check-report.ts';
import type { Finding, FindingVote } from '../../core/findings/finding.ts';
import { placeOf } from '../check-run-view.ts';
import { countOf } from '../format.ts';
import { kindText } from '../kinds.ts';
import { cut } from '../visible.ts';
import { byState, reasonAgainst, reasonOpen, tallyText, VOTER_TEXTS } from '../votes.ts';
import { html, type Html } from './html.ts';
import { section, severityMark, tag } from './parts.ts';
import { marks, votesLegend, votesList, votesPart } from './votes-part.ts';

/** Shown whole; the others open. */
const FIRST = 10;
const MAX_EVIDENCE = 8;

const ORDER = 'Ordered by severity, by how sure the detector is, and by how much work goes on in the file.';

/** What counts: confirmed findings; where nobody voted, all of them. */
export function findingsSection(report: CheckReport): Html {
  const { confirmed, 'not-voted': open } = byState(report.findings);
  const isVoted = open.length < report.findings.length;
  const shown = isVoted ? confirmed : open;
  const title = isVoted ? 'Confirmed findings' : 'Findings';
  if (shown.length === 0) {
    const text = isVoted
      ? 'No finding was confirmed. What was looked at and not confirmed stands below.'
      : 'Nothing was found by what ran.';
    return section('findings', title, html`<p class="lead">${text}</p>`);
  }
  const lead = isVoted
    ? `Approved by at least two voters with evidence of their own, or by all that were asked. ${ORDER}`
    : `Nobody voted on these. ${ORDER}`;
  const isCompared = report.before !== null;
  return section(
    'findings',
    title,
    html`<p class="lead">${lead}</p>
      ${isVoted && votesLegend()}
      <ol class="first">
        ${shown.slice(0, FIRST).map((finding) => card(finding, isCompared))}
      </ol>
      ${
        shown.length > FIRST &&
        html`<h3 class="more">${countOf(shown.length - FIRST, 'more finding')}</h3>
          ${lines(shown.slice(FIRST), isCompared)}`
      }`,
  );
}

/** Apart from what counts, each with the reason why. */
export function otherFindings(report: CheckReport): Html {
  const { unconfirmed, rejected, 'not-voted': open } = byState(report.findings);
  const isVoted = open.length < report.findings.length;
  const isCompared = report.before !== null;
  return html`${
    unconfirmed.length > 0 &&
    section(
      'unconfirmed',
      'Unconfirmed',
      html`<p class="lead">
          ${countOf(unconfirmed.length, 'finding')} without enough votes for
          ${unconfirmed.length === 1 ? 'it' : 'them'}. ${unconfirmed.length === 1 ? 'It is' : 'They are'} not counted:
          worth a look where you know the place.
        </p>
        ${lines(unconfirmed, isCompared)}`,
    )
  }
  ${
    isVoted &&
    open.length > 0 &&
    section(
      'not-voted',
      'Not voted on',
      html`<p class="lead">
          ${countOf(open.length, 'finding')} nobody was asked about: only the first of the order are put to the vote.
        </p>
        ${lines(open, isCompared)}`,
    )
  }
  ${
    rejected.length > 0 &&
    section(
      'rejected',
      'Rejected',
      html`<p class="lead">What looked like a finding, and the evidence that spoke against it.</p>
        <details>
          <summary>${countOf(rejected.length, 'rejected finding')}, with reasons</summary>
          ${lines(rejected, isCompared)}
        </details>`,
    )
  }`;
}

function card(finding: Finding, isCompared: boolean): Html {
  const { severity, kind, title, baseline, id } = finding;
  return html`<li class="card" id="f-${id}">
    <div class="row">${severityMark(severity)}${kindTag(kind)}${isCompared && tag(baseline, baseline)}</div>
    <h3>${cut(title, 200)}</h3>
    <p class="where"><code>${cut(placeOf(finding), 300)}</code></p>
    ${evidenceAndFix(finding)} ${votesPart(finding)}
  </li>`;
}

function kindTag(kind: string): Html {
  const { name, short } = kindText(kind);
  return html`<span class="tag" title="${short}">${name}</span>`;
}

function evidenceAndFix(finding: Finding): Html {
  const { evidence, fix } = finding;
  return html`<ul class="evidence">
      ${evidence.slice(0, MAX_EVIDENCE).map(({ source, text, ref }) => {
        const where = ref === undefined || ref === placeOf(finding) ? undefined : html` <code>${cut(ref, 200)}</code>`;
        return html`<li>${tag(source)}${cut(text, 400)}${where}</li>`;
      })}
    </ul>
    ${fix !== undefined && html`<p class="fix"><b>To do</b> ${cut(fix, 400)}</p>`}`;
}

/** One line each that opens. */
function lines(findings: readonly Finding[], isCompared: boolean): Html {
  return html`<ul class="lines">
    ${findings.map((finding) => line(finding, isCompared))}
  </ul>`;
}

function line(finding: Finding, isCompared: boolean): Html {
  const { severity, title, id, kind, baseline, state, votes } = finding;
  const decisive = state === 'rejected' ? reasonAgainst(finding) : reasonOpen(finding);
  return html`<li>
    <details>
      <summary>
        ${severityMark(severity)}<span class="what"
          ><span class="title">${cut(title, 160)}</span> <code>${cut(placeOf(finding), 200)}</code>${
            decisive !== undefined && html`<span class="why">${said(decisive)}: ${cut(decisive.reason, 200)}</span>`
          }</span
        >${votes.length > 0 && html`<span class="tally">${marks(finding)}<span class="vh">${tallyText(votes)}</span></span>`}
      </summary>
      <div class="opened" id="f-${id}">
        <div class="row">
          ${kindTag(kind)}${isCompared && tag(baseline, baseline)}${votes.length > 0 && tag(tallyText(votes))}
        </div>
        ${evidenceAndFix(finding)} ${votes.length > 0 && votesList(finding)}
      </div>
    </details>
  </li>`;
}

function said({ voter, choice }: FindingVote): string {
  return choice === 'abstain' ? `${VOTER_TEXTS[voter].name} abstained` : VOTER_TEXTS[voter].name;
}
