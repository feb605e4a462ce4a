import { nameOf } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Json } from '../core/json.ts';
import type { Author } from '../core/memory/entry.ts';
import { whyNoWrite } from '../core/memory/invalidations.ts';
import { type MemoryHolder, ownKey, ownName, ownPatterns } from '../core/memory/namespaces.ts';
import type { Refusal } from '../core/ruling.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { NoteToken, NoteWrite } from '../memory/notes.ts';
import type { Assignment } from '../ports/agent-driver.ts';
import type { EntryInfo } from '../ports/key-value-tier.ts';
import type {
  Checkpoint,
  Decision,
  FoundRunEntry,
  HandOff,
  MemoryAnswer,
  NewDecision,
  NewHandOff,
  RemovalAnswer,
  RunEntry,
  RunEntryInfo,
  RunMemory,
  RunSearchOptions,
  RunSetOptions,
} from '../ports/run-memory.ts';
import { Unavailable } from '../util/user-error.ts';
import type { Answer } from './answer.ts';
import type { MemoryPorts, MemoryWork } from './memory-work.ts';
import { handled } from './trouble.ts';

/** What the memory of an attempt needs of the lead it belongs to. */
export type MemoryDesk = Readonly<{
  swarm: Swarm;
  work: MemoryWork;
  dispatch: (input: SwarmInput) => Promise<Answer>;
}>;

const MAX_LISTED = 1_000;
const DEFAULT_FOUND = 20;

type Owner = Pick<Assignment, 'taskId' | 'runId' | 'agentId' | 'attempt' | 'spec'>;

/** Memory of one running attempt. Each write is checked against its token in the moment in which it is made. */
export class AttemptMemory implements RunMemory {
  readonly #assignment: Owner;
  readonly #desk: MemoryDesk;
  readonly #holder: MemoryHolder;
  readonly #token: NoteToken;
  readonly #author: Author;
  #asked = 0;
  #isOver = false;

  constructor(assignment: Owner, desk: MemoryDesk) {
    const { taskId, runId, agentId, attempt } = assignment;
    this.#assignment = assignment;
    this.#desk = desk;
    const role = desk.swarm.registry.agents.get(agentId)?.spec.role ?? 'none';
    this.#holder = { runId, role, agentId };
    this.#token = { taskId, attempt };
    this.#author = { id: `agent:${agentId}`, task: taskId, attempt };
  }

  /** The attempt has ended: nothing is written any more. */
  end(): void {
    this.#isOver = true;
  }

  get(key: string): Promise<RunEntry | undefined> {
    return asked(async () => {
      const entry = await this.#ports().tiers.get(ownKey(this.#holder, key, 'read'));
      return entry === undefined ? undefined : { ...infoOf(key, entry), value: entry.value };
    });
  }

  set(key: string, value: Json, options: RunSetOptions = {}): Promise<MemoryAnswer> {
    return this.#written((write) =>
      this.#ports().tiers.set(ownKey(this.#holder, key, 'write'), value, { ...options, ...write }),
    );
  }

  delete(key: string): Promise<RemovalAnswer> {
    return this.#refusable(async (guard) => {
      const wasThere = await this.#ports().tiers.delete(ownKey(this.#holder, key, 'write'), guard);
      return { ok: true, removed: wasThere ? 1 : 0 };
    });
  }

  invalidate(pattern: string): Promise<RemovalAnswer> {
    return this.#refusable(async () => {
      this.#ports();
      const full = ownKey(this.#holder, pattern, 'write');
      const { taskId, attempt } = this.#assignment;
      const { work, dispatch } = this.#desk;
      // An attempt on a host outlives its leader, and the next one counts anew.
      const id = `${taskId}#${attempt}.${work.epoch}.${++this.#asked}`;
      const input = { type: 'attempt.invalidate-memory', taskId, attempt, id, pattern: full } as const;
      return work.remove(input, dispatch);
    });
  }

  list(pattern: string): Promise<readonly RunEntryInfo[]> {
    return asked(async () => {
      const infos = await this.#ports().tiers.entries(ownKey(this.#holder, pattern, 'read'), MAX_LISTED);
      return infos.flatMap((info) => this.#named(info) ?? []);
    });
  }

  search(query: string, { pattern, limit = DEFAULT_FOUND }: RunSearchOptions = {}): Promise<readonly FoundRunEntry[]> {
    return asked(async () => {
      const patterns = pattern === undefined ? ownPatterns(this.#holder) : [ownKey(this.#holder, pattern, 'read')];
      const found = await this.#ports().tiers.search(query, patterns, limit);
      return found.flatMap(({ snippet, ...info }) => {
        const named = this.#named(info);
        return named === undefined ? [] : { ...named, snippet };
      });
    });
  }

  handOff(note: NewHandOff): Promise<MemoryAnswer> {
    return this.#written((write) => this.#ports().notes.handOff(this.#token, note, write));
  }

  handOffs(): Promise<readonly HandOff[]> {
    return asked(() => this.#ports().notes.handOffs(this.#token, this.#assignment.spec.needs));
  }

  decide(decision: NewDecision): Promise<MemoryAnswer> {
    const { runId, taskId } = this.#assignment;
    return this.#written((write) => this.#ports().notes.decide(runId, nameOf(taskId), decision, write));
  }

  decisions(): Promise<readonly Decision[]> {
    return asked(() => this.#ports().notes.decisions(this.#assignment.runId));
  }

  checkpoint(data: Json): Promise<MemoryAnswer> {
    return this.#written((write) => this.#ports().notes.checkpoint(this.#token, data, write));
  }

  lastCheckpoint(): Promise<Checkpoint | undefined> {
    return asked(() => this.#ports().notes.lastCheckpoint(this.#token));
  }

  #ports(): MemoryPorts {
    const { ports } = this.#desk.work;
    if (ports !== undefined) return ports;
    throw new Unavailable({ port: 'memory', message: 'This coordinator remembers nothing.' });
  }

  #written(act: (write: NoteWrite) => Promise<number | undefined>): Promise<MemoryAnswer> {
    return this.#refusable(async (guard) => {
      const version = await act({ author: this.#author, guard });
      return version === undefined ? { ok: false, refusal: { reason: 'version-differs' } } : { ok: true, version };
    });
  }

  /** The guard throws what is a refusal for the caller. */
  #refusable<Given>(
    act: (guard: () => void) => Promise<Given>,
  ): Promise<Given | Readonly<{ ok: false; refusal: Refusal }>> {
    return asked(async () => {
      try {
        return await act(() => this.#assertMayWrite());
      } catch (error) {
        if (error instanceof RefusedWrite) return { ok: false, refusal: error.refusal };
        throw error;
      }
    });
  }

  #assertMayWrite(): void {
    const { taskId, attempt } = this.#assignment;
    const why = whyNoWrite(this.#desk.swarm, taskId, attempt);
    if (why !== undefined) throw new RefusedWrite(why);
    // The end of the attempt is on its way to the core.
    if (this.#isOver) throw new RefusedWrite({ reason: 'status-wrong', status: 'ended' });
  }

  #named(info: EntryInfo): RunEntryInfo | undefined {
    const name = ownName(this.#holder, info.key);
    return name === undefined ? undefined : infoOf(name, info);
  }
}

/** Carries a refusal through what writes. */
class RefusedWrite extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

function infoOf(key: string, info: Omit<EntryInfo, 'key' | 'bytes'>): RunEntryInfo {
  const { version, author, isLasting, writtenAtMs, expiresAtMs } = info;
  const common = { key, version, author: author.id, isLasting, writtenAtMs };
  return expiresAtMs === undefined ? common : { ...common, expiresAtMs };
}

/** What throws at once rejects as well. */
function asked<Value>(ask: () => Promise<Value>): Promise<Value> {
  return handled(new Promise<Value>((resolve) => resolve(ask())));
}
