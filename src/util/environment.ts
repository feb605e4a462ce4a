/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Names that a program may see without being asked for: where programs are, language, time zone, terminal, home,
 * temporary folder and user. `LC_*` stands for every name that starts with `LC_`. Nothing here holds a secret.
 */
export const HARMLESS_NAMES: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'TZ',
  'TERM',
  'COLORTERM',
  'NO_COLOR',
  'TMPDIR',
];

/** What a name must look like so that every shell passes it on. */
const PORTABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The part of `source` whose names stand in `allowed`: exact names, or a prefix that ends in `*`. */
export function pickEnvironment(source: Environment, allowed: readonly string[]): Environment {
  const picked = Object.entries(source).filter(([name]) => allowed.some((rule) => fits(rule, name)));
  return Object.fromEntries(picked);
}

export type LookUp = Readonly<{
  found: Environment;
  /** Names that are not set, or set to nothing. */
  missing: readonly string[];
}>;

/** The values of `names`, and which of them are missing. An empty value counts as missing. */
export function lookUpEnvironment(source: Environment, names: readonly string[]): LookUp {
  const isSet = (name: string): boolean => Object.hasOwn(source, name) && source[name] !== '';
  const found = names.filter(isSet).map((name) => [name, source[name] ?? ''] as const);
  return { found: Object.fromEntries(found), missing: names.filter((name) => !isSet(name)) };
}

/** Whether every shell passes a variable of this name on to its children. */
export function isPortableName(name: string): boolean {
  return PORTABLE_NAME.test(name);
}

function fits(rule: string, name: string): boolean {
  return rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule;
}
