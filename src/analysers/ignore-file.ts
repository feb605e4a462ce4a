import { matchesGlob, parseGlob, type Glob } from './glob.ts';

type Rule = Readonly<{ glob: Glob; isNegated: boolean; isFolderOnly: boolean }>;

/** The rules of one `.gitignore`, for folders without git. Character classes are taken literally. */
export class IgnoreFile {
  readonly #rules: readonly Rule[];

  constructor(text: string) {
    this.#rules = text
      .split('\n')
      .slice(0, 2_000)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#') && line.length <= 500)
      .map(parseRule);
  }

  /** `path`: the segments below the folder of this file. Undefined: no rule speaks of it. */
  verdict(path: readonly string[], isFolder: boolean): 'ignored' | 'kept' | undefined {
    const rule = this.#rules.findLast(
      ({ glob, isFolderOnly }) => (isFolder || !isFolderOnly) && matchesGlob(glob, path),
    );
    if (rule === undefined) return undefined;
    return rule.isNegated ? 'kept' : 'ignored';
  }
}

function parseRule(line: string): Rule {
  const isNegated = line.startsWith('!');
  const pattern = isNegated ? line.slice(1) : line;
  const segments = parseGlob(pattern);
  const isAnchored = pattern.slice(0, -1).includes('/');
  return {
    glob: isAnchored ? segments : ['**', ...segments],
    isNegated,
    isFolderOnly: pattern.endsWith('/'),
  };
}
