import type { KindText } from './kind-text.ts';
import { CODE_KINDS } from './kinds-of-code.ts';
import { DANGER_KINDS } from './kinds-of-danger.ts';
import { PROJECT_KINDS } from './kinds-of-project.ts';

/** Every kind of `src/analysers/detectors.ts`: one place for the page, the text and SARIF. */
const KINDS: ReadonlyMap<string, KindText> = new Map([...CODE_KINDS, ...DANGER_KINDS, ...PROJECT_KINDS]);

export const KNOWN_KINDS: readonly string[] = [...KINDS.keys()];

/** A kind without a text, from a report of another version, goes by its words. */
export function kindText(kind: string): KindText {
  const name = kind.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());
  const unknown = { name, short: `${name}.`, why: '', help: 'See the finding itself.', topic: 'hygiene' } as const;
  return KINDS.get(kind) ?? unknown;
}
