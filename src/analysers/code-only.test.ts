import { describe, expect, it } from 'vitest';
import { codeOnly, countFilled } from './code-only.ts';

const left = (path: string, text: string): readonly string[] =>
  codeOnly(path, text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

describe('code alone', () => {
  it('has no docstrings, texts or comments of Python', () => {
    const source = `"""Runs it if asked.\n\nand for each one\n"""\n\nclass A:\n    '''If or when.'''\n    def run(self, a):\n        r"""\n        While it runs.\n        """\n        help = """if and\n        or else\n        """\n        if a == 'and # or':  # if so\n            return f"x if {a}"\n`;
    expect(left('a.py', source)).toEqual([
      'class A:',
      'def run(self, a):',
      'r',
      'help = ""',
      'if a == "":',
      'return f""',
    ]);
  });

  it('has no heredocs and no blocks of comment of Ruby, and keeps shifts', () => {
    const source = `=begin\nif it rains\n=end\nlist <<HEAD\nx = <<~SQL.strip\n  select case when a or b\nSQL\nputs "if #{a}" # unless\n__END__\nif while\n`;
    expect(left('a.rb', source)).toEqual(['list <<HEAD', 'x = ""', 'puts ""']);
    expect(left('a.rb', 'a = b <<SIZE\nif a\nend\n')).toEqual(['a = b <<SIZE', 'if a', 'end']);
  });

  it('has no raw texts and no tests of Rust, and keeps lifetimes', () => {
    const source = `/// if it is\nfn f<'a>(x: &'a str) {\n  let y = r#"if "x" for\n while"#; // or\n  if c == '"' || c == '\\'' { g("match\n it") }\n}\n\n#[cfg(test)]\nmod tests {\n  fn t() { if a {} }\n}\n`;
    expect(left('a.rs', source)).toEqual([
      "fn f<'a>(x: &'a str) {",
      'let y = ""',
      ';',
      'if c == "" || c == "" { g(""',
      ') }',
      '}',
    ]);
  });

  it('has no comments and texts of languages with braces', () => {
    const java = `/**\n * if it is\n */\nclass A {\n  char q = '"'; // if\n  String s = """\n    for while\n    """;\n}\n`;
    expect(left('A.java', java)).toEqual(['class A {', 'char q = "";', 'String s = ""', ';', '}']);
    expect(left('a.go', 'x := `if\nfor`\nif x { /* or */ }\n')).toEqual(['x := ""', 'if x {  }']);
    expect(left('a.php', "<?php\n# if\n#[Attr]\n$a = <<<'SQL'\nif or\nSQL;\n$b = 'it''s';\n")).toEqual([
      '<?php',
      '#[Attr]',
      '$a = ""',
      ';',
      '$b = """";',
    ]);
  });

  it('has no templates of JavaScript, those inside others too', () => {
    const source = "a = `if ${b ? `for ${c}` : ''} or ${{ d }}\nwhile`; // if\nf(`$` + g);\n";
    expect(left('a.ts', source)).toEqual(['a = ""', ';', 'f("" + g);']);
  });

  it('ends what nobody has ended at the end of its line, or of the text', () => {
    expect(left('a.py', 'a = "if\nif a:\n  pass\n')).toEqual(['a = ""', 'if a:', 'pass']);
    expect(left('a.c', 'f();\n/* if\nfor')).toEqual(['f();']);
  });

  it('keeps its lines', () => {
    const source = 'a = """\nb\n"""\n# c\nd\n';
    expect(codeOnly('a.py', source).split('\n')).toHaveLength(source.split('\n').length);
    expect(countFilled(codeOnly('a.py', source))).toBe(2);
  });
});
