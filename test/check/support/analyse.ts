import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analyser } from '../../../src/analysers/analyser.ts';
import type { CheckData, FindingsData } from '../../../src/analysers/data.ts';
import { needData } from '../../../src/analysers/data-files.ts';
import { inventory } from '../../../src/analysers/inventory.ts';
import { manifests } from '../../../src/analysers/manifests.ts';
import { TestRepository, type Files } from './repository.ts';

/** Tasks that leave a plain list of findings, manifests among them. */
export type Looking = {
  [Id in keyof CheckData]: CheckData[Id] extends Pick<FindingsData, 'findings'> ? Id : never;
}[keyof CheckData];

export type AnalyseOptions = Readonly<{ searchPath?: string; signal?: AbortSignal }>;

/** Runs one analyser over a folder, after those that it needs. Gives what it left. */
export async function analyseFolder<Id extends Looking>(
  folder: string,
  [id, analyser]: readonly [Id, Analyser],
  { searchPath, signal = new AbortController().signal }: AnalyseOptions = {},
): Promise<CheckData[Id]> {
  const data = mkdtempSync(join(tmpdir(), 'waggle-analyse-'));
  const input = { root: realpathSync(folder), data, ...(searchPath === undefined ? {} : { searchPath }) };
  try {
    await inventory({ input, signal });
    await manifests({ input, signal });
    await analyser({ input, signal });
    return needData(data, id);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** `kind file` of each finding, in a folder with these files. */
export async function foundBy<Id extends Looking>(
  analyser: readonly [Id, Analyser],
  files: Files,
): Promise<readonly string[]> {
  using repository = new TestRepository(files);
  const { findings } = await analyseFolder(repository.path, analyser);
  return findings.map(({ kind, file }) => `${kind} ${file}`);
}
