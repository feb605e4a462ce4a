import type { Plant } from './plant.ts';

/** A plant that is one file: where it stands, why it is one or only looks like it, and its text. */
export type OneFile = readonly [file: string, why: string, text: string];

/** Plants of one kind, each in a file of its own. */
export function oneFilePlants(kind: string, real: readonly OneFile[], tempting: readonly OneFile[]): readonly Plant[] {
  const plant = (isTrue: boolean, [file, why, text]: OneFile): Plant => ({
    kind,
    file,
    isTrue,
    why,
    files: { [file]: text },
  });
  return [...real.map((one) => plant(true, one)), ...tempting.map((one) => plant(false, one))];
}
