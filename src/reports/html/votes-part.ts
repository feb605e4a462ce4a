import { VOTERS, type Finding, type FindingVote } from '../../core/findings/finding.ts';
import { cut } from '../visible.ts';
import { CHOICE_TEXTS, marksOf, tallyText, VOTER_TEXTS, VOTING_RULE } from '../votes.ts';
import { html, type Html } from './html.ts';
import { tag } from './parts.ts';

const MAX_EVIDENCE = 4;

/** Five marks, in the order of the voters; the words beside them say the same. */
export function marks(finding: Finding): Html {
  return html`<span class="marks" aria-hidden="true"
    >${marksOf(finding).map(({ voter, vote }) => mark(VOTER_TEXTS[voter].name, vote))}</span
  >`;
}

function mark(name: string, vote: FindingVote | undefined): Html {
  const choice = vote?.choice ?? 'none';
  const late = vote !== undefined && !vote.isCounted ? ' late' : '';
  const said = vote === undefined ? 'no vote' : `${CHOICE_TEXTS[vote.choice]}${late === '' ? '' : ', not counted'}`;
  return html`<svg class="mark ${choice}${late}">
    <title>${name}: ${said}</title>
    <use href="#s-${choice}" />
  </svg>`;
}

/** What the marks mean, once for the page. */
export function votesLegend(): Html {
  const sign = (choice: string, text: string, look: string = ''): Html =>
    html`<span
      ><svg class="mark ${choice}${look}" aria-hidden="true"><use href="#s-${choice}" /></svg>${text}</span
    >`;
  return html`<div class="legend">
    <p class="key">
      <b>Votes</b
      >${sign('approve', 'for')}${sign('reject', 'against')}${sign('abstain', 'abstained: no evidence of its own')}${sign('none', 'not asked, or no answer')}${sign('approve', 'came when it was settled: not counted', ' late')}
    </p>
    <p class="key">
      The marks stand in this order: ${VOTERS.map((voter) => VOTER_TEXTS[voter].name).join(' · ')}. None of them may use
      what the detector used.
    </p>
    <details>
      <summary>What each voter asks, and how votes count</summary>
      <p>${VOTING_RULE}</p>
      <dl class="reasons">
        ${VOTERS.map(
          (voter) =>
            html`<div>
              <dt>${VOTER_TEXTS[voter].name}</dt>
              <dd>${VOTER_TEXTS[voter].asks}</dd>
            </div>`,
        )}
      </dl>
    </details>
  </div>`;
}

/** Marks in sight, reasons on opening. */
export function votesPart(finding: Finding): Html | undefined {
  if (finding.votes.length === 0) return undefined;
  return html`<details class="votes">
    <summary>${marks(finding)} <span>${tallyText(finding.votes)}</span></summary>
    ${votesList(finding)}
  </details>`;
}

export function votesList({ votes }: Finding): Html {
  return html`<dl class="reasons">
    ${votes.map(
      (vote) =>
        html`<div>
          <dt>${VOTER_TEXTS[vote.voter].name}</dt>
          <dd>
            <b class="said ${vote.choice}">${CHOICE_TEXTS[vote.choice]}</b> ${!vote.isCounted && tag('not counted')}
            ${cut(vote.reason, 300)} ${vote.evidence.slice(0, MAX_EVIDENCE).map((one) => evidence(one, vote.reason))}
          </dd>
        </div>`,
    )}
  </dl>`;
}

/** What repeats the reason is not said twice. */
function evidence({ text, ref }: FindingVote['evidence'][number], reason: string): Html {
  const where = ref !== undefined && html`<code>${cut(ref, 200)}</code>`;
  const bare = (sentence: string): string => sentence.replace(/\.$/, '');
  return bare(text) === bare(reason) ? html` ${where}` : html`<span class="ev">${cut(text, 300)} ${where}</span>`;
}
