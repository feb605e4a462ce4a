import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';
import { UserError } from '../util/user-error.ts';

/** Limits of one YAML file. Source: docs/semantics.md, Limits. */
export const YAML_LIMITS: Readonly<{ bytes: number; depth: number; aliases: number; nodes: number }> = {
  bytes: 262_144,
  depth: 32,
  aliases: 20,
  /** Values in all, repeated ones counted each time: what 20 aliases can blow up. */
  nodes: 250_000,
};

type Sized = Readonly<{ value: unknown; depth: number; nodes: number }>;

const NOTHING: Sized = { value: null, depth: 0, nodes: 1 };

/** Turns nodes into plain data itself, so that every limit and every refusal has its place. */
export class YamlReader {
  readonly errors: UserError[] = [];
  readonly #file: string;
  readonly #lines: LineCounter;
  /** Anchors whose value is complete: an alias inside its own anchor finds nothing. */
  readonly #anchors = new Map<string, Sized>();
  #aliases = 0;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  read(document: Document.Parsed): unknown {
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      const [what = message] = message.split('\n');
      this.refuse(
        pos[0],
        `This is not valid YAML: ${what.replace(/ at line .*$/, '')}.`,
        'Check quotes, colons and indentation.',
      );
    }
    if (this.errors.length > 0) return undefined;
    return this.#node(document.contents, 0).value;
  }

  refuse(offset: number, message: string, fix: string, code = 'YAML_INVALID'): void {
    this.errors.push(new UserError({ code, at: this.place(offset), message, fix }));
  }

  /** `file:line:column`, counted from 1. */
  place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }

  #node(node: unknown, depth: number): Sized {
    if (isAlias(node)) return this.#alias(node.source, startOf(node));
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return NOTHING;
    const start = startOf(node);
    if (node.tag !== undefined) {
      this.refuse(start, `The tag "${node.tag}" is not allowed.`, 'Write plain values.', 'YAML_TAG');
    }
    if (depth > YAML_LIMITS.depth) return this.#tooDeep(start);
    const sized = isScalar(node) ? this.#scalar(node.value, start) : this.#collection(node, depth);
    if (sized.nodes > YAML_LIMITS.nodes || sized.depth + depth > YAML_LIMITS.depth) return this.#tooDeep(start);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, sized);
    return sized;
  }

  #tooDeep(start: number): Sized {
    const message = `This is nested more than ${YAML_LIMITS.depth} deep, or its aliases make it too large.`;
    this.refuse(start, message, 'Make it flatter, or repeat less.', 'YAML_LIMIT');
    return NOTHING;
  }

  #alias(name: string, start: number): Sized {
    this.#aliases += 1;
    const known = this.#anchors.get(name);
    if (this.#aliases === YAML_LIMITS.aliases + 1) {
      this.refuse(start, `There are more than ${YAML_LIMITS.aliases} aliases.`, 'Write values out.', 'YAML_LIMIT');
    } else if (known === undefined) {
      this.refuse(
        start,
        `The alias "*${name}" stands for nothing.`,
        `Put the anchor "&${name}" before it.`,
        'YAML_ALIAS',
      );
    }
    return known ?? NOTHING;
  }

  #scalar(value: unknown, start: number): Sized {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.refuse(start, 'This number is not finite.', 'Write a plain number.', 'YAML_NUMBER');
    }
    return { value, depth: 0, nodes: 1 };
  }

  #collection(node: Extract<Node, { items: unknown[] }>, depth: number): Sized {
    const children: Sized[] = [];
    let value: unknown;
    if (isMap(node)) {
      const entries: [string, unknown][] = [];
      const seen = new Set<string>();
      for (const pair of node.items) {
        const key = this.#key(pair, seen);
        const child = this.#node(pair.value, depth + 1);
        children.push(child);
        if (key !== undefined) entries.push([key, child.value]);
      }
      value = Object.fromEntries(entries);
    } else {
      for (const item of node.items) children.push(this.#node(item, depth + 1));
      value = children.map((child) => child.value);
    }
    const nodes = children.reduce((sum, child) => sum + child.nodes, 1);
    return { value, depth: 1 + children.reduce((deepest, child) => Math.max(deepest, child.depth), 0), nodes };
  }

  /** Undefined when the key is refused. */
  #key({ key: node }: Pair, seen: Set<string>): string | undefined {
    const key = isScalar(node) ? node.value : undefined;
    const start = startOf(node);
    if (typeof key !== 'string') {
      this.refuse(start, 'This key is not a text.', 'Put the key in quotes.', 'YAML_KEY');
      return undefined;
    }
    if (key === '<<')
      this.refuse(start, 'Merge keys ("<<") are not allowed.', 'Use defaults, or write it out.', 'YAML_MERGE');
    else if (key === '__proto__')
      this.refuse(start, 'The key "__proto__" is not allowed.', 'Choose another name.', 'YAML_KEY');
    else if (seen.has(key)) this.refuse(start, `"${key}" stands here twice.`, 'Keep one of them.', 'YAML_DUPLICATE');
    else {
      seen.add(key);
      return key;
    }
    return undefined;
  }
}

/** Where a node starts in the text. */
export function startOf(node: unknown): number {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;
}
