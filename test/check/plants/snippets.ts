import type { Plant } from './plant.ts';

/** A few lines and why they are, or only look like, a finding. */
export type Snippet = readonly [why: string, code: string];

export type Past = NonNullable<Plant['past']>;

/** Three places whose code nobody of the project looks after; the base repository has the lists that say so. */
const ELSEWHERE: readonly Readonly<{ why: string; folder: string; head: string }>[] = [
  { why: 'in a folder that the formatter leaves out', folder: 'src/copied', head: '' },
  { why: 'in code that is kept and not used', folder: 'src/legacy', head: '' },
  {
    why: 'in a file that was written elsewhere',
    folder: 'src/parts',
    head: '/* Adapted from https://example.org/collections, which fixes its own faults. */\n',
  },
];

/** One plant for each snippet, in a file of its own; the first true one also stands where it is nobody's. */
export function plantsOf(
  kind: string,
  ending: string,
  { real, tempting }: Readonly<{ real: readonly Snippet[]; tempting: readonly Snippet[] }>,
): readonly Plant[] {
  const plant = (name: string, isTrue: boolean, [why, code]: Snippet): Plant => {
    const file = `${name}.${ending}`;
    return { kind, file, isTrue, why, files: { [file]: code } };
  };
  const [, first = ''] = real[0] ?? [];
  return [
    ...real.map((one, index) => plant(`src/${kind}/real-${index + 1}`, true, one)),
    ...tempting.map((one, index) => plant(`src/${kind}/tempting-${index + 1}`, false, one)),
    ...(first === '' ? [] : ELSEWHERE).map(({ why, folder, head }) =>
      plant(`${folder}/${kind}`, false, [why, head + first]),
    ),
  ];
}

/** Commits at regular times, the newest `daysAgo`. */
export function changes(times: number, options: Readonly<{ daysAgo: number; every: number; isFix?: boolean }>): Past {
  const { daysAgo, every, isFix = false } = options;
  return Array.from({ length: times }, (_, index) => ({
    daysAgo: daysAgo + (times - 1 - index) * every,
    author: ['Ada', 'Grace', 'Edsger'][index % 3] ?? 'Ada',
    message: isFix && index % 2 === 1 ? `fix case ${index}` : `change ${index}`,
  }));
}
