import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckData, ParseData } from './data.ts';

type AnyData = CheckData & Readonly<Record<`parse.${number}`, ParseData>>;

/** The form of the files in the data folder. They live for one run, but a run may go on in a newer release. */
const FORMAT = 'waggle-check-data/1';

/** Whole or not there: readers never see half a file. Gives the name of the file. */
export function writeData<Id extends keyof AnyData>(folder: string, id: Id, data: AnyData[Id]): string {
  const name = `${id}.json`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${name}.${process.pid}`);
  try {
    writeFileSync(draft, JSON.stringify({ format: FORMAT, id, data }), { mode: 0o600 });
    renameSync(draft, join(folder, name));
  } finally {
    rmSync(draft, { force: true });
  }
  return name;
}

/** Undefined when the analyser did not run or failed. Throws when another release wrote the file. */
export function readData<Id extends keyof AnyData>(folder: string, id: Id): AnyData[Id] | undefined {
  const text = readIfThere(join(folder, `${id}.json`));
  if (text === undefined) return undefined;
  const file: unknown = JSON.parse(text);
  if (!isDataFile(file, id)) throw new Error(`${id}.json in ${folder} was written by another release of Waggle.`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, written by writeData with this id
  return file.data as AnyData[Id];
}

/** What a later analyser cannot do without. */
export function needData<Id extends keyof AnyData>(folder: string, id: Id): AnyData[Id] {
  const data = readData(folder, id);
  if (data === undefined) throw new Error(`${id}.json is not in ${folder}: ${id} has to run first.`);
  return data;
}

/** The parts that are there; fewer than `shards` when one failed. */
export function readParts(folder: string, shards: number): readonly ParseData[] {
  const parts = Array.from({ length: shards }, (_, shard) => readData(folder, `parse.${shard}`));
  return parts.filter((part) => part !== undefined);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isDataFile(value: unknown, id: string): value is { data: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === FORMAT &&
    'id' in value &&
    value.id === id &&
    'data' in value
  );
}
