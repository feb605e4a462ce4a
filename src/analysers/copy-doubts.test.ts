import { describe, expect, it } from 'vitest';
import { doubtOfCopies, type CopyAt } from './copy-doubts.ts';

const BODY = ['    int at = 0;', '    while (at < end) {', '      _out[at] = read(at);', '      at += 1;', '    }'];

/** A passage after these lines. */
const at = (path: string, above: readonly string[], body: readonly string[] = BODY): CopyAt => ({
  path,
  lines: [...above, ...body],
  from: above.length + 1,
  to: above.length + body.length,
});

describe('copies that may be left as they are', () => {
  it.each([
    ['  // Not shared with encode(): the JIT cannot get rid of the overhead', '  void a() {'],
    ['  /** Inlined for performance. */', '  void a() {'],
    ['  void a() {', '    // hot path: no further call'],
  ])('are those that a comment beside one of them gives speed as the reason of: %s', (...above) => {
    const plain = at('src/B.java', ['  void b() {']);
    expect(doubtOfCopies([at('src/A.java', above), plain])).toMatch(/^a comment beside it speaks of speed: "/);
    expect(doubtOfCopies([plain, at('src/A.java', above)])).toMatch(/^a comment/);
  });

  it('are not those beside another function that speaks of speed, or of something else', () => {
    const other = ['  // hot path', '  void z() {', '    run();', '  }', '  void a() {'];
    const plain = at('src/B.java', ['  void b() {']);
    expect(doubtOfCopies([at('src/A.java', other), plain])).toBeUndefined();
    expect(doubtOfCopies([at('src/A.java', ['  // Reads all of them.', '  void a() {']), plain])).toBeUndefined();
  });

  it.each([
    ['java', ['  protected byte[] _out;'], ['  protected final char[]  _out = {};']],
    ['cs', ['  private byte[] _out;'], ['  private readonly Span<char> _out;']],
    ['ts', ['  readonly _out: Uint8Array;'], ['  private _out: string[] = [];']],
    ['go', ['type A struct {', '  _out []byte', '}'], ['type B struct {', '  _out []rune // signs', '}']],
  ])('are those that use a field of another type in each file: %s', (ending, here, there) => {
    const said = doubtOfCopies([at(`src/A.${ending}`, here), at(`src/B.${ending}`, there)]);
    expect(said).toMatch(new RegExp(`^its field _out is .+ in A\\.${ending} and .+ in B\\.${ending}\\.$`));
    expect(doubtOfCopies([at(`src/A.${ending}`, here), at(`src/B.${ending}`, here)])).toBeUndefined();
  });

  it('are not those that have a variable of that name, or do not use the field', () => {
    const [bytes, signs] = [['  private byte[] _buf;'], ['  private char[] _buf;']];
    expect(doubtOfCopies([at('A.java', bytes), at('B.java', signs)])).toBeUndefined();
    const own = ['    byte[] _buf = make();', ...BODY.map((line) => line.replace('_out', '_buf'))];
    expect(doubtOfCopies([at('A.java', bytes, own), at('B.java', signs, own)])).toBeUndefined();
  });
});
