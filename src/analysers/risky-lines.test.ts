import { describe, expect, it } from 'vitest';
import { RISK_PATTERNS } from './risky-patterns.ts';
import { riskyLines } from './risky-lines.ts';

const PATHS: Readonly<Record<string, string>> = {
  Python: 'a.py',
  Go: 'a.go',
  Ruby: 'a.rb',
  PHP: 'a.php',
  Java: 'A.java',
  'C#': 'A.cs',
  C: 'a.c',
  Vue: 'a.vue',
};
const TAG = '<p v-html="html(a)" />\n<script>\n';
const kindsIn = (language: string, text: string): readonly string[] =>
  riskyLines(PATHS[language] ?? '', language, text).risks.map(({ kind }) => kind);

describe('risky lines', () => {
  it.each([
    ['Python', 'eval(expression)', 'eval-of-variable'],
    ['Python', 'os.system(f"convert {name} out.png")', 'shell-string'],
    ['Python', 'subprocess.run(\n    "ls " + folder,\n    shell=True,\n)', 'shell-string'],
    ['Python', 'requests.get(url, verify=False)', 'tls-check-off'],
    ['Python', 'stored = hashlib.md5(password.encode()).hexdigest()', 'weak-password-hash'],
    ['Python', 'return Markup(f"<b>{name}</b>")', 'html-from-variable'],
    ['Python', 'cursor.execute(\n    f"SELECT * FROM users WHERE name = \'{name}\'"\n)', 'sql-by-concatenation'],
    ['Python', 'db.execute("SELECT * FROM t WHERE id = %s" % ident)', 'sql-by-concatenation'],
    ['Go', 'cmd := exec.Command("sh", "-c", "ls "+dir)', 'shell-string'],
    ['Go', 'cfg := &tls.Config{InsecureSkipVerify: true}', 'tls-check-off'],
    ['Go', 'sum := md5.Sum([]byte(password))', 'weak-password-hash'],
    ['Go', 'return template.HTML(comment)', 'html-from-variable'],
    [
      'Go',
      'rows, err := db.Query(fmt.Sprintf("SELECT * FROM users WHERE name = \'%s\'", name))',
      'sql-by-concatenation',
    ],
    ['Ruby', 'system("convert #{name} out.png")', 'shell-string'],
    ['Ruby', 'puts "found", `convert #{name} out.png`', 'shell-string'],
    ['Ruby', 'def start\n  IO.popen(command)\nend\ndef command\n  "run #{file} -p #{port}"\nend', 'shell-string'],
    ['Ruby', 'line = "tar xf #{file}"\nsystem(line)', 'shell-string'],
    ['Ruby', 'http.verify_mode = OpenSSL::SSL::VERIFY_NONE', 'tls-check-off'],
    [
      'Ruby',
      'if uri.scheme == "https"\n  http.use_ssl = true\n  http.verify_mode = OpenSSL::SSL::VERIFY_NONE\nend',
      'tls-check-off',
    ],
    ['Ruby', 'eval(code, binding)', 'eval-of-variable'],
    ['Ruby', 'User.where("name = \'#{params[:name]}\'")', 'sql-by-concatenation'],
    ['PHP', 'system("convert $name out.png");', 'shell-string'],
    ['PHP', 'curl_setopt($ch, CURLOPT_SSL_VERIFYPEER, false);', 'tls-check-off'],
    ['PHP', 'echo $_GET["name"];', 'html-from-variable'],
    ['PHP', 'mysqli_query($db, "SELECT * FROM users WHERE id = $id");', 'sql-by-concatenation'],
    ['Java', 'statement.executeQuery("SELECT * FROM users WHERE name = \'" + name + "\'");', 'sql-by-concatenation'],
    [
      'PHP',
      '$id = $_GET["id"];\n$query = "SELECT a FROM users WHERE id = \'$id\'";\nmysqli_query($db, $query);',
      'sql-by-concatenation',
    ],
    [
      'Python',
      'name = request.args["n"]\nsql = f"SELECT a FROM t WHERE n = \'{name}\'"\ncursor.execute(sql)',
      'sql-by-concatenation',
    ],
    [
      'Java',
      'String n = request.getParameter("n");\nString sql = "SELECT a FROM t WHERE n = \'" + n + "\'";\nst.executeQuery(sql);',
      'sql-by-concatenation',
    ],
    ['Java', 'byte[] hash = MessageDigest.getInstance("MD5").digest(password.getBytes());', 'weak-password-hash'],
    [
      'C#',
      'var command = new SqlCommand($"SELECT * FROM Users WHERE Name = \'{name}\'", connection);',
      'sql-by-concatenation',
    ],
    ['C#', 'handler.ServerCertificateCustomValidationCallback = (a, b, c, d) => true;', 'tls-check-off'],
    ['C', 'system(command);', 'shell-string'],
    ['Vue', '<p v-html="comment" />', 'html-from-variable'],
    ['Vue', `${TAG}const html = computed(() => marked(text.value))\n`, 'html-from-variable'],
    ['Vue', `${TAG}const html = computed(() => a ? escapeHtml(a) : b)\n`, 'html-from-variable'],
    ['Vue', `${TAG}html(a) {\n  if (a) return escapeHtml(a);\n  return a;\n}`, 'html-from-variable'],
    ['Vue', `${TAG}const html = ref('');\nhtml.value = answer.text;\n`, 'html-from-variable'],
    ['Vue', `${TAG}html(a) {\n  return escapeHtml(a) + a;\n}`, 'html-from-variable'],
  ])('are found: %s %s', (language, text, kind) => {
    expect(kindsIn(language, text)).toEqual([kind]);
  });

  it.each([
    ['Python', '# eval(expression)\n"""\nos.system(f"{a}")\n"""'],
    ['Python', 'if not request.validate_cert:\n    ctx.check_hostname = False\n    ctx.verify_mode = ssl.CERT_NONE'],
    ['Python', `if verify is not True:\n${'    a = b\n'.repeat(20)}else:\n    conn.cert_reqs = "CERT_NONE"`],
    ['Python', 'ast.literal_eval(text)\nmodel.eval()\neval("1 + 1")'],
    ['Python', 'subprocess.run(["ls", folder])\nos.system("clear")'],
    ['Python', 'def get(url, verify=False):'],
    ['Python', 'cursor.execute("SELECT * FROM users WHERE name = %s", (name,))'],
    ['Python', 'cursor.execute(f"SELECT * FROM {table}")'],
    ['Python', 'sql = f"SELECT a FROM t WHERE n = \'{name}\'"\ncursor.execute(sql)'],
    ['Python', 'name = request.args["n"]\nsql = f"SELECT a FROM t WHERE n = \'{name}\'"\nlog(sql)'],
    ['Python', 'etag = hashlib.md5(content).hexdigest()'],
    ['Python', 'hashlib.md5(password, usedforsecurity=False)'],
    ['Python', 'eval(expression)  # nosec'],
    [
      'Python',
      'def get(url, options):\n    if options.insecure_ok:\n        a = 1\n        b = 2\n        c = 3\n        d = 4\n        e = 5\n        return requests.get(url, verify=False)',
    ],
    ['Ruby', 'eval(builder_script, binding, path)'],
    ['Ruby', 'msg = " Please append `--trace` to the `#{command.name}` command "'],
    ['Ruby', '# Text that is eval-ed.\ndef run(text)\n  eval(text)\nend'],
    ['Go', 'if o.Loose {\n\ta := 1\n\tb := 2\n\tc := 3\n\td := 4\n\tcfg.InsecureSkipVerify = true\n}'],
    ['Go', 'exec.Command("git", "log", branch)'],
    ['Go', 'exec.Command("sh", "-c", "make all")'],
    ['Go', 'db.Query("SELECT * FROM users WHERE name = $1", name)'],
    ['Ruby', 'system("ls", folder)\nclass_eval do\nend'],
    ['Ruby', 'system "kill -9 #{pipe.pid}"'],
    ['Ruby', 'def start\n  IO.popen(command)\nend\ndef command\n  "run all"\nend'],
    ['Ruby', 'IO.popen(command)\nputs "#{command} was started"'],
    ['PHP', 'echo htmlspecialchars($_GET["name"]);\n$stmt = $db->prepare("SELECT * FROM t WHERE id = ?");'],
    ['Java', 'connection.prepareStatement("SELECT * FROM users WHERE name = ?");'],
    ['C', 'system("clear");'],
    ['Vue', '<p v-html="sanitize(comment)" />'],
    [
      'Vue',
      `${TAG}methods: {\n  html(a) {\n    if (a) {\n      return DOMPurify.sanitize(marked(a));\n    }\n    return "";\n  },\n}`,
    ],
    ['Vue', `${TAG}const html = computed(() => DOMPurify.sanitize(text.value))\n`],
    ['Vue', `${TAG}const html = computed(() => {\n  return a ? escapeHtml(a ? b : c) : '';\n})\n`],
  ])('are not: %s %s', (language, text) => {
    expect(kindsIn(language, text)).toEqual([]);
  });

  it('are grave as far as somebody else is near', () => {
    const severityOf = (text: string): string | undefined => riskyLines('a.php', 'PHP', text).risks[0]?.severity;
    expect([
      severityOf('system("ls $name");'),
      severityOf('$name = $_GET["name"];\nsystem("ls $name");'),
      severityOf('system("ls " . $_GET["name"]);'),
    ]).toEqual(['low', 'medium', 'high']);
  });

  it('are found once, on the line where they begin', () => {
    const { risks } = riskyLines('a.py', 'Python', 'run(\n    first,\n    eval(expression),\n)\n');
    expect(risks.map(({ line }) => line)).toEqual([3]);
  });

  it('are looked for in a bounded part of a file, and the rest is told', () => {
    const { risks, isCut } = riskyLines('a.php', 'PHP', `<?php\n${'query("SELECT a FROM b"); md5(\n'.repeat(60_000)}`);
    expect({ risks: risks.length, isCut }).toEqual({ risks: 0, isCut: true });
  });

  it('come to an end for every pattern, whatever the text', () => {
    const pieces = ['(', '"', "'", ' ', 'SELECT ', 'a', '=', '$', '{', 'password ', 'VALUES ('];
    const all = Object.values(RISK_PATTERNS).flat();
    let tried = 0;
    for (const { pattern, hint } of all) {
      for (const piece of pieces) {
        pattern.test(`${hint}${piece.repeat(700)}`.slice(0, 700));
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(500);
  });
});
