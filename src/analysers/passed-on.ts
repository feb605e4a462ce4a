import type { TextReader } from './read-text.ts';
import type { Resolved } from './resolve.ts';
import { asPattern } from './words.ts';

const MAX_STEPS = 6;
const PASSED_ON = /\bexport\s*\{([^}]*)\}\s*from\s*['"]([^'"\n]+)['"]/g;
const ALL_PASSED_ON = /\bexport\s*\*\s*from\s*['"]([^'"\n]+)['"]/g;
const IMPORTED = /\bimport\s+(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*['"]([^'"\n]+)['"]/g;

/** Follows names through modules that only pass them on, such as an index. */
export class PassedOn {
  readonly #reader: TextReader;
  readonly #resolve: (from: string, specifier: string) => Resolved;
  readonly #texts = new Map<string, string>();

  constructor(reader: TextReader, resolve: (from: string, specifier: string) => Resolved) {
    this.#reader = reader;
    this.#resolve = resolve;
  }

  /** The modules that pass a name on, and last the one that makes it; the first alone where that is not seen. */
  way(path: string, name: string): readonly string[] {
    return this.#way(path, name, MAX_STEPS) ?? [path];
  }

  text(path: string): string {
    const known = this.#texts.get(path) ?? this.#reader.text(path) ?? '';
    this.#texts.set(path, known);
    return known;
  }

  #way(path: string, name: string, steps: number): readonly string[] | undefined {
    if (steps === 0) return undefined;
    const text = this.text(path);
    const given = sourceOf(text, name, PASSED_ON);
    if (given !== undefined) return this.#further(path, given, steps);
    const own = ownName(text, name);
    if (own !== undefined) {
      const imported = sourceOf(text, own, IMPORTED);
      return imported === undefined ? [path] : this.#further(path, imported, steps);
    }
    for (const [, specifier = ''] of text.matchAll(ALL_PASSED_ON)) {
      const target = this.#resolve(path, specifier);
      const way = target.kind === 'file' ? this.#way(target.path, name, steps - 1) : undefined;
      if (way !== undefined) return [path, ...way];
    }
    return undefined;
  }

  #further(path: string, { name, specifier }: Source, steps: number): readonly string[] {
    const target = this.#resolve(path, specifier);
    if (target.kind !== 'file') return [path];
    return [path, ...(this.#way(target.path, name, steps - 1) ?? [target.path])];
  }
}

type Source = Readonly<{ name: string; specifier: string }>;

/** Where a statement of this form takes the name from, and what it is called there. */
function sourceOf(text: string, name: string, statements: RegExp): Source | undefined {
  for (const [, list = '', specifier = ''] of text.matchAll(statements)) {
    const found = entriesOf(list).find(({ to }) => to === name);
    if (found !== undefined) return { name: found.from, specifier };
  }
  return undefined;
}

/** What the module itself calls an export that it makes or hands out; undefined when it has none of that name. */
function ownName(text: string, name: string): string | undefined {
  if (name === 'default') {
    const named = /^export\s+default\s+([\w$]+)\s*;?\s*$/m.exec(text)?.[1];
    if (named !== undefined) return named;
    return /^export\s+default\b/m.test(text) ? 'default' : undefined;
  }
  const word = `${asPattern(name)}(?![\\w$])`;
  const declared = new RegExp(
    `^export\\s+(?:declare\\s+)?(?:abstract\\s+|async\\s+)?(?:const\\s+enum|const|let|var|function\\s*\\*?|class|enum|namespace)\\s+${word}`,
    'm',
  );
  if (declared.test(text)) return name;
  const lists = [...text.matchAll(/\bexport\s*\{([^}]*)\}(?!\s*from)/g)];
  return lists.flatMap(([, list = '']) => entriesOf(list)).find(({ to }) => to === name)?.from;
}

function entriesOf(list: string): readonly Readonly<{ from: string; to: string }>[] {
  return list.split(',').map((entry) => {
    const [from = '', to = from] = entry
      .trim()
      .replace(/^type\s+/, '')
      .split(/\s+as\s+/);
    return { from, to };
  });
}
