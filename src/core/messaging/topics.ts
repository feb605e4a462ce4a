import { addTo, removeFrom } from '../../util/map-of-sets.ts';

/** Names with dots between them. */
const TOPIC = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
/** The same, where `*` stands for one name, and `**` at the end for one or more. */
export const TOPIC_PATTERN: RegExp = /^(\*\*|([A-Za-z0-9_-]+|\*)(\.([A-Za-z0-9_-]+|\*))*(\.\*\*)?)$/;
/** Of a topic, and of a pattern. */
export const MAX_TOPIC_CHARS = 128;
/** Topics whose subscribers are remembered until somebody comes or goes. */
const MAX_CACHED = 1_000;

export function isTopic(text: string): boolean {
  return text.length <= MAX_TOPIC_CHARS && TOPIC.test(text);
}

/** What can be subscribed to: a topic, `findings.*`, `findings.**`, or `**` for all topics. */
export function isTopicPattern(text: string): boolean {
  return text.length <= MAX_TOPIC_CHARS && TOPIC_PATTERN.test(text);
}

export function topicMatches(pattern: string, topic: string): boolean {
  if (pattern === '**' || pattern === topic) return true;
  const wanted = pattern.split('.');
  const names = topic.split('.');
  const isOpen = wanted.at(-1) === '**';
  if (isOpen) wanted.pop();
  if (isOpen ? names.length <= wanted.length : names.length !== wanted.length) return false;
  return wanted.every((name, index) => name === '*' || name === names[index]);
}

/** Who has subscribed to what in one run, in the order in which they came. */
export class Topics {
  readonly #patterns = new Map<string, Set<string>>();
  readonly #cache = new Map<string, readonly string[]>();

  /** Addresses that have subscribed to anything. */
  get size(): number {
    return this.#patterns.size;
  }

  patternsOf(address: string): ReadonlySet<string> {
    return this.#patterns.get(address) ?? NONE;
  }

  add(address: string, pattern: string): void {
    addTo(this.#patterns, address, pattern);
    this.#cache.clear();
  }

  remove(address: string, pattern: string): void {
    removeFrom(this.#patterns, address, pattern);
    this.#cache.clear();
  }

  forget(address: string): void {
    if (this.#patterns.delete(address)) this.#cache.clear();
  }

  /** Addresses with a pattern that fits, in the order in which they first subscribed. */
  subscribersOf(topic: string): readonly string[] {
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const found = [...this.#patterns].flatMap(([address, patterns]) =>
      [...patterns].some((pattern) => topicMatches(pattern, topic)) ? [address] : [],
    );
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(topic, found);
    return found;
  }

  /** For a snapshot. */
  dump(): readonly (readonly [string, readonly string[]])[] {
    return [...this.#patterns].map(([address, patterns]) => [address, [...patterns]]);
  }
}

const NONE: ReadonlySet<string> = new Set();
