import { describe, expect, it } from 'vitest';
import { countedFunctions } from './counted-functions.ts';

const shown = (path: string, text: string): readonly string[] =>
  countedFunctions(path, text).map((one) => `${one.name}:${one.line} ${one.branches} in ${one.lines}`);

describe('functions of languages that are not parsed', () => {
  it('are told in Python by their indentation, heads of several lines too', () => {
    const text = `class A:\n    def run(\n        self, a\n    ) -> None:\n        """If it\nruns and runs."""\n        if a and self.b:\n            return\n\n    async def rest(self):\n        for a in self:\n            pass\n\nx = 1 if y else 2\n`;
    expect(shown('a.py', text)).toEqual(['A.run:2 2 in 7', 'A.rest:10 1 in 3']);
  });

  it('are told in Ruby, Rust, Go and PHP by their word', () => {
    expect(shown('a.rb', 'def self.go?\n  a if b\nend\n\ndef stop\nend\n')).toEqual([
      'self.go?:1 1 in 3',
      'stop:5 0 in 2',
    ]);
    expect(
      shown(
        'a.rs',
        "impl<'a> A {\n    pub(crate) fn go<'b>(&self)\n    where\n        A: B,\n    {\n        match x {}\n    }\n}\n",
      ),
    ).toEqual(['go:2 1 in 6']);
    expect(shown('a.go', 'func (a *A) Go(b int) error {\n\tif a || b {\n\t}\n\treturn nil\n}\n')).toEqual([
      'Go:1 2 in 5',
    ]);
    expect(
      shown('a.php', '<?php\nclass A\n{\n    public static function go($a)\n    {\n        if ($a) {}\n    }\n}\n'),
    ).toEqual(['A.go:4 1 in 4']);
  });

  it('are told in C and Java by a type, a name and a bracket', () => {
    const c = `int f(int a);\nstatic char *go(const char *a,\n                int b)\n{\n    if (a && b) goto done;\n#ifdef X\n    g(a);\n#endif\ndone:\n    return a;\n}\nint x = 1;\n`;
    expect(shown('a.c', c)).toEqual(['go:2 2 in 10']);
    const java = `class A {\n  @Override public void go(Map<String, B> a) throws C {\n    for (B b : a) {\n      run(b);\n    }\n    if (a) {\n    }\n  }\n  A() {\n  }\n}\n`;
    expect(shown('A.java', java)).toEqual(['A.go:2 2 in 7', 'A.A:9 0 in 2']);
  });
});
