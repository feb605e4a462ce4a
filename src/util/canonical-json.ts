type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** The same text for the same value: keys in order of their code units, no spaces. */
export function canonicalJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map((item: Value) => canonicalJson(item)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join()}}`;
}
