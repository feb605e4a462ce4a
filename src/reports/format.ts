/** `12,345` */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 file`, `2 files`; `plural` where an s is not enough. */
export function countOf(value: number, one: string, plural: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : plural}`;
}

/** `380 ms`, `1.9 s`, `2 min 5 s` */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** `2026-03-01 14:05 UTC` */
export function date(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `12%`; what is there but rounds to nothing is `<1%`. */
export function percent(ratio: number): string {
  if (ratio > 0 && ratio < 0.005) return '<1%';
  return `${Math.round(ratio * 100)}%`;
}

/** `a`, `a and b`, `a, b and c` */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
