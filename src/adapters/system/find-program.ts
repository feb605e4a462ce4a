import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { ProcessSpec } from '../../ports/process-runner.ts';
import { isPortableName } from '../../util/environment.ts';

/** Where programs of the system are, whatever the caller's PATH says. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin'];

/** Absolute path of a program of the system; undefined when it is not installed. */
export function findSystemProgram(name: string): string | undefined {
  return SYSTEM_FOLDERS.map((folder) => `${folder}/${name}`).find((path) => isProgram(path));
}

/** Why `spec` cannot be started, in one plain sentence; undefined when nothing speaks against it. */
export function findStartProblem(spec: ProcessSpec): string | undefined {
  const [program] = spec.argv;
  if (program === undefined || program === '') return 'No program was given.';
  if ([...spec.argv, ...Object.values(spec.env)].some((text) => text.includes('\0')))
    return 'An argument or environment value holds a NUL character, which no program can receive.';
  const name = Object.keys(spec.env).find((key) => !isPortableName(key));
  if (name !== undefined)
    return `The environment variable ${JSON.stringify(name)} cannot be passed on: use letters, digits and _ only.`;
  return findFolderProblem(spec.cwd) ?? findProgramProblem(program, spec);
}

function findFolderProblem(cwd: string): string | undefined {
  if (!isAbsolute(cwd)) return `The folder ${JSON.stringify(cwd)} is not an absolute path.`;
  const found = look(cwd);
  if (typeof found === 'string') return `The folder ${cwd} ${found}.`;
  return found.isDirectory() ? undefined : `${cwd} is not a folder.`;
}

function findProgramProblem(program: string, { cwd, env }: ProcessSpec): string | undefined {
  if (program.includes('/')) return findFileProblem(program, resolve(cwd, program));
  const path = env['PATH'] ?? '';
  const folders = path.split(':').map((folder) => resolve(cwd, folder));
  if (folders.some((folder) => isProgram(`${folder}/${program}`))) return undefined;
  const denied = folders.find((folder) => isFile(look(`${folder}/${program}`)));
  if (denied !== undefined) return `${denied}/${program} is not executable.`;
  return `The program ${JSON.stringify(program)} was not found in PATH (${path === '' ? 'which is empty' : path}).`;
}

function findFileProblem(program: string, file: string): string | undefined {
  const found = look(file);
  if (typeof found === 'string') return `The program ${JSON.stringify(program)} ${found}.`;
  if (found.isDirectory()) return `${JSON.stringify(program)} is a folder, not a program.`;
  return isProgram(file) ? undefined : `${JSON.stringify(program)} is not executable.`;
}

/** What stands there, or in words why nothing can be found there. */
function look(path: string): Stats | string {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? 'does not exist';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return REASONS[code] ?? `cannot be looked at (${code})`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'is in a folder that this user may not enter',
  ENAMETOOLONG: 'has a name that is too long',
  ELOOP: 'is a link that leads back to itself',
};

function isFile(found: Stats | string): boolean {
  return typeof found !== 'string' && found.isFile();
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
