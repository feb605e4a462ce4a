import type { Json } from '../core/json.ts';
import { SEVERITIES } from '../core/findings/finding.ts';
import type { RunMessages } from '../ports/run-messages.ts';
import { sha256 } from '../util/sha256.ts';
import { readData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { withoutSecrets } from './secret-patterns.ts';

/** Detectors that say at once what they find. */
type Early = 'secrets';

/** Whoever puts the findings in order subscribes to these. */
const TOPIC = /^found\.(secrets)$/;

/** A finding without the text that it was found by: what is told stands in the journal. */
type Told = Omit<Detected, 'anchor'>;

/**
 * Tells the others of a finding before the search is over: should it fail or take too long, what it has found is not
 * lost. Resolves when that is stored; never rejects, because the file of the detector says it all again.
 */
export async function tellFound(messages: RunMessages | undefined, by: Early, found: Detected): Promise<void> {
  if (messages === undefined) return;
  const { anchor: _anchor, evidence, title, ...rest } = found;
  const told: Told = {
    ...rest,
    title: withoutSecrets(title),
    evidence: evidence.map((one) => ({ ...one, text: withoutSecrets(one.text) })),
  };
  const body: Json = { ...told, evidence: told.evidence.map((one) => ({ ...one })) };
  const id = `${by}-${sha256(placeOf(told)).slice(0, 24)}`;
  await messages.send({ id, topic: `found.${by}`, type: 'finding', body }).catch(() => undefined);
}

/** What detectors have told that have left no file. Everything told is acknowledged. */
export async function foundEarly(messages: RunMessages | undefined, data: string): Promise<readonly Detected[]> {
  if (messages === undefined) return [];
  const received = await messages.receive({ limit: 1_000, waitMs: 0 });
  if (received.length === 0) return [];
  const found = received.flatMap(({ topic = '', body }): readonly Detected[] => {
    if (!TOPIC.test(topic) || readData(data, 'secrets') !== undefined || !isTold(body)) return [];
    return [{ ...body, anchor: placeOf(body), evidence: [...body.evidence, CUT_SHORT] }];
  });
  await messages.acknowledge(received.map(({ id }) => id));
  return found;
}

const CUT_SHORT = { source: 'secrets', text: 'The search ended early: it found this before, and there may be more.' };

function placeOf({ kind, file, line }: Told): string {
  return `${kind} ${file}:${line}`;
}

function isTold(body: unknown): body is Told {
  if (typeof body !== 'object' || body === null) return false;
  const { kind, severity, confidence, title, file, line, evidence }: Partial<Record<keyof Told, unknown>> = body;
  const texts = [kind, title, file].every((one) => typeof one === 'string');
  const figures = [confidence, line].every((one) => typeof one === 'number');
  return texts && figures && SEVERITIES.some((one) => one === severity) && Array.isArray(evidence);
}
