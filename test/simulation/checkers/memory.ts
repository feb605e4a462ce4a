import type { Json } from '../../../src/core/json.ts';
import type { Plan } from '../../../src/simulation/plan.ts';
import type { AttemptSign, MemoryAnswered, MemoryChange, MemoryRead } from '../../../src/simulation/watcher.ts';
import type { Books } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;
type SetChange = Extract<MemoryChange['change'], { kind: 'set' }>;

/** What a key was at some time. Version 0: nothing was there. */
type State = {
  readonly version: number;
  readonly json: string;
  readonly count: number | undefined;
  readonly expiresAtMs: number | undefined;
  readonly atUs: number;
  /** Task and attempt, for what attempts write. */
  readonly author: string;
  /** Node and life that made it so. */
  readonly by: string;
  /** When whoever asked for it was told, or gave up; until then its own process may still show what was before. */
  doneUs: number;
};

type Scene = Readonly<{
  must: Must;
  books: Books;
  plan: Plan;
  /** Every state of each key, oldest first. */
  keys: Map<string, State[]>;
  /** Removals that are decided: their pattern, and the newest version there was then. */
  removals: Map<string, Readonly<{ pattern: string; version: number }>>;
  newest: { version: number; epoch: number };
  /** Clocks are put forward and back, so nobody here can say when something expires. */
  areClocksWild: boolean;
}>;

/** What was written is read, until it is changed, removed or over; nobody writes who may not, and no count gets lost. */
export function memoryChecker(tell: Tell, books: Books, plan: Plan): Checker {
  const must = checkerOf(tell);
  const areClocksWild = plan.faults.some(({ kind }) => kind === 'wall-jump');
  const scene: Scene = {
    must,
    books,
    plan,
    keys: new Map(),
    removals: new Map(),
    newest: { version: 0, epoch: 0 },
    areClocksWild,
  };
  return {
    remembered: (told) => {
      checkEpoch(scene, told);
      if (told.change.kind === 'set') noteSet(scene, told, told.change);
      else noteRemoved(scene, told);
    },
    recalled: (read) => checkRead(scene, read),
    answeredChange: (told) => noteAnswered(scene, told),
    before: ({ event }) => {
      if (event.type === 'memory.invalidated') {
        scene.removals.set(event.id, { pattern: event.pattern, version: scene.newest.version });
      }
      if (event.type === 'memory.cleared') checkCleared(scene, event.id);
    },
  };
}

function matching({ keys }: Scene, pattern: string): readonly State[][] {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  const fits = new RegExp(`^${parts.join('.*')}$`, 's');
  return [...keys].filter(([key]) => fits.test(key)).map(([, states]) => states);
}

/** Where memory is kept, nobody is heard any more whom another leader has followed. */
function checkEpoch({ must, books, newest }: Scene, { node, epoch }: MemoryChange): void {
  newest.epoch = Math.max(newest.epoch, books.epoch);
  must(epoch >= newest.epoch, 'old-lead-writes', `${node} changes memory as epoch ${epoch}, after ${newest.epoch}`);
  newest.epoch = Math.max(newest.epoch, epoch);
}

function noteSet(scene: Scene, { node, life, atUs }: MemoryChange, change: SetChange): void {
  const { must, keys, newest } = scene;
  const { key, value, version, expiresAtMs, author } = change;
  must(version > newest.version, 'memory-version', `${key} gets version ${version} after ${newest.version}`);
  newest.version = Math.max(newest.version, version);
  if (author?.task !== undefined) checkAuthor(scene, key, { task: author.task, attempt: author.attempt });
  const states = keys.get(key) ?? [];
  keys.set(key, states);
  const count = countIn(value);
  if (count !== undefined) checkCount(scene, key, count, states.at(-1));
  const who = `${author?.task} ${author?.attempt}`;
  const facts = { version, json: JSON.stringify(value), count, expiresAtMs, author: who };
  states.push({ ...facts, atUs, by: `${node} ${life}`, doneUs: Infinity });
  checkRoom(scene, node);
}

type Token = Readonly<{ task: string; attempt: number | undefined }>;

/** Only the attempt that runs writes, and in its own run. */
function checkAuthor({ must, books }: Scene, key: string, { task: id, attempt }: Token): void {
  const task = books.task(id);
  const isIts = task?.attempt === attempt && (task?.status === 'running' || task?.status === 'awaiting');
  must(isIts, 'memory-fence', `attempt ${attempt} of ${id} writes ${key}, at ${task?.attempt} ${task?.status}`);
  const [, run] = /^(?:run|hand-off|decision|checkpoint)\/([^:]*):/.exec(key) ?? [];
  must(run === undefined || run === task?.runId, 'memory-own', `${id} writes ${key}`);
}

function checkCount({ must, areClocksWild }: Scene, key: string, count: number, before: State | undefined): void {
  const last = before?.count ?? 0;
  const isAfresh = count === 1 && (before?.expiresAtMs !== undefined || areClocksWild);
  must(count === last + 1 || isAfresh, 'memory-lost-update', `${key} counts ${count} after ${last}`);
}

/** A recount: those of notes are not counted, and what is over may have gone. */
function checkRoom({ must, keys, plan }: Scene, node: string): void {
  let lasting = 0;
  for (const states of keys.values()) {
    const last = states.at(-1);
    if (last !== undefined && last.version > 0 && last.expiresAtMs === undefined) lasting++;
  }
  const most = plan.memory?.maxEntries ?? 0;
  must(lasting <= most, 'memory-room', `${node} keeps ${lasting} entries, of ${most}`);
}

function noteRemoved(scene: Scene, { node, life, atUs, change }: MemoryChange): void {
  if (change.kind !== 'removed') return;
  for (const states of matching(scene, change.pattern)) {
    if (states.at(-1)?.version === 0) continue;
    const facts = { version: 0, json: '', count: undefined, expiresAtMs: undefined, author: '' };
    states.push({ ...facts, atUs, by: `${node} ${life}`, doneUs: Infinity });
  }
}

/**
 * An attempt whose start was heard twice does everything twice at once, and others write and remove the same key: an
 * answer is only for the version that it says. One to a removal is for the only one that is open if it says that it
 * removed something; by patterns they end with an event.
 */
function noteAnswered(
  { keys }: Scene,
  { sign, life, pattern, isRemoval, version, removed, atUs }: MemoryAnswered,
): void {
  if (isRemoval && removed !== 1) return;
  const meant = isRemoval ? 0 : version;
  const open = (keys.get(pattern) ?? []).filter((state) => {
    const isTheirs = isRemoval || state.author === `${sign.taskId} ${sign.attempt}`;
    return isTheirs && state.version === meant && state.by === `${sign.node} ${life}` && state.doneUs > atUs;
  });
  const [only] = open;
  if (only !== undefined && open.length === 1) only.doneUs = atUs;
}

/** What was there when it was decided is not there any more when it is done. */
function checkCleared(scene: Scene, id: string): void {
  const removal = scene.removals.get(id);
  scene.removals.delete(id);
  if (removal === undefined) return;
  for (const states of matching(scene, removal.pattern)) {
    const version = states.at(-1)?.version ?? 0;
    const isGone = version === 0 || version > removal.version;
    scene.must(isGone, 'memory-cleared', `version ${version} is there, and ${removal.pattern} was removed`);
    // From now on nobody reads it, whoever asked for the removal.
    for (const state of states) if (state.version === 0) state.doneUs = Math.min(state.doneUs, state.atUs);
  }
}

/** The key was so at some time between question and answer. */
function checkRead(scene: Scene, read: MemoryRead): void {
  const { must } = scene;
  const { sign, life, key, found, askedUs, answeredUs, wallMs } = read;
  if (!isCurrent(scene.books, sign)) return;
  const version = found?.version ?? 0;
  const states = scene.keys.get(key) ?? [];
  if (found !== undefined) {
    const written = states.find((state) => state.version === version)?.json;
    const given = JSON.stringify(found.value);
    must(written === given, 'memory-true', `${sign.taskId} reads ${given} in ${key}, and ${written} was written`);
  }
  // Memory is where the leader is; how it looks there when a host asks, only the leader knows.
  if (scene.plan.remote?.hosts.some(({ name }) => name === sign.node) === true) return;
  const isOver = found?.expiresAtMs !== undefined && found.expiresAtMs <= wallMs;
  must(!isOver, 'memory-over', `${sign.taskId} reads ${key}, which was over at ${found?.expiresAtMs}, at ${wallMs}`);
  const times = { by: `${sign.node} ${life}`, askedUs, answeredUs, isVague: scene.areClocksWild };
  const fits = [NOTHING, ...states].some((state, index) => {
    const isSame = state.version === version || (found === undefined && mayBeOver(state, read, times.isVague));
    return isSame && wasThere(state, states.slice(index), times);
  });
  must(fits, 'memory-fresh', `${sign.taskId} reads version ${version} of ${key}, which was so at another time`);
}

const NOTHING: State = {
  version: 0,
  json: '',
  count: undefined,
  expiresAtMs: undefined,
  author: '',
  atUs: -1,
  by: '',
  doneUs: -1,
};

type Times = Readonly<{ by: string; askedUs: number; answeredUs: number }>;

function wasThere({ atUs }: State, later: readonly State[], { by, askedUs, answeredUs }: Times): boolean {
  if (atUs > answeredUs) return false;
  return later.every((next) => (next.by === by ? next.doneUs : next.atUs) >= askedUs);
}

/** All clocks show the same unless they are put forward or back. */
function mayBeOver({ expiresAtMs }: State, { answeredUs }: MemoryRead, isVague: boolean): boolean {
  return expiresAtMs !== undefined && (isVague || WALL_START_MS + answeredUs / 1_000 >= expiresAtMs);
}

const WALL_START_MS = 1_700_000_000_000;

/** What an attempt reads that is over, or whose process does not know yet that it does not lead, nobody uses. */
function isCurrent(books: Books, { taskId, attempt }: AttemptSign): boolean {
  const task = books.task(taskId);
  return task !== undefined && task.attempt === attempt && (task.status === 'running' || task.status === 'awaiting');
}

function countIn(value: Json): number | undefined {
  const isRecord = typeof value === 'object' && value !== null && 'count' in value;
  return isRecord && typeof value['count'] === 'number' ? value['count'] : undefined;
}
