/** What has happened, as one hash, and as text where somebody wants to read it. */
export class Trace {
  readonly #keep: boolean;
  readonly lines: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x01234567;

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  note(nowUs: number, node: string, what: string): void {
    const line = `${nowUs} ${node} ${what}`;
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ (code + index), 0x85ebca6b);
    }
    this.#high ^= this.#high >>> 15;
    if (this.#keep) this.lines.push(line);
  }

  /** Equal for runs in which the same happened at the same time in the same order. */
  get hash(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
