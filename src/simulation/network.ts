import type { World } from './world.ts';

/** How messages fare, the same on every link. */
export type NetworkProfile = Readonly<{
  /** Of 1,000 messages, so many never arrive. */
  lostPermille: number;
  /** Of 1,000 messages, so many arrive twice. */
  doubledPermille: number;
  delayMs: number;
}>;

/** Of 1,000 messages, so many take fifty times as long. */
const LATE_PERMILLE = 10;

const ANYBODY = '*';

/** One-way links between nodes. Each copy of a message has its own delay, so messages overtake each other. */
export class Network {
  readonly #world: World;
  #profile: NetworkProfile;
  readonly #cutUntilUs = new Map<string, number>();

  constructor(world: World, profile: NetworkProfile) {
    this.#world = world;
    this.#profile = profile;
  }

  /** Nothing goes from one to the other for that time. */
  cut(from: string, to: string, forUs: number): void {
    const link = `${from}>${to}`;
    this.#cutUntilUs.set(link, Math.max(this.#cutUntilUs.get(link) ?? 0, this.#world.nowUs + forUs));
  }

  /** Nothing goes to it or comes from it for that time. */
  isolate(node: string, forUs: number): void {
    this.cut(node, ANYBODY, forUs);
    this.cut(ANYBODY, node, forUs);
  }

  /** Until when nothing goes from one to the other; in the past when the way is free. */
  cutUntilUs(from: string, to: string): number {
    const links = [`${from}>${to}`, `${from}>${ANYBODY}`, `${ANYBODY}>${to}`];
    return Math.max(...links.map((link) => this.#cutUntilUs.get(link) ?? 0));
  }

  /** All links are whole, and nothing is lost any more. */
  heal(): void {
    this.#cutUntilUs.clear();
    this.#profile = { lostPermille: 0, doubledPermille: 0, delayMs: 1 };
  }

  /** `key` names the message: the same one fares the same whatever else happens. */
  send(from: string, to: string, key: string, deliver: () => void): void {
    const link = `${from}>${to}`;
    const { draw } = this.#world;
    const copies = draw.chance('doubled', `${link} ${key}`, this.#profile.doubledPermille) ? 2 : 1;
    if (this.cutUntilUs(from, to) > this.#world.nowUs) return;
    for (let copy = 1; copy <= copies; copy++) this.#carry(link, `${key} ${copy}`, deliver);
  }

  #carry(link: string, key: string, deliver: () => void): void {
    const { draw, nowUs } = this.#world;
    if (draw.chance('lost', `${link} ${key}`, this.#profile.lostPermille)) return;
    const delayUs = draw.around('delay', `${link} ${key}`, this.#profile.delayMs * 1_000);
    const isLate = draw.chance('late', `${link} ${key}`, LATE_PERMILLE);
    this.#world.at(nowUs + 1 + (isLate ? delayUs * 50 : delayUs), deliver);
  }
}
