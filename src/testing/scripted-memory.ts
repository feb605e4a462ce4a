import type { Json } from '../core/json.ts';
import { matcherOf } from '../core/memory/entry.ts';
import type {
  Checkpoint,
  Decision,
  FoundRunEntry,
  HandOff,
  MemoryAnswer,
  MemoryRefusal,
  NewDecision,
  NewHandOff,
  RemovalAnswer,
  RunEntry,
  RunEntryInfo,
  RunMemory,
  RunSetOptions,
} from '../ports/run-memory.ts';

/** Memory of one attempt that the test can look into. Times to live are not kept; a search finds nothing. */
export class ScriptedMemory implements RunMemory {
  readonly entries: Map<string, RunEntry> = new Map();
  readonly handedOff: NewHandOff[] = [];
  readonly decided: NewDecision[] = [];
  /** What `handOffs` gives. */
  waiting: readonly HandOff[] = [];
  /** Given to every write from now on. */
  refusal: MemoryRefusal | undefined;
  #checkpoint: Checkpoint | undefined;
  #version = 0;

  async get(key: string): Promise<RunEntry | undefined> {
    return this.entries.get(key);
  }

  async set(key: string, value: Json, { persistent = false, ifVersion }: RunSetOptions = {}): Promise<MemoryAnswer> {
    const current = this.entries.get(key)?.version ?? 0;
    if (ifVersion !== undefined && ifVersion !== current) return { ok: false, refusal: { reason: 'version-differs' } };
    return this.#written((version) => {
      const entry = { key, value, version, author: 'agent:scripted', isLasting: persistent, writtenAtMs: 0 };
      this.entries.set(key, entry);
    });
  }

  async delete(key: string): Promise<RemovalAnswer> {
    if (this.refusal !== undefined) return { ok: false, refusal: this.refusal };
    return { ok: true, removed: this.entries.delete(key) ? 1 : 0 };
  }

  async invalidate(pattern: string): Promise<RemovalAnswer> {
    if (this.refusal !== undefined) return { ok: false, refusal: this.refusal };
    const keys = [...this.entries.keys()].filter(matcherOf(pattern));
    for (const key of keys) this.entries.delete(key);
    return { ok: true, removed: keys.length };
  }

  async list(pattern: string): Promise<readonly RunEntryInfo[]> {
    const matches = matcherOf(pattern);
    const found = [...this.entries.values()].filter(({ key }) => matches(key));
    return found.map(({ value: _value, ...info }) => info).sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  async search(): Promise<readonly FoundRunEntry[]> {
    return [];
  }

  async handOff(note: NewHandOff): Promise<MemoryAnswer> {
    return this.#written(() => void this.handedOff.push(note));
  }

  async handOffs(): Promise<readonly HandOff[]> {
    return this.waiting;
  }

  async decide(decision: NewDecision): Promise<MemoryAnswer> {
    return this.#written(() => void this.decided.push(decision));
  }

  async decisions(): Promise<readonly Decision[]> {
    return this.decided.map((decision) => ({ ...decision, by: 'scripted', writtenAtMs: 0 })).toReversed();
  }

  async checkpoint(data: Json): Promise<MemoryAnswer> {
    return this.#written(() => void (this.#checkpoint = { attempt: 1, data, writtenAtMs: 0 }));
  }

  async lastCheckpoint(): Promise<Checkpoint | undefined> {
    return this.#checkpoint;
  }

  #written(write: (version: number) => void): MemoryAnswer {
    if (this.refusal !== undefined) return { ok: false, refusal: this.refusal };
    const version = ++this.#version;
    write(version);
    return { ok: true, version };
  }
}
