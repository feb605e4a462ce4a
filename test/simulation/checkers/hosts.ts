import type { HostTimes } from '../../../src/core/hosts/frames.ts';
import type { AttemptSign, HostSign } from '../../../src/simulation/watcher.ts';
import { type Books, isActive, type TaskLine } from './books.ts';
import { type Checker, checkerOf } from './checker.ts';
import { type HostScene, leaseChecker } from './leases.ts';

type Must = ReturnType<typeof checkerOf>;

/** What a host that has no coordinator any more needs at the most to end its attempts, beyond the agreed time, µs. */
const ENDS_WITHIN_US = 5_000_000;
/** When it has been told to end in an orderly way before, µs: that takes 10 s of the host's own time at the most. */
const ENDS_DRAINING_WITHIN_US = 14_000_000;

/** A host as somebody sees it who stands beside it. */
type Place = {
  readonly rate: number;
  /** The highest epoch on its disk. */
  noted: number;
  /** Of the frame that it works on now. */
  hearsEpoch: number | undefined;
  /** When a coordinator was last heard, or its process began; when it last woke up. */
  contactUs: number;
  wokeUs: number;
  isAwake: boolean;
  isDraining: boolean;
  readonly running: Map<string, AttemptSign>;
};

/** Hosts obey the newest leader alone, end what nobody wants any more, and get nothing that they should not have. */
export function hostChecker(scene: HostScene): readonly Checker[] {
  const { remote } = scene.plan;
  if (remote === undefined) return [];
  const places = new Map(remote.hosts.map(({ name, rate }) => [name, newPlace(rate)]));
  return [conductChecker(scene, places, remote.times), journalOfHosts(scene), leaseChecker(scene, remote)];
}

function newPlace(rate: number): Place {
  const times = { noted: 0, hearsEpoch: undefined, contactUs: 0, wokeUs: 0 };
  return { rate, ...times, isAwake: true, isDraining: false, running: new Map() };
}

function conductChecker({ tell, nowUs }: HostScene, places: ReadonlyMap<string, Place>, times: HostTimes): Checker {
  const must = checkerOf(tell);
  const begun = new Set<string>();
  const inTime = (place: Place, sign: Readonly<{ taskId: string; attempt: number }>): void => {
    const orphanUs = place.contactUs + Math.ceil((times.orphanMs * 1_000_000) / place.rate);
    const withinUs = place.isDraining ? ENDS_DRAINING_WITHIN_US : ENDS_WITHIN_US;
    const latestUs = Math.max(orphanUs, place.wokeUs) + withinUs;
    const isLate = place.isAwake && nowUs() > latestUs;
    must(!isLate, 'cut-off-ends', `${named(sign)} goes on ${nowUs() - orphanUs} µs after its host should end it`);
  };
  return {
    started: (sign) => {
      must(!begun.has(named(sign)), 'begun-once', `${named(sign)} begins again, on ${sign.node}`);
      begun.add(named(sign));
      const place = places.get(sign.node);
      if (place === undefined) return;
      const epoch = place.hearsEpoch ?? place.noted;
      must(epoch >= place.noted, 'old-epoch', `${named(sign)} begins on ${sign.node} by an order of epoch ${epoch}`);
      must(!place.isDraining, 'draining-host', `${named(sign)} begins on ${sign.node}, which drains`);
      place.running.set(named(sign), sign);
    },
    host: (sign) => {
      const place = 'host' in sign ? places.get(sign.host) : undefined;
      if (place === undefined) return;
      if (sign.kind === 'hears' || sign.kind === 'died') for (const one of place.running.values()) inTime(place, one);
      if (sign.kind === 'ends' && place.running.delete(named(sign))) inTime(place, sign);
      if (sign.kind === 'says') checkWord(must, place, sign);
      notePlace(place, sign, nowUs());
    },
    ended: () => {
      for (const place of places.values()) for (const one of place.running.values()) inTime(place, one);
    },
  };
}

/** In a session of an older leader than it has seen, it says nothing. */
function checkWord(must: Must, place: Place, { host, frame }: Extract<HostSign, { kind: 'says' }>): void {
  if (frame.type === 'hello') return;
  const epoch = Number(frame.session.split('.')[0]);
  must(epoch >= place.noted, 'old-epoch', `${host} follows epoch ${epoch} and has seen ${place.noted}`);
}

function notePlace(place: Place, sign: HostSign, nowUs: number): void {
  switch (sign.kind) {
    case 'started':
      place.contactUs = nowUs;
      place.isDraining = false;
      return;
    case 'died':
      place.running.clear();
      place.hearsEpoch = undefined;
      place.isAwake = true;
      return;
    case 'drains':
      place.isDraining = true;
      return;
    case 'paused':
      place.isAwake = false;
      return;
    case 'woke':
      place.isAwake = true;
      place.wokeUs = nowUs;
      return;
    case 'hears':
      place.contactUs = nowUs;
      place.hearsEpoch = sign.frame.epoch;
      return;
    case 'heard':
      place.hearsEpoch = undefined;
      return;
    case 'noted':
      place.noted = Math.max(place.noted, sign.epoch);
      return;
    case 'ends':
    case 'says':
    case 'arrives':
    case 'leads':
    case 'leader-woke':
    case 'leader-wrote':
    case 'leader-drains':
    case 'leader-died':
  }
}

/** What the journal says of hosts: who drains gets nothing, and who is lost keeps nothing and is not charged for it. */
function journalOfHosts({ tell, books }: HostScene): Checker {
  const must = checkerOf(tell);
  const draining = new Set<string>();
  let lost: Left[] = [];
  const checkFreed = (): void => {
    for (const { task, attempt, host } of lost.splice(0)) {
      // What it claimed to have done is checked without it.
      const isFreed = task.attempt !== attempt || !isActive(task) || task.status === 'verifying';
      must(isFreed, 'lost-host-frees', `${task.id} is ${task.status} on ${host}, which is gone`);
    }
  };
  return {
    before: ({ event, atMs }) => {
      // What was decided together has the same time.
      if (atMs > books.atMs) checkFreed();
      if (event.type === 'host.draining') draining.add(event.host);
      if (event.type === 'host.joined') draining.delete(event.host.host);
      if (event.type === 'host.lost' || event.type === 'host.left') {
        draining.delete(event.host);
        lost = [...lost, ...leftOn(books, event.host)];
      }
      if (event.type !== 'attempt.failed' || !UNCHARGED.has(event.failure.reason)) return;
      must(event.charge === 'none', 'uncharged-loss', `${named(event)} is charged for ${event.failure.reason}`);
    },
    after: ({ event }) => {
      if (event.type !== 'attempt.assigned') return;
      const host = books.agents.get(event.agentId)?.host ?? '';
      must(!draining.has(host), 'draining-host', `${named(event)} is given to ${host}, which drains`);
    },
    ended: checkFreed,
  };
}

type Left = Readonly<{ task: TaskLine; attempt: number; host: string }>;

const UNCHARGED: ReadonlySet<string> = new Set(['agent-lost', 'coordinator-lost', 'stopped']);

/** Agents of hosts are named after them. */
function leftOn(books: Books, host: string): readonly Left[] {
  const tasks = [...books.runs.values()].flatMap((run) => (run.isFinished ? [] : [...run.tasks.values()]));
  return tasks.flatMap((task) =>
    isActive(task) && task.agentId.startsWith(`${host}.`) ? [{ task, attempt: task.attempt, host }] : [],
  );
}

function named({ taskId, attempt }: Readonly<{ taskId: string; attempt: number }>): string {
  return `${taskId} attempt ${attempt}`;
}
