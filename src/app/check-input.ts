import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { runGit } from '../analysers/git.ts';
import { readEnvironment } from '../config/environment.ts';
import { userError, type UserError } from '../util/user-error.ts';
import type { EarlierReport } from '../workflows/earlier-report-schema.ts';
import { fullDisk, makeFolder } from './make-folder.ts';

/** Reports are a few MB at most. */
const MAX_REPORT_BYTES = 64 * 1024 * 1024;
const HOW = 'Make one with: waggle check --out <folder>, and name the report.json in it.';

/** The report of an earlier check, to compare with. Rejects with what is wrong and how to get one. */
export async function readEarlierReport(path: string): Promise<EarlierReport> {
  const { parseEarlierReport } = await import('../workflows/earlier-report-schema.ts');
  const parsed = parseEarlierReport(parseJson(await readWhole(path), path));
  if (parsed.ok) return parsed.report;
  throw noBaseline(path, 'BASELINE_UNREADABLE', `"${path}" cannot be compared with: ${parsed.problem}.`);
}

async function readWhole(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw noBaseline(path, 'BASELINE_MISSING', `There is no file "${path}" to compare with.`);
  if (!found.isFile()) throw noBaseline(path, 'BASELINE_UNREADABLE', `"${path}" is not a file.`);
  if (found.size > MAX_REPORT_BYTES)
    throw noBaseline(path, 'BASELINE_UNREADABLE', `"${path}" is too large to be a report.`);
  try {
    await using file = await open(path, constants.O_RDONLY);
    return await file.readFile('utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw noBaseline(path, 'BASELINE_UNREADABLE', `"${path}" cannot be read: ${why}.`);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw noBaseline(path, 'BASELINE_UNREADABLE', `"${path}" is not JSON.`);
  }
}

function noBaseline(at: string, code: string, message: string): UserError {
  return userError({ code, at, message, fix: HOW });
}

/** Makes the folder for the reports where it is not there. Rejects before any work is done when that is not possible. */
export async function prepareReportFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritten(folder, error);
  }
}

/** Reports that cannot be written, and why. */
export function notWritten(folder: string, error: unknown): Error {
  const full = fullDisk(folder, error);
  if (full !== undefined) return full;
  const why = error instanceof Error ? error.message : String(error);
  const isFile = error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOTDIR');
  const message = isFile
    ? `The reports cannot be written to "${folder}": there is a file of that name.`
    : `The reports cannot be written to "${folder}": ${why}.`;
  return userError({ code: 'REPORT_NOT_WRITTEN', at: folder, message, fix: 'Name another folder with --out.' });
}

/** Rejects inside the data of git, where there are no files to check: a bare repository, or `.git` itself. */
export async function refuseGitData(root: string): Promise<void> {
  const searchPath = readEnvironment().variables['PATH'];
  const answer = await runGit(root, ['rev-parse', '--is-inside-git-dir'], { searchPath });
  if (!answer.ok || answer.stdout.toString('utf8').trim() !== 'true') return;
  throw userError({
    code: 'NO_WORK_TREE',
    at: root,
    message: `"${root}" holds the data of git, not files of a repository.`,
    fix: 'Check a clone of it: git clone <folder> <new folder>, then waggle check <new folder>.',
  });
}
