/** How far back it looks, ms. */
const SPAN_MS = 300_000;
/** Fewer reads say nothing. Source: docs/semantics.md, Tuning. */
const LEAST_READS = 100;
/** Looks that are kept. */
const MOST_LOOKS = 120;

type Look = Readonly<{ atMs: number; reads: number; hits: number }>;

/** The part of reads that were hits in the last five minutes, out of counts that only grow. */
export class RecentHits {
  #looks: Look[] = [{ atMs: -Infinity, reads: 0, hits: 0 }];

  /** Undefined when there were too few reads. `counts`: all so far. */
  ratio(counts: Readonly<{ reads: number; hits: number }>, nowMs: number): number | undefined {
    // The newest look that is out of the span is where counting begins.
    const from = this.#looks.findLastIndex(({ atMs }) => atMs <= nowMs - SPAN_MS);
    this.#looks = this.#looks.slice(Math.max(0, from, this.#looks.length - MOST_LOOKS + 1));
    const [first = { reads: 0, hits: 0 }] = this.#looks;
    this.#looks.push({ ...counts, atMs: nowMs });
    const reads = counts.reads - first.reads;
    return reads < LEAST_READS ? undefined : (counts.hits - first.hits) / reads;
  }
}
