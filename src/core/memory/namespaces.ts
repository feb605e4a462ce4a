/** What agents and people share. Everything else is kept by Waggle itself. */
const SHARED = ['swarm', 'run', 'role', 'agent'] as const;
type Shared = (typeof SHARED)[number];

/** Records of the memory keeper: read by everybody whom they concern, written through it alone. */
const NOTE_KINDS = ['hand-off', 'decision', 'checkpoint'] as const;

/** Whether full-text search looks at it: what agents and people write, and the notes. */
export function isSearchable(key: string): boolean {
  const [root = ''] = key.split(/[/:]/, 1);
  return isShared(root) || NOTE_KINDS.some((kind) => kind === root);
}

/** Whether the key belongs to one run, which it does not outlive for long. */
export function isOfRun(key: string): boolean {
  return key.startsWith('run/');
}

function isShared(text: string): text is Shared {
  return SHARED.some((one) => one === text);
}
