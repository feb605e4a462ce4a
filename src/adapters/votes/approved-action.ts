import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import { canonicalJson } from '../../util/canonical-json.ts';
import { type ApprovedFile, readApprovedFiles } from './approved-files.ts';

const MAX_FILES = 100;
const MAX_WORDS = 1_000;
const text = z.string().max(65_536);

/** A path inside the project, written as git does: `dist/app.tgz`. */
const inProject = text.refine((path) => isInside(path), 'must be a path inside the project, without ".."');

const functionAction = z.strictObject({
  type: z.literal('function'),
  function: text,
  input: z.exactOptional(z.json()),
});
const commandAction = z.strictObject({
  type: z.literal('command'),
  argv: z.array(text).min(1).max(MAX_WORDS).readonly(),
  files: z.exactOptional(z.array(inProject).max(MAX_FILES).readonly()),
});
const anAction = z.discriminatedUnion('type', [functionAction, commandAction], {
  error: ({ code }) => (code === 'invalid_union' ? 'must be "function" or "command"' : undefined),
});

/** Calls a function of the process that leads. */
export type FunctionAction = Readonly<{ type: 'function'; function: string; input?: Json }>;
/** Runs a program in the project; where an argument names one of `files`, it gets what was voted on. */
export type CommandAction = Readonly<{ type: 'command'; argv: readonly string[]; files?: readonly string[] }>;
export type ApprovedAction = FunctionAction | CommandAction;

/** The action, or everything that is wrong with it. */
export function parseAction(
  action: JsonObject,
): Readonly<{ ok: true; action: ApprovedAction }> | Readonly<{ ok: false; problems: readonly string[] }> {
  const parsed = anAction.safeParse(action);
  if (parsed.success) return { ok: true, action: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => `action.${path.map(String).join('.')}: ${message}`);
  return { ok: false, problems };
}

/**
 * SHA-256 in hex of what an action will do: the action itself as canonical JSON, and the bytes of the files that it
 * names. This is what a proposal with that action must have as its `contentHash`. Rejects when a file is not there.
 */
export async function contentHashOf(action: JsonObject, project: string): Promise<string> {
  const parsed = parseAction(action);
  if (!parsed.ok) throw new TypeError(parsed.problems.join('; '));
  const files = await readApprovedFiles(project, filesOf(parsed.action));
  if (files === undefined) throw new Error(`One of ${filesOf(parsed.action).join(', ')} is not there.`);
  return hashOf(action, files);
}

export function hashOf(action: JsonObject, files: readonly ApprovedFile[]): string {
  const hash = createHash('sha256').update(canonicalJson(action));
  for (const { path, bytes } of files) hash.update(`\n${createHash('sha256').update(bytes).digest('hex')} ${path}`);
  return hash.digest('hex');
}

export function filesOf(action: ApprovedAction): readonly string[] {
  return action.type === 'command' ? (action.files ?? []) : [];
}

function isInside(path: string): boolean {
  const parts = path.split('/');
  return path !== '' && !path.startsWith('/') && !path.includes('\0') && !parts.includes('..') && !parts.includes('.');
}
