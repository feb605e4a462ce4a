type Defined<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** The same record without keys that are undefined: "absent" and "undefined" are not the same in our types. */
export function defined<Values extends object>(values: Values): Defined<Values> {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(values)) {
    const value: unknown = Reflect.get(values, key);
    if (value !== undefined) kept[key] = value;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every undefined value was just left out
  return kept as Defined<Values>;
}
