import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import type { LinkUser, WorkerLink } from '../ports/worker-link.ts';
import type { Network } from './network.ts';
import type { Life, SimNode } from './node.ts';
import type { StreamProfile } from './plan.ts';
import type { World } from './world.ts';

/** Who has not been let in by then tries elsewhere. */
const CONNECT_TIMEOUT_US = 1_500_000;
/** What a side that does not read lets pile up; more is dropped. */
const MAX_UNREAD = 500;
/** The end of a process is seen within this time, where it is seen at all. */
const SEEN_US = 300_000;
/** How long a side may believe in a stream that is none any more. */
const HALF_OPEN_US = 40_000_000;

/** A process that takes connections. Undefined: it takes none. */
export type Door = Readonly<{
  node: SimNode;
  accept: (link: WorkerLink<CoordinatorFrame>) => LinkUser<HostFrame> | undefined;
}>;

/** A process at one end, and who is told there. `user` is known once it is let in. */
type End<In> = { readonly node: SimNode; readonly life: Life; user: LinkUser<In> | undefined; isOpen: boolean };

export type StreamParts = Readonly<{ world: World; network: Network; profile: () => StreamProfile }>;

/**
 * Connections between hosts and coordinators: in order, until they break. Then what was on its way is lost, and each
 * end learns of it at a time of its own.
 */
export class Streams {
  readonly #parts: StreamParts;
  readonly #open = new Set<Stream>();
  #count = 0;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** Asks the door to be let in; undefined when nobody is there or answers in time. */
  connect(
    host: Readonly<{ node: SimNode; life: Life; user: LinkUser<CoordinatorFrame> }>,
    door: Door,
  ): Promise<WorkerLink<HostFrame> | undefined> {
    const { world, network } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<WorkerLink<HostFrame> | undefined>();
    const key = `connect ${++this.#count}`;
    const { node, life } = host;
    const give = (link: WorkerLink<HostFrame> | undefined): void => node.inside(life, () => resolve(link));
    world.at(world.nowUs + CONNECT_TIMEOUT_US, () => give(undefined));
    network.send(node.name, door.node.name, key, () => {
      const target = door.node.life;
      if (target === undefined) return;
      door.node.inside(target, () => {
        const stream = this.#accept(`${node.name} ${life.number} ${key}`, host, { door, life: target });
        network.send(door.node.name, node.name, `${key} answer`, () => give(stream?.ofHost));
      });
    });
    return promise;
  }

  /** What breaks by itself does so no more. */
  breakAll(ofNode: string): void {
    for (const stream of this.#open) if (stream.joins(ofNode)) stream.break();
  }

  /** A process has died: its streams end with it. */
  died(life: Life): void {
    for (const stream of this.#open) stream.lose(life);
  }

  #accept(
    id: string,
    { node, life, user }: Readonly<{ node: SimNode; life: Life; user: LinkUser<CoordinatorFrame> }>,
    { door, life: doorLife }: Readonly<{ door: Door; life: Life }>,
  ): Stream | undefined {
    const ends: Ends = {
      host: { node, life, user, isOpen: true },
      coordinator: { node: door.node, life: doorLife, user: undefined, isOpen: true },
    };
    const stream = new Stream(id, ends, { ...this.#parts, onEnd: () => this.#open.delete(stream) });
    ends.coordinator.user = door.accept(stream.ofCoordinator);
    if (ends.coordinator.user === undefined) return undefined;
    this.#open.add(stream);
    return stream;
  }
}

type Ends = Readonly<{ host: End<CoordinatorFrame>; coordinator: End<HostFrame> }>;

/** One connection. */
class Stream {
  readonly #id: string;
  readonly #ends: Ends;
  readonly #parts: StreamParts & Readonly<{ onEnd: () => void }>;
  readonly #up: Way<HostFrame>;
  readonly #down: Way<CoordinatorFrame>;
  #isBroken = false;

  constructor(id: string, ends: Ends, parts: StreamParts & Readonly<{ onEnd: () => void }>) {
    this.#id = id;
    this.#ends = ends;
    this.#parts = parts;
    this.#up = new Way(`${id} up`, ends.host.node, ends.coordinator, parts);
    this.#down = new Way(`${id} down`, ends.coordinator.node, ends.host, parts);
    const { world, profile } = parts;
    const lastsMs = profile().breakEveryMs;
    if (lastsMs === 0) return;
    const endUs = world.nowUs + 1 + world.draw.around('stream lasts', id, lastsMs * 1_000);
    world.at(endUs, () => profile().breakEveryMs > 0 && this.break());
  }

  get ofHost(): WorkerLink<HostFrame> {
    return {
      send: (frame) => this.#ends.host.isOpen && this.#up.send(frame),
      close: () => this.#close(this.#ends.host, this.#up),
    };
  }

  get ofCoordinator(): WorkerLink<CoordinatorFrame> {
    return {
      send: (frame) => this.#ends.coordinator.isOpen && this.#down.send(frame),
      close: () => this.#close(this.#ends.coordinator, this.#down),
    };
  }

  joins(node: string): boolean {
    return this.#ends.host.node.name === node || this.#ends.coordinator.node.name === node;
  }

  /** The tail is lost, and one end may not notice for long. */
  break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#up.drop();
    this.#down.drop();
    const { world, profile } = this.#parts;
    world.note('streams', `${this.#id} breaks`);
    const isHalf = world.draw.chance('half open', this.#id, profile().halfOpenPermille);
    const blind = world.draw.chance('blind end', this.#id, 500) ? this.#ends.host : this.#ends.coordinator;
    for (const end of [this.#ends.host, this.#ends.coordinator]) {
      const mostUs = isHalf && end === blind ? HALF_OPEN_US : SEEN_US;
      this.#tell(end, world.draw.whole('break is seen', `${this.#id} ${end.node.name}`, [1, mostUs]), false);
    }
    this.#parts.onEnd();
  }

  /** One of its processes has died. The other one sees that soon, or only that nothing comes any more. */
  lose(life: Life): void {
    const { host, coordinator } = this.#ends;
    if (this.#isBroken || (host.life !== life && coordinator.life !== life)) return;
    this.#isBroken = true;
    const { world, profile } = this.#parts;
    const isHost = host.life === life;
    const [dead, other, way] = isHost ? [host, coordinator, this.#up] : [coordinator, host, this.#down];
    dead.isOpen = false;
    if (world.draw.chance('tail lost', this.#id, 500)) way.drop();
    const isSeen = !world.draw.chance('death unseen', this.#id, profile().halfOpenPermille);
    const afterUs = world.draw.whole('death is seen', this.#id, [1, isSeen ? SEEN_US : HALF_OPEN_US]);
    this.#tell(other, afterUs, isHost && isSeen && world.draw.chance('known gone', this.#id, 500));
    this.#parts.onEnd();
  }

  /** What is on its way from here still arrives; nothing comes in any more. */
  #close(end: Ends['host'] | Ends['coordinator'], way: Way<HostFrame> | Way<CoordinatorFrame>): void {
    if (!end.isOpen) return;
    const { host, coordinator } = this.#ends;
    const other = end === host ? coordinator : host;
    end.isOpen = false;
    this.#tell(end, 1, false, true);
    way.end(() => this.#tell(other, 1, false));
    if (!this.#isBroken) this.#parts.onEnd();
    this.#isBroken = true;
  }

  #tell(end: End<HostFrame> | End<CoordinatorFrame>, afterUs: number, isGone: boolean, hasClosed = false): void {
    const { world } = this.#parts;
    world.at(world.nowUs + afterUs, () => {
      end.node.inside(end.life, () => {
        if (!end.isOpen && !hasClosed) return;
        end.isOpen = false;
        end.user?.closed(isGone);
      });
    });
  }
}

/** One direction of a stream: what is sent arrives in order, and waits while the way is cut. */
class Way<Frame> {
  readonly #id: string;
  readonly #from: SimNode;
  readonly #to: End<Frame>;
  readonly #parts: StreamParts;
  #queue: { readonly dueUs: number; readonly arrive: () => void }[] = [];
  #sent = 0;
  #lastUs = 0;
  #cancel: (() => void) | undefined;

  constructor(id: string, from: SimNode, to: End<Frame>, parts: StreamParts) {
    this.#id = id;
    this.#from = from;
    this.#to = to;
    this.#parts = parts;
  }

  send(frame: Frame): void {
    if (this.#queue.length >= MAX_UNREAD) return;
    const { node, life } = this.#to;
    this.#push(() =>
      node.inside(life, () => {
        if (this.#to.isOpen) this.#to.user?.take(frame);
      }),
    );
  }

  /** Comes after all that was sent. */
  end(tell: () => void): void {
    this.#push(tell);
  }

  /** What is on its way never arrives. */
  drop(): void {
    this.#queue = [];
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #push(arrive: () => void): void {
    const { world, profile } = this.#parts;
    const key = `${this.#id} ${++this.#sent}`;
    const delayUs = world.draw.around('frame', key, profile().delayMs * 1_000);
    const isLate = world.draw.chance('late frame', key, 5);
    this.#lastUs = Math.max(this.#lastUs, world.nowUs + 1 + (isLate ? delayUs * 50 : delayUs));
    this.#queue.push({ dueUs: this.#lastUs, arrive });
    if (this.#queue.length === 1) this.#wait(this.#lastUs);
  }

  #wait(untilUs: number): void {
    this.#cancel = this.#parts.world.at(untilUs, () => this.#pump());
  }

  #pump(): void {
    const { world, network } = this.#parts;
    const freeUs = network.cutUntilUs(this.#from.name, this.#to.node.name);
    if (freeUs > world.nowUs) return this.#wait(freeUs);
    this.#queue.shift()?.arrive();
    const [next] = this.#queue;
    if (next !== undefined) this.#wait(next.dueUs);
  }
}
