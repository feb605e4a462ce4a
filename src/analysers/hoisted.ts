import { asPattern } from './words.ts';

/** A module of the standard: what it declares as a function is there before its first line runs. */
const IS_MODULE = /^\s*(?:import\b[^(]|export\b)/m;

/** Whether each of these exports of a module is a function that can be called before the module has run. */
export function areHoisted(text: string, names: readonly string[]): boolean {
  return IS_MODULE.test(text) && names.every((name) => isHoisted(text, name));
}

function isHoisted(text: string, name: string): boolean {
  if (name === 'Default' || name === 'default') return /^export\s+default\s+(?:async\s+)?function\b/m.test(text);
  const own = asPattern(name);
  const isDeclared = new RegExp(`^(?:export\\s+)?(?:async\\s+)?function\\s*\\*?\\s*${own}\\s*[(<]`, 'm');
  const declared = isDeclared.exec(text)?.[0];
  if (declared === undefined) return false;
  return declared.startsWith('export') || new RegExp(`^export\\s*\\{[^}]*(?<![\\w$])${own}(?![\\w$])`, 'm').test(text);
}
