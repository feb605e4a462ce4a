import type { JournalRecord } from '../../ports/journal.ts';
import type { EventPage } from './event-reader.ts';
import { upcastAll } from './upcast.ts';

/**
 * Records as they cross between the threads: one flat string and one array of numbers are copied ten times as fast as
 * an object for each.
 */
export type PackedPage = Readonly<{
  headSeq: number;
  firstSeq: number;
  /** Epoch, led time and version of each record, one after the other. */
  marks: Float64Array;
  /** The events as one JSON array. */
  events: string;
}>;

const MARKS = 3;

export function packPage({ records, headSeq }: EventPage): PackedPage {
  const marks = new Float64Array(MARKS * records.length);
  for (const [index, { epoch, atMs, version }] of records.entries()) marks.set([epoch, atMs, version], MARKS * index);
  return { headSeq, firstSeq: records[0]?.seq ?? 0, marks, events: arrayOf(records) };
}

export function unpackPage({ firstSeq, marks, events }: PackedPage): readonly JournalRecord[] {
  const markAt = (index: number, mark: number): number => marks[MARKS * index + mark] ?? 0;
  const lifted = upcastAll(events, marks.length / MARKS, (index) => markAt(index, 2));
  return lifted.map((event, index) => ({
    seq: firstSeq + index,
    epoch: markAt(index, 0),
    atMs: markAt(index, 1),
    event,
  }));
}

/** The records of a page that needs to go nowhere. */
export function recordsIn({ records }: EventPage): readonly JournalRecord[] {
  const lifted = upcastAll(arrayOf(records), records.length, (index) => records[index]?.version ?? 0);
  return records.flatMap(({ seq, epoch, atMs }, index) => {
    const event = lifted[index];
    return event === undefined ? [] : [{ seq, epoch, atMs, event }];
  });
}

function arrayOf(records: EventPage['records']): string {
  return `[${records.map(({ data }) => data).join(',')}]`;
}
