/** One word or sign of a source in the style of C. Comments and white space are not there. */
export type Token = Readonly<{
  text: string;
  kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'sign';
  line: number;
}>;

const SKIPPED = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[\p{L}_$#@][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?)n?/iy;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const TEXT = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
const SIGN = /=>|\.\.\.|\?\.(?!\d)|[=!]==?|>>>=?|<<=?|>>=?|[*&|?]{2}=?|\+\+|--|[-+*/%&|^<>]=|[\s\S]/y;
/** After these words a slash begins a pattern. */
const BEFORE_REGEX = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|await|yield)$/;
const OPENS = '([{';
const CLOSES = ')]}';
const MAX_TOKENS = 400_000;

/** Reads words and signs from the text alone, without any grammar: another way than the parser's. */
export function tokensOf(text: string): readonly Token[] {
  return new Scanner(text).all();
}

class Scanner {
  readonly #text: string;
  readonly #found: Token[] = [];
  /** For each open template: how deep braces are inside its `${`. */
  readonly #templates: number[] = [];
  #at = 0;
  #line = 1;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): readonly Token[] {
    for (;;) {
      this.#take(SKIPPED);
      if (this.#at >= this.#text.length || this.#found.length >= MAX_TOKENS) return this.#found;
      this.#next();
    }
  }

  #next(): void {
    const sign = this.#text[this.#at] ?? '';
    if (sign === '`') return this.#template('`');
    if (sign === '}' && this.#templates.at(-1) === 0) {
      this.#templates.pop();
      return this.#template('}');
    }
    this.#countBraces(sign);
    if (sign === '/' && this.#mayBeRegex() && this.#push('regex', this.#take(REGEX))) return;
    if (this.#push('string', this.#take(STRING)) || this.#push('word', this.#take(WORD))) return;
    if (!this.#push('number', this.#take(NUMBER))) this.#push('sign', this.#take(SIGN));
  }

  #countBraces(sign: string): void {
    const depth = this.#templates.length - 1;
    if (depth < 0 || (sign !== '{' && sign !== '}')) return;
    this.#templates[depth] = (this.#templates[depth] ?? 0) + (sign === '{' ? 1 : -1);
  }

  /** From its beginning, or from the end of a part of it that is code. */
  #template(opens: string): void {
    this.#at += 1;
    const text = this.#take(TEXT);
    this.#push('template', opens + text);
    if (this.#text.startsWith('${', this.#at)) {
      this.#at += 2;
      this.#templates.push(0);
    } else this.#at += 1;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #push(kind: Token['kind'], text: string): boolean {
    if (text === '') return false;
    const start = this.#at - text.length;
    for (
      let at = this.#text.indexOf('\n', this.#counted);
      at >= 0 && at < start;
      at = this.#text.indexOf('\n', at + 1)
    ) {
      this.#line += 1;
      this.#counted = at + 1;
    }
    this.#found.push({ text, kind, line: this.#line });
    return true;
  }

  #mayBeRegex(): boolean {
    const last = this.#found.at(-1);
    if (last === undefined) return true;
    if (last.kind === 'word') return BEFORE_REGEX.test(last.text);
    return last.kind === 'sign' && last.text !== ')' && last.text !== ']' && last.text !== '}';
  }
}

/** The tokens of one file, by line, with their brackets. */
export class TokenList {
  readonly all: readonly Token[];
  readonly #closing = new Map<number, number>();
  readonly #around: (number | undefined)[] = [];

  constructor(text: string) {
    this.all = tokensOf(text);
    const open: number[] = [];
    for (const [index, { text: sign, kind }] of this.all.entries()) {
      if (kind === 'sign' && CLOSES.includes(sign)) {
        const opened = open.pop();
        if (opened !== undefined) this.#closing.set(opened, index);
      }
      this.#around.push(open.at(-1));
      if (kind === 'sign' && OPENS.includes(sign)) open.push(index);
    }
  }

  text(index: number): string {
    return this.all[index]?.text ?? '';
  }

  line(index: number): number {
    return this.all[index]?.line ?? 0;
  }

  /** Indexes of the tokens from one line to another. */
  between(from: number, to: number): readonly number[] {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.line(middle) < from) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let index = low; index < this.all.length && this.line(index) <= to; index += 1) found.push(index);
    return found;
  }

  /** Where the bracket that opens at `index` closes; the end of the file when it never does. */
  end(index: number): number {
    return this.#closing.get(index) ?? this.all.length;
  }

  /** The bracket that `index` stands directly in. */
  around(index: number): number | undefined {
    return this.#around[index];
  }

  /** From `from` up to, not with, `to`, as one text. */
  slice(from: number, to: number): string {
    return this.all
      .slice(Math.max(0, from), to)
      .map(({ text }) => text)
      .join(' ');
  }

  /** The same, as people write it. */
  show(from: number, to: number): string {
    const text = this.slice(from, to);
    return text.replace(/ (?=[.,;:)\]]|\?\.|\()/g, '').replace(/(?<=[([.!~]|\?\.) /g, '');
  }
}
