import { describe, expect, it } from 'vitest';
import { originIn } from './origins.ts';

/** Of the last line with `sink`, or the last line. */
const found = (file: string, text: string): string | undefined => {
  const lines = text.split('\n');
  const sink = lines.findLastIndex((line) => /sink|v-html/.test(line));
  return originIn(file, lines, sink < 0 ? lines.length - 1 : sink)?.text;
};

describe('where a value comes in, by the text of the lines', () => {
  it.each([
    ['a.py', 'def f():\n    name = request.args["name"]\n    sql = f"SELECT {name}"\n    sink(sql)', 'request.args'],
    ['a.py', '@app.route("/<name>")\ndef f(name):\n    sink("ls " + name)', 'name of the request'],
    ['a.rb', 'def f\n  name = params[:name]\n  sink("ls #{name}")\nend', 'params['],
    ['a.php', '<?php\n$q = trim($_GET["q"]);\n$sql = "SELECT $q";\nsink($sql);', '$_GET'],
    ['a.php', '<?php\nforeach ($_POST["a"] as $row) {\n  sink("ls $row");\n}', '$_POST'],
    ['a.php', '<?php\n$a = $_GET["a"];\n$a = trim($a);\nsink("ls ".$a);', '$_GET'],
    ['a.go', 'func f(w W, r *R) {\n\tname := r.URL.Query().Get("n")\n\tsink("ls "+name)\n}', 'r.URL.Query('],
    ['A.java', 'void f(@RequestParam("n") String name) {\n  sink("ls" + name);\n}', 'name of the request'],
    ['a.cs', 'void F() {\n  var name = Request.Query["n"];\n  sink($"ls {name}");\n}', 'Request.Query'],
    ['a.ts', 'function f(req) {\n  const { a } = req.query;\n  sink(`ls ${a}`);\n}', 'req.query'],
    ['a.ts', 'const f = ({ query }, res) => {\n  sink(`ls ${query.a}`);\n}', '{ query }, res'],
    ['a.vue', '<p v-html="term" />\n<script>\nconst term = $route.query.q\n</script>', '$route.query'],
  ])('is seen in %s: %j', (file, text, from) => {
    expect(found(file, text)).toBe(from);
  });

  it.each([
    ['a.py', 'def f(name):\n    sink("ls " + name)'],
    ['a.py', 'def f():\n    n = int(request.args["n"])\n    sink(f"ls {n}")'],
    ['a.py', 'def f():\n    n = request.args["n"]\n    if n not in NAMES:\n        return\n    sink(f"ls {n}")'],
    ['a.py', 'def g():\n    name = request.args["n"]\n\ndef f(name):\n    sink(f"ls {name}")'],
    ['a.rb', 'def f(params)\n  http.get(params)\n  sink("ls #{name}")\nend'],
    ['a.php', '<?php\n$a = $_GET["a"];\n$a = "x";\nsink("ls " . $a);'],
    [
      'a.php',
      '<?php\n$a = $_GET["a"];\n$b = explode(".", $a);\nif (is_numeric($b[0])) {\n  $a = $b[0];\n  sink("ls $a");\n}',
    ],
    ['a.c', 'int f(char *name) {\n  sink(name);\n}'],
    ['a.go', 'func f(name string) {\n\tsink("ls "+name)\n}'],
  ])('is not seen in %s: %j', (file, text) => {
    expect(found(file, text)).toBeUndefined();
  });
});
