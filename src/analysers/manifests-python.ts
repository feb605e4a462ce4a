import { posix } from 'node:path';
import { tomlEntries, tomlTexts } from './toml-lines.ts';

/** One requirement of a Python project. */
export type Requirement = Readonly<{
  /** As packages are compared: lower case, `-` between words. */
  name: string;
  /** As written. */
  text: string;
  line: number;
  /** Only those of one list count as the same. */
  group: string;
  /** It holds for some systems or versions only. */
  hasCondition: boolean;
  /** Where it comes from, when that is a git repository. */
  git?: string;
}>;

/** What `requirements.txt` or `pyproject.toml` asks for. */
export function requirementsIn(path: string, text: string): readonly Requirement[] {
  return posix.basename(path) === 'pyproject.toml' ? fromProject(text) : fromList(text);
}

function fromProject(text: string): readonly Requirement[] {
  const lists = tomlEntries(text).filter(
    ({ table, key }) => (table === 'project' && key === 'dependencies') || table === 'project.optional-dependencies',
  );
  return lists.flatMap(({ table, key, value, line }) =>
    tomlTexts(value).flatMap((one) => {
      const at = text.split('\n').findIndex((row, index) => index >= line - 1 && row.includes(one));
      return requirementOf(one, { line: at < 0 ? line : at + 1, group: `${table} ${key}` });
    }),
  );
}

function fromList(text: string): readonly Requirement[] {
  const isHashed = text.includes('--hash=');
  if (isHashed) return [];
  return text
    .split(/\r?\n/)
    .flatMap((row, index) =>
      requirementOf(row.replace(/(?:^|\s)#.*$/, ''), { line: index + 1, group: 'requirements' }),
    );
}

function requirementOf(raw: string, place: Readonly<{ line: number; group: string }>): readonly Requirement[] {
  const text = raw.trim().replace(/^-e\s+/, '');
  const git = /(?:^|\s)(git\+\S+)/.exec(text)?.[1];
  const name = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@]|$)/.exec(text)?.[1] ?? nameInAddress(git ?? '');
  if (name === undefined || text.startsWith('-')) return [];
  // Extras make another requirement of it: `a` and `a[b]` may stand side by side.
  const extras = /^[\w.-]+\s*(\[[^\]]*\])/.exec(text)?.[1] ?? '';
  const key = name.toLowerCase().replaceAll(/[-_.]+/g, '-') + extras;
  return [{ name: key, text, ...place, hasCondition: text.includes(';'), ...(git === undefined ? {} : { git }) }];
}

/** `git+https://host/owner/name.git@ref#egg=name` */
function nameInAddress(git: string): string | undefined {
  return /#egg=([\w.-]+)/.exec(git)?.[1] ?? /\/([\w.-]+?)(?:\.git)?(?:[@#].*)?$/.exec(git)?.[1];
}
