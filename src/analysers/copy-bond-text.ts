import type { CopyBond, CopyChange } from './copy-changes.ts';
import type { Detected } from './detected.ts';
import { countOf } from './words.ts';

const SHOWN = 3;

/** What history says of a copy, for people. */
export function bondEvidence(bond: CopyBond): Detected['evidence'] {
  if (bond.kind === 'drift') {
    const { change, changed, left, line } = bond;
    return [
      told(`${named(change)} corrected ${changed} alone.`),
      told(`${left} still has what it took out: ${line.slice(0, 160)}`),
    ];
  }
  const { changes } = bond;
  const more = changes.length > SHOWN ? `, and ${changes.length - SHOWN} more` : '';
  const list = changes.slice(0, SHOWN).map(named).join('; ');
  return [
    told(`${countOf(changes.length, 'commit')} made the same change in this passage at both places: ${list}${more}.`),
  ];
}

export function lookFirst({ change, left }: Extract<CopyBond, { kind: 'drift' }>): string {
  return `Look whether ${left} needs what ${short(change)} did.`;
}

function told(text: string): Detected['evidence'][number] {
  return { source: 'history', text };
}

function named(change: CopyChange): string {
  return `${short(change)} of ${change.day} ("${change.subject.slice(0, 70)}")`;
}

function short({ commit }: CopyChange): string {
  return commit.slice(0, 10);
}
