import type { Json } from '../core/json.ts';
import type { MemoryAnswer, RemovalAnswer, RunMemory } from '../ports/run-memory.ts';
import type { MemoryPart, MemoryStep } from './plan.ts';
import type { AttemptSign, Watcher } from './watcher.ts';

const MAX_TRIES = 4;

export type Rememberer = Readonly<{
  sign: AttemptSign;
  /** Number of the life of its process. */
  life: number;
  watcher: Watcher;
  memory: RunMemory;
  nowUs: () => number;
  wallMs: () => number;
}>;

/** What an attempt does in memory, step by step; a step that fails is left. */
export async function remember(who: Rememberer, { steps }: MemoryPart): Promise<void> {
  for (const step of steps) await take(who, step).catch(() => who.watcher.called('memory step fails'));
}

async function take(who: Rememberer, step: MemoryStep): Promise<void> {
  const { memory } = who;
  const { key, ttlMs, isLasting: persistent } = step;
  const options = { ...(ttlMs === undefined ? {} : { ttlMs }), ...(persistent === undefined ? {} : { persistent }) };
  switch (step.do) {
    case 'count':
      return count(who, key, persistent === true);
    case 'get':
      return void (await read(who, key));
    case 'set':
      return changed(who, () => memory.set(key, { by: who.sign.taskId }, options), key, false);
    case 'delete':
      return changed(who, () => memory.delete(key), key, true);
    case 'invalidate':
      return changed(who, () => memory.invalidate(step.pattern), step.pattern, true);
    case 'list':
      return void (await memory.list(step.pattern));
    case 'note':
      await memory.handOff({ text: who.sign.taskId });
      await memory.checkpoint({ at: key });
      return void (await memory.handOffs());
  }
}

/** Reads, and writes one more if nobody has written meanwhile. */
async function count(who: Rememberer, key: string, persistent: boolean): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const before = await read(who, key);
    const next = countIn(before?.value) + 1;
    const value: Json = { by: who.sign.taskId, count: next };
    const answer = await told(who, [key, false], () =>
      who.memory.set(key, value, { persistent, ifVersion: before?.version ?? 0 }),
    );
    if (answer.ok || answer.refusal.reason !== 'version-differs') return;
  }
}

async function read(who: Rememberer, key: string): ReturnType<RunMemory['get']> {
  const { sign, life, watcher, memory, nowUs, wallMs } = who;
  const [askedUs, askedWallMs] = [nowUs(), wallMs()];
  const found = await memory.get(key);
  const asked = { askedUs, answeredUs: nowUs(), wallMs: Math.min(askedWallMs, wallMs()) };
  watcher.recalled({ sign, life, key: fullKey(sign, key), found, ...asked });
  return found;
}

async function changed(
  who: Rememberer,
  change: () => Promise<MemoryAnswer | RemovalAnswer>,
  ...what: readonly [pattern: string, isRemoval: boolean]
): Promise<void> {
  await told(who, what, change);
}

/** Whatever comes of it, the change is over when this returns. */
async function told<Given extends MemoryAnswer | RemovalAnswer>(
  { sign, life, watcher, nowUs }: Rememberer,
  [pattern, isRemoval]: readonly [string, boolean],
  change: () => Promise<Given>,
): Promise<Given> {
  let outcome = 'fails';
  let done: { version?: number; removed?: number } = {};
  try {
    const answer = await change();
    outcome = answer.ok ? 'ok' : answer.refusal.reason;
    if (answer.ok) done = 'version' in answer ? { version: answer.version } : { removed: answer.removed };
    return answer;
  } finally {
    watcher.called(`memory ${outcome}`);
    watcher.answeredChange({ sign, life, pattern: fullKey(sign, pattern), isRemoval, ...done, atUs: nowUs() });
  }
}

function countIn(value: Json | undefined): number {
  const isRecord = typeof value === 'object' && value !== null && 'count' in value;
  return isRecord && typeof value['count'] === 'number' ? value['count'] : 0;
}

/** As the store has it. */
function fullKey({ taskId, agentId }: AttemptSign, key: string): string {
  const [space = '', rest = ''] = key.split(':');
  if (space === 'run') return `run/${taskId.split('/')[0]}:${rest}`;
  return space === 'agent' ? `agent/${agentId}:${rest}` : key;
}
