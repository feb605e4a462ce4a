/** The same record without keys that are undefined: "absent" and "undefined" are not the same in our types. */
export function defined<Values extends object>(values: Values): Defined<Values> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every undefined value was just left out
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<Values>;
}

type Defined<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };
