import { type Checker, checkerOf, type Tell } from './checker.ts';

/** One record for each seq, one epoch for each record, and neither epochs nor led time go back. */
export function journalChecker(tell: Tell): Checker {
  const must = checkerOf(tell);
  return {
    before: ({ seq, epoch, atMs, event }, books) => {
      must(seq === books.seq + 1, 'seq-without-gaps', `seq ${seq} after ${books.seq}`);
      must(epoch >= books.epoch, 'epochs-rise', `seq ${seq} is of epoch ${epoch}, after epoch ${books.epoch}`);
      must(atMs >= books.atMs, 'led-time', `${event.type} at ${atMs} after ${books.atMs}`);
      must(Number.isSafeInteger(atMs), 'led-time', `${event.type} at ${atMs}, which is not whole`);
    },
  };
}
