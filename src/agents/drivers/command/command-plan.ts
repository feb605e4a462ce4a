import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandWork } from '../../../core/tasks/task-spec.ts';
import { isInside } from '../../../tools/declared-outputs.ts';
import { type Environment, isPortableName, lookUpEnvironment } from '../../../util/environment.ts';
import { redactText, secretsOf } from '../../../util/redact.ts';

const SHELL = '/bin/sh';
const MAX_COMMAND_LENGTH = 500;
/** What the shell understands as it is. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Everything that is settled before a command starts. */
export type CommandPlan = Readonly<{
  argv: readonly string[];
  cwd: string;
  env: Environment;
  /** Values that must not appear in anything that is kept. */
  secrets: readonly string[];
  /** The command as a person would type it, without secrets. */
  title: string;
}>;

export type PlanResult = Readonly<{ ok: true; plan: CommandPlan }> | Readonly<{ ok: false; message: string }>;

/** `known`: of this process. `clean`: what every command may see of it. `cure`: what to do where a name is not set. */
export type Surroundings = Readonly<{ known: Environment; clean: Environment; cure: string }>;

export async function planCommand(
  work: CommandWork,
  project: string,
  { known, clean, cure }: Surroundings,
): Promise<PlanResult> {
  const argv = work.shell === undefined ? work.argv : [SHELL, '-c', work.shell];
  if (argv === undefined || argv.length === 0) return { ok: false, message: 'The task says no command to run.' };
  const names = work.envFrom ?? [];
  const strange = names.find((name) => !isPortableName(name));
  if (strange !== undefined)
    return { ok: false, message: `${JSON.stringify(strange)} in envFrom is no variable name.` };
  const { found, missing } = lookUpEnvironment(known, names);
  if (missing.length > 0) return { ok: false, message: `${missingNames(missing)} ${cure}` };
  const cwd = await findFolder(project, work.cwd ?? '.');
  if (!cwd.ok) return cwd;
  const secrets = secretsOf(Object.values(found));
  const title = redactText(work.shell ?? argv.map(quoted).join(' '), secrets).slice(0, MAX_COMMAND_LENGTH);
  return { ok: true, plan: { argv, cwd: cwd.path, env: { ...clean, ...work.env, ...found }, secrets, title } };
}

function missingNames(missing: readonly string[]): string {
  const [verb, it] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${missing.join(', ')} ${verb} not set, and the task needs ${it} (envFrom).`;
}

type Folder = Readonly<{ ok: true; path: string }> | Readonly<{ ok: false; message: string }>;

/** The folder a command starts in: inside the project, also behind links. */
async function findFolder(project: string, cwd: string): Promise<Folder> {
  const root = await realpath(project).catch(() => undefined);
  if (root === undefined) return { ok: false, message: `The project folder ${project} does not exist.` };
  const path = await realpath(resolve(root, cwd)).catch(() => undefined);
  if (path === undefined) return { ok: false, message: `The folder ${JSON.stringify(cwd)} (cwd) does not exist.` };
  if (isInside(root, path)) return { ok: true, path };
  return { ok: false, message: `The folder ${JSON.stringify(cwd)} (cwd) is outside the project.` };
}

function quoted(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
