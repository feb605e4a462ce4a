/** Before the sign of many addresses: it is nobody's. */
const COMMON =
  /^(?:no-?reply|info|mail|me|hello|hi|contact|admin|root|dev|developer|github|git|code|office|support|team|user|users|opensource|oss|work|spam|test|web|webmaster|sales|security|bot)$/;
/** A number before the name that GitHub gives. */
const NUMBER = /^\d+\+/;
const MIN_NAME = 4;

/**
 * Who wrote what, one person under one name: people change their address, and write from several. Two are one when their
 * names are the same, or what stands before the sign of their addresses. What `.mailmap` says, git has put right before.
 */
export class People {
  readonly #parents: number[] = [];
  readonly #known = new Map<string, number>();

  /** A key for `nameOf`, once everybody has been added. */
  add(name: string, address: string): string {
    const mailbox = (address.toLowerCase().split('@')[0] ?? '').replace(NUMBER, '');
    const plain = name.trim().toLowerCase();
    const keys = [`<${address.toLowerCase()}>`];
    if (plain.length >= MIN_NAME && !COMMON.test(plain)) keys.push(plain);
    if (mailbox.length >= MIN_NAME && !COMMON.test(mailbox)) keys.push(`${mailbox}@`);
    const [first = 0, ...others] = keys.map((key) => this.#idOf(key));
    for (const other of others) this.#parents[this.#root(other)] = this.#root(first);
    return `<${address.toLowerCase()}>`;
  }

  nameOf(key: string): string {
    const id = this.#known.get(key);
    return id === undefined ? key : `person ${this.#root(id)}`;
  }

  #idOf(key: string): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#parents.length;
    this.#parents.push(id);
    this.#known.set(key, id);
    return id;
  }

  #root(id: number): number {
    let at = id;
    while ((this.#parents[at] ?? at) !== at) at = this.#parents[at] ?? at;
    this.#parents[id] = at;
    return at;
  }
}
