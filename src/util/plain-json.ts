/** What JSON can say. */
export type PlainJson = null | boolean | number | string | readonly PlainJson[] | PlainObject;
export type PlainObject = Readonly<{ [key: string]: PlainJson }>;

/** `mostBytes` is an upper bound of its size as JSON text in UTF-8. */
export type PlainCopy =
  | Readonly<{ ok: true; value: PlainJson; mostBytes: number }>
  | Readonly<{ ok: false; problem: string }>;

const MAX_DEPTH = 64;
const MAX_PLACE_CHARS = 60;
/** One character is at most six bytes long in JSON: `\u0000`. */
const MOST_BYTES_PER_CHARACTER = 6;
const MOST_BYTES_PER_NUMBER = 25;

/**
 * Copies a value that JSON can carry unchanged, so that nobody can change it later through another reference.
 * Anything else is a problem that names its place: functions, dates, maps, class instances, NaN, cycles, broken
 * text. Properties that are undefined are left out, as in JSON.
 */
export function copyPlainJson(value: unknown): PlainCopy {
  const walk = new Walk();
  const copy = walk.copy(value, '', 0);
  return walk.problem === undefined
    ? { ok: true, value: copy, mostBytes: walk.mostBytes }
    : { ok: false, problem: walk.problem };
}

class Walk {
  problem: string | undefined;
  mostBytes = 0;

  copy(value: unknown, path: string, depth: number): PlainJson {
    switch (typeof value) {
      case 'string':
        if (!value.isWellFormed()) return this.#refuse(path, 'holds broken text');
        this.mostBytes += value.length * MOST_BYTES_PER_CHARACTER + 2;
        return value;
      case 'number':
        this.mostBytes += MOST_BYTES_PER_NUMBER;
        return Number.isFinite(value) ? value : this.#refuse(path, `is ${value}`);
      case 'boolean':
        this.mostBytes += 5;
        return value;
      case 'object':
        return this.#copyObject(value, path, depth);
      case 'bigint':
      case 'function':
      case 'symbol':
      case 'undefined':
        return this.#refuse(path, value === undefined ? 'is undefined' : `is a ${typeof value}`);
    }
  }

  #copyObject(value: object | null, path: string, depth: number): PlainJson {
    this.mostBytes += 4;
    if (value === null) return null;
    if (depth >= MAX_DEPTH) return this.#refuse(path, `nests deeper than ${MAX_DEPTH} levels, or contains itself`);
    if (Array.isArray(value)) return this.#copyList(value, path, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return this.#refuse(path, `is ${nameOf(value)}`);
    const copy: Record<string, PlainJson> = {};
    for (const [key, one] of Object.entries(value)) {
      if (one === undefined) continue;
      if (key === '__proto__') return this.#refuse(path, 'has the key "__proto__", which is not allowed');
      if (!key.isWellFormed()) return this.#refuse(path, 'has a key of broken text, which is not allowed');
      this.mostBytes += key.length * MOST_BYTES_PER_CHARACTER + 4;
      copy[key] = this.copy(one, path === '' ? key : `${path}.${key}`, depth + 1);
      if (this.problem !== undefined) break;
    }
    return copy;
  }

  #copyList(list: readonly unknown[], path: string, depth: number): PlainJson {
    const copy: PlainJson[] = [];
    for (const [index, one] of list.entries()) {
      this.mostBytes += 1;
      copy.push(this.copy(one, `${path}[${index}]`, depth + 1));
      if (this.problem !== undefined) break;
    }
    return copy;
  }

  #refuse(path: string, what: string): null {
    this.problem ??= `${placeOf(path)} ${what}`;
    return null;
  }
}

/** Deep down, where it begins is enough. */
function placeOf(path: string): string {
  if (path === '') return 'the value';
  return path.length <= MAX_PLACE_CHARS ? path : `${path.slice(0, MAX_PLACE_CHARS).toWellFormed()}…`;
}

function nameOf(value: object): string {
  const maker: unknown = value.constructor;
  return typeof maker === 'function' && maker.name !== '' ? `a ${maker.name}` : 'an instance of a class';
}
