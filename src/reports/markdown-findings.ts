import type { CheckReport } from '../core/findings/check-report.ts';
import type { Finding, FindingVote } from '../core/findings/finding.ts';
import { placeOf } from './check-run-view.ts';
import { countOf } from './format.ts';
import { kindText } from './kinds.ts';
import { code, part, text } from './markdown-text.ts';
import { byState, CHOICE_TEXTS, reasonAgainst, reasonOpen, tallyText, VOTER_TEXTS } from './votes.ts';

const MAX_DETAILS = 50;
const MAX_EVIDENCE = 8;

/** Those that count with all they have, the others as lines. */
export function findingsParts({ findings }: CheckReport): readonly string[] {
  const { confirmed, unconfirmed, rejected, 'not-voted': open } = byState(findings);
  const isVoted = open.length < findings.length;
  return [
    ...part(isVoted ? 'Confirmed findings' : 'Findings', details(isVoted ? confirmed : open)),
    ...part('Unconfirmed', lines(unconfirmed, whyOpen)),
    ...part('Rejected', lines(rejected, whyRejected)),
    ...(isVoted
      ? part(
          'Not voted on',
          lines(open, () => ''),
        )
      : []),
  ];
}

/** What is said of a finding in one line of the head. */
export function headLine(finding: Finding, isCompared: boolean): string {
  const { severity, title, votes, baseline } = finding;
  const said = [
    ...(votes.length === 0 ? [] : [tallyText(votes)]),
    ...(isCompared && baseline === 'new' ? ['**new**'] : []),
  ];
  const notes = said.length === 0 ? '' : ` (${said.join('; ')})`;
  return `**${severity}** ${text(title)}: ${code(placeOf(finding))}${notes}`;
}

function details(findings: readonly Finding[]): readonly string[] {
  const more = findings.length - MAX_DETAILS;
  const shown = findings.slice(0, MAX_DETAILS).flatMap(detail);
  return more > 0 ? [...shown, `${countOf(more, 'more finding')} in report.json and report.html.`] : shown.slice(0, -1);
}

function detail(finding: Finding, index: number): readonly string[] {
  const { severity, kind, baseline, id, evidence, fix, votes } = finding;
  return [
    `### ${index + 1}. ${text(finding.title)}`,
    '',
    `${severity} · ${text(kindText(kind).name)} · ${baseline} · ${code(placeOf(finding))} · id ${id}`,
    '',
    ...evidence.slice(0, MAX_EVIDENCE).map(evidenceLine),
    ...(fix === undefined ? [] : [`* **to do**: ${text(fix)}`]),
    ...(votes.length === 0 ? [] : [`* **votes**: ${tallyText(votes)}`]),
    ...votes.map(voteLine),
    '',
  ];
}

function evidenceLine({ source, text: said, ref }: Finding['evidence'][number]): string {
  return `* ${text(source)}: ${text(said)}${ref === undefined ? '' : ` ${code(ref)}`}`;
}

function voteLine({ voter, choice, reason, isCounted }: FindingVote): string {
  const late = isCounted ? '' : ' (not counted)';
  return `  * ${VOTER_TEXTS[voter].name} ${CHOICE_TEXTS[choice]}${late}: ${text(reason)}`;
}

function lines(findings: readonly Finding[], noteOf: (finding: Finding) => string): readonly string[] {
  const more = findings.length - MAX_DETAILS;
  const shown = findings.slice(0, MAX_DETAILS).map((finding) => {
    const note = noteOf(finding);
    return `* ${headPart(finding)}${note === '' ? '' : `: ${note}`}`;
  });
  return more > 0 ? [...shown, `* and ${more} more in report.json and report.html`] : shown;
}

function headPart(finding: Finding): string {
  return `${finding.severity} · ${text(finding.title)} · ${code(placeOf(finding))}`;
}

function whyOpen(finding: Finding): string {
  const open = reasonOpen(finding);
  const why = open === undefined ? '' : `; ${VOTER_TEXTS[open.voter].name} abstained: ${text(open.reason)}`;
  return `${tallyText(finding.votes)}${why}`;
}

function whyRejected(finding: Finding): string {
  const against = reasonAgainst(finding);
  return against === undefined ? '' : `${VOTER_TEXTS[against.voter].name}: ${text(against.reason)}`;
}
