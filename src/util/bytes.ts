/** A size as people write it: `512MiB`, `2GB`, `100KB`, `64B`. */
export const BYTES_PATTERN: RegExp = /^(\d{1,9}(?:\.\d{1,3})?)(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;

const BYTES_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['KB', 1e3],
  ['KiB', 2 ** 10],
  ['MB', 1e6],
  ['MiB', 2 ** 20],
  ['GB', 1e9],
  ['GiB', 2 ** 30],
  ['TB', 1e12],
  ['TiB', 2 ** 40],
]);

/** Whole bytes, or undefined when `text` is no size. */
export function parseBytes(text: string): number | undefined {
  const [, figure = '', unit = ''] = BYTES_PATTERN.exec(text) ?? [];
  const factor = BYTES_PER_UNIT.get(unit);
  return factor === undefined ? undefined : Math.round(Number(figure) * factor);
}

/** The shortest exact way to write `bytes` for `parseBytes`, binary units first: `536_870_912` is `512MiB`. */
export function formatBytes(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB']) {
    const factor = BYTES_PER_UNIT.get(unit) ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}
