import type { AgentId, RunId } from '../ids.ts';
import { userError } from '../../util/user-error.ts';

/** Who asks, as far as namespaces go. */
export type MemoryHolder = Readonly<{ runId: RunId; role: string; agentId: AgentId }>;

/** What agents and people share. Everything else is kept by Waggle itself. */
const SHARED = ['swarm', 'run', 'role', 'agent'] as const;
type Shared = (typeof SHARED)[number];

/** Records of the memory keeper: read by everybody whom they concern, written through it alone. */
export const NOTE_KINDS = ['hand-off', 'decision', 'checkpoint'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/**
 * The full key of what an attempt calls `run:plan`: each namespace is its own one, so no attempt can name what belongs
 * to another run, role or agent. Notes of its run (`decision:…`) it only reads. Throws a `UserError` for any other
 * namespace.
 */
export function ownKey(holder: MemoryHolder, name: string, use: 'read' | 'write'): string {
  const colon = name.indexOf(':');
  const space = name.slice(0, Math.max(0, colon));
  const isNote = NOTE_KINDS.some((kind) => kind === space);
  if (!isShared(space) && !(isNote && use === 'read')) throw notYours(name);
  return `${isShared(space) ? fullNamespace(holder, space) : `${space}/${holder.runId}`}${name.slice(colon)}`;
}

/** What the attempt calls a key that `ownKey` gave, or that a search found; undefined for what is not its own. */
export function ownName(holder: MemoryHolder, key: string): string | undefined {
  for (const space of [...SHARED, ...NOTE_KINDS]) {
    const full = ownKey(holder, `${space}:`, 'read');
    if (key.startsWith(full)) return `${space}:${key.slice(full.length)}`;
  }
  return undefined;
}

/** Patterns for all that the holder may read. */
export function ownPatterns(holder: MemoryHolder): readonly string[] {
  return [...SHARED, ...NOTE_KINDS].map((space) => ownKey(holder, `${space}:*`, 'read'));
}

/** People may write what agents share: `swarm:…`, `run/<run>:…`, `role/<role>:…`, `agent/<agent>:…`. */
export function checkPersonKey(key: string): void {
  const [space = ''] = key.split(':', 1);
  const [root = '', ...owner] = space.split('/');
  const isFit = root === 'swarm' ? owner.length === 0 : isShared(root) && owner.join('/') !== '';
  if (isFit) return;
  const message = `"${key.slice(0, 80)}" is in no namespace that people write.`;
  const fix = 'Write swarm:name, run/<run>:name, role/<role>:name or agent/<agent>:name.';
  throw userError({ code: 'MEMORY_NAMESPACE', message, fix });
}

/** Whether full-text search looks at it: what agents and people write, and the notes. */
export function isSearchable(key: string): boolean {
  const [root = ''] = key.split(/[/:]/, 1);
  return isShared(root) || NOTE_KINDS.some((kind) => kind === root);
}

/** Whether the key belongs to one run, or to an agent `<run>/<name>` that serves it alone: it does not outlive that for long. */
export function isOfRun(key: string): boolean {
  return /^(run\/|agent\/[^/:]+\/)/.test(key);
}

function fullNamespace({ runId, role, agentId }: MemoryHolder, space: Shared): string {
  switch (space) {
    case 'swarm':
      return 'swarm';
    case 'run':
      return `run/${runId}`;
    case 'role':
      return `role/${role}`;
    case 'agent':
      return `agent/${agentId}`;
  }
}

function isShared(text: string): text is Shared {
  return SHARED.some((one) => one === text);
}

function notYours(name: string): Error {
  const message = `"${name.slice(0, 80)}" is in no namespace of this task.`;
  const fix = 'Write swarm:name, run:name, role:name or agent:name.';
  return userError({ code: 'MEMORY_NAMESPACE', message, fix });
}
