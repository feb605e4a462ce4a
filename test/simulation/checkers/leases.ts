import type { Plan, RemotePlan } from '../../../src/simulation/plan.ts';
import { type Books, isActive } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

export type HostScene = Readonly<{ tell: Tell; books: Books; plan: Plan; nowUs: () => number }>;

/** What a leader needs, beyond the lease, to see that it is over and to decide what follows, ms. */
const SEEN_WITHIN_MS = 2_000;
/** In smaller batches what must be decided may wait for as many commits as there are inputs before it. */
const LARGE_BATCH = 8;
/** Nothing waits in front of a leader that writes nothing for so long, ms. */
const IDLE_MS = 5;

/** A lead as somebody sees it who stands beside it. */
type Lead = {
  readonly epoch: number;
  readonly node: string;
  readonly rate: number;
  readonly beganUs: number;
  /** Led time of its first record. */
  readonly firstMs: number;
  /** Led time of its newest record. */
  newestMs: number;
  /** When it last had nothing to do. */
  idleMs: number;
};

/**
 * A leader that works gives up what a silent host has when the lease is over, and soon after. It is judged by its own
 * records: whatever it decides later than that shows that it could have. With small batches it must only have done so
 * when nothing else is left to do: inputs are decided in the order in which they come, and each batch waits for the store.
 */
export function leaseChecker({ tell, books, nowUs }: HostScene, { hosts, times }: RemotePlan): Checker {
  const must = checkerOf(tell);
  const starting = new Map<number, Pick<Lead, 'node' | 'rate' | 'beganUs'>>();
  const arrivals = new Map<string, number>();
  const woke = new Map<string, number>();
  const assigned = new Map<string, number>();
  const wrote = new Map<string, number>();
  let batch = Infinity;
  let lead: Lead | undefined;
  return {
    host: (sign) => {
      if (sign.kind === 'leads') starting.set(sign.epoch, { node: sign.node, rate: sign.rate, beganUs: nowUs() });
      if (sign.kind === 'arrives') arrivals.set(`${sign.epoch} ${sign.host}`, nowUs());
      if (sign.kind === 'leader-wrote') wrote.set(sign.node, nowUs());
      // A leader that stood still counts that time for nobody.
      if (sign.kind === 'leader-woke') woke.set(sign.node, nowUs());
    },
    before: ({ event, epoch, atMs }) => {
      // What was decided together has the same time; the books hold all of it now.
      if (lead?.epoch === epoch && atMs > lead.newestMs) checkAll(lead);
      const start = starting.get(epoch);
      if (lead?.epoch === epoch) noteTime(lead, atMs);
      else if (start === undefined) lead = undefined;
      else lead = { ...start, epoch, firstMs: atMs, newestMs: atMs, idleMs: atMs };
      if (event.type === 'config.changed' && event.name === 'communication.batchSize') batch = Number(event.value);
    },
    after: ({ event }) => {
      if (event.type === 'attempt.assigned') assigned.set(event.taskId, nowUs());
    },
  };

  function noteTime(now: Lead, atMs: number): void {
    if (atMs > now.newestMs && atMs - ledMs(now, wrote.get(now.node) ?? 0) > IDLE_MS) now.idleMs = atMs;
    now.newestMs = atMs;
  }

  function checkAll(now: Lead): void {
    for (const { name } of hosts) {
      const heardUs = Math.max(arrivals.get(`${now.epoch} ${name}`) ?? 0, now.beganUs, woke.get(now.node) ?? 0);
      for (const task of openOn(books, name)) {
        const latestMs = ledMs(now, Math.max(heardUs, assigned.get(task) ?? 0)) + times.leaseMs + SEEN_WITHIN_MS;
        const lateMs = Math.ceil((batch < LARGE_BATCH ? now.idleMs : now.newestMs) - latestMs);
        must(lateMs <= 0, 'lost-in-time', `${task} is still on ${name}, ${lateMs} ms after its lease`);
      }
    }
  }
}

function ledMs({ beganUs, rate, firstMs }: Lead, us: number): number {
  return ((us - beganUs) * rate) / 1_000_000 + firstMs;
}

function openOn(books: Books, host: string): readonly string[] {
  const open: string[] = [];
  for (const [agentId, tasks] of books.busy) {
    if (!agentId.startsWith(`${host}.`)) continue;
    for (const task of tasks) if (isActive(task) && task.status !== 'verifying') open.push(task.id);
  }
  return open;
}
