import { describe, expect, it } from 'vitest';
import { parseSource } from '../parse-source.ts';

const risksIn = (text: string, path = 'src/a.ts'): readonly string[] => {
  const parsed = parseSource(path, text, 'production');
  if (!parsed.ok) throw new Error(parsed.cause);
  return parsed.risks.map(({ kind, line }) => `${kind}:${line}`);
};

const HEAD = "import { exec, execSync, spawn } from 'node:child_process';\n";

describe('risky code', () => {
  it.each([
    ['eval(input);', 'eval-of-variable'],
    ['(0, eval)(input);', 'eval-of-variable'],
    ["new Function('a', body);", 'eval-of-variable'],
    ["import vm from 'node:vm'; vm.runInNewContext(input, {});", 'eval-of-variable'],
    ['https.request({ rejectUnauthorized: false });', 'tls-check-off'],
    ["const ssl = env === 'production' ? { rejectUnauthorized: false } : false;", 'tls-check-off'],
    ["if (a.protocol === 'https:') a.agent = new Agent({ rejectUnauthorized: false });", 'tls-check-off'],
    ['if (a.b) a.go(() => https.request({ rejectUnauthorized: false }));', 'tls-check-off'],
    ["process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';", 'tls-check-off'],
    ["const stored = createHash('md5').update(password).digest('hex');", 'weak-password-hash'],
    ['user.passwordHash = sha1(input);', 'weak-password-hash'],
    ['box.innerHTML = `<b>${name}</b>`;', 'html-from-variable'],
    ["box.insertAdjacentHTML('beforeend', row);", 'html-from-variable'],
    ['db.query(`SELECT * FROM users WHERE id = ${userId}`);', 'sql-by-concatenation'],
    ['const sql = "DELETE FROM t WHERE name = \'" + name + "\'"; db.run(sql);', 'sql-by-concatenation'],
  ])('is found: %s', (text, kind) => {
    expect(risksIn(text)).toEqual([`${kind}:1`]);
  });

  it.each([
    'exec(`git log ${branch}`);',
    "execSync('tar xf ' + file);",
    'const command = `git log ${branch}`; exec(command);',
    'const run = promisify(exec); run(`ls ${folder}`);',
    'spawn(tool, [file], { shell: true });',
    "export function ask(tool) { return exec(tool + ' --version'); } ask('npm');",
    "function ask(tool) { return exec(tool + ' --version'); } ask('npm'); ask(other);",
    "function ask(tool) { return exec(tool + ' --version'); } ask('npm'); module.exports = { ask };",
    "function ask(tool) { tool = a.b; return exec(tool + ' --version'); } ask('npm');",
    "function ask(tool) { return exec(tool + ' ' + file); } ask('npm');",
  ])('is found where a shell is started: %s', (text) => {
    expect(risksIn(HEAD + text)).toEqual(['shell-string:2']);
  });

  it('is not told of the styles and scripts that a page is made with', () => {
    const of = (tag: string, value: string): readonly string[] =>
      risksIn(`const a = (req) => <${tag} dangerouslySetInnerHTML={{ __html: ${value} }} />;`, 'src/a.tsx');
    expect([of('style', 'css'), of('script', '`run(${data})`')]).toEqual([[], []]);
    expect(of('script', '`run(${req.query.data})`')).toEqual(['html-from-variable:1']);
  });

  it('is found in JSX', () => {
    expect(risksIn('const a = <p dangerouslySetInnerHTML={{ __html: text }} />;', 'src/a.tsx')).toEqual([
      'html-from-variable:1',
    ]);
  });

  it.each([
    "eval('1 + 1');",
    "const CODE = 'return this'; new Function(CODE)();",
    'evaluate(input);',
    'pattern.exec(`a${b}`);',
    "const SHA = 'abc'; exec(`git show ${SHA}`);",
    'exec(`git log ${shellQuote(branch)}`);',
    "function tool() { if (a) return 'npm'; return b ? 'yarn' : 'pnpm'; } exec(`${tool()} install`);",
    "const name = tool() ?? 'npm'; exec(`${name} install`);\nexport function tool(): string {\n  return 'yarn';\n}",
    'const packageManager = detect(); exec(`${packageManager} install`);',
    'export const stop = (process: number): void => void exec(`kill ${process}`);',
    'box.innerHTML = `<script>${serialize(state)}</script>`;',
    'target.innerHTML = value.__html;',
    "function ask(tool) { return exec(tool + ' --version'); }\nask('npm'); ask('yarn');",
    "async function ask(tool) { exec(`${tool} -v`, () => 1); }\nexport async function f(a) { a = '/bin/npm'; await ask(a); }",
    'exec(`kill ${process.pid}`);',
    "spawn('git', ['log', branch]);",
    "spawn('npm', ['run', 'build'], { shell: true });",
    'https.request({ rejectUnauthorized: true });',
    "createHash('md5').update(content).digest('hex');",
    '// AuthenticationMD5Password of the protocol\nfunction hash(password, user) {\n  return md5(password + user);\n}',
    "switch (mode) {\n  case 'no-verify':\n    options.rejectUnauthorized = false;\n}",
    "createHash('sha256').update(password).digest('hex');",
    "box.innerHTML = '';",
    'box.innerHTML = escapeHtml(name);',
    'box.innerHTML = DOMPurify.sanitize(text);',
    "const template = document.createElement('template'); template.innerHTML = html;",
    'db.query(`SELECT * FROM users WHERE id = ?`, [userId]);',
    'db.query(`SELECT * FROM ${table} ORDER BY ${column}`);',
    "class D {\n static hour() {\n if (a) { return 'NOW()'; } else { return 'UTC()'; }\n }\n static async clear() {\n const h = D.hour(); await R.exec(`DELETE FROM t WHERE time < ${h}`);\n }\n}",
    "class D {\n now() { return 'NOW()'; }\n clear() { db.query(`DELETE FROM t WHERE time < ${this.now()}`); }\n}",
    "const now = () => 'NOW()';\nfunction clear() { db.query(`DELETE FROM t WHERE time < ${now()}`); }",
    "const { hour } = require('./hour'); const sqlHour = hour(); db.exec('DELETE FROM t WHERE time < ' + sqlHour);",
    'enum State { Open }\nfunction f() { db.query(`SELECT * FROM t WHERE state = ${State.Open}`); }',
    "const KINDS_OF = Object.freeze({ a: 'b' });\nfunction f(a) { db.query(`SELECT * FROM t WHERE kind = '${KINDS_OF[a]}'`); }",
    'box.innerHTML = htmlOf(name);\nfunction htmlOf(a) { if (!a) return null; return DOMPurify.sanitize(marked(a)); }',
    'db.query(sql`SELECT * FROM users WHERE id = ${userId}`);',
    'log(`Select a user from the list where name = ${name}`);',
    '// eslint-disable-next-line no-eval\neval(input);',
    'function f(a) { if (a.unsafeTls) { a.agent = new Agent({ rejectUnauthorized: false }); } }',
    'const agent = a.unsafeTls ? new Agent({ rejectUnauthorized: false }) : undefined;',
    "if (a.insecure) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';",
    "/**\n * The options are eval'd.\n */\nexport function read(text) {\n  return eval('(' + text + ')');\n}",
    "// It was written by serialize-javascript.\n\nconst a = eval('(' + serializedOptions + ')');",
  ])('is not: %s', (text) => {
    expect(risksIn(HEAD + text)).toEqual([]);
  });

  it('does not take a parameter for the constant of the same name outside', () => {
    expect(risksIn("const code = '1';\nexport const run = (code: string): unknown => eval(code);")).toEqual([
      'eval-of-variable:2',
    ]);
  });

  const originOf = (text: string, path = 'src/a.js'): string => {
    const parsed = parseSource(path, HEAD + text, 'production');
    const [risk] = parsed.ok ? parsed.risks : [];
    const from = risk?.evidence.find((one) => one.text.startsWith('From outside: '));
    return from === undefined ? `${risk?.severity} nowhere` : `${risk?.severity} ${from.text.slice(14)}`;
  };

  it.each([
    ['app.get("/", (req, res) => exec("ls " + req.query.folder));', 'req.query'],
    ['function list(req) { const { folder } = req.query; exec(`ls ${folder}`); }', 'req.query'],
    ['function list(req) { const { query: { folder } } = req; exec(`ls ${folder.trim()}`); }', 'query: { folder }'],
    ['const list = ({ params }, res) => { exec("ls " + decodeURIComponent(params.folder)); };', 'params'],
    ['function list(req) { let a = "x"; a = req.body.a ?? a; const cmd = `ls ${a}`; exec(cmd); }', 'req.body'],
    ['const all = (req) => req.body.files.forEach((file) => exec("rm " + file));', 'req.body'],
    ['const all = (req) => { for (const file of req.body.files) exec("rm " + file); };', 'req.body'],
    ['async function list(c) { exec("ls " + c.req.query("a")); }', 'c.req.query("a")'],
    ['async function go(u) { const t = await (await fetch(u)).text(); eval(t); }', 'fetch(u)'],
    ['const q = new URLSearchParams(location.search).get("q"); box.innerHTML = "<b>" + q;', 'location.search'],
    ['window.addEventListener("message", (e) => { box.innerHTML = e.data; });', 'e'],
    [
      'class A { find() { return this.db.query(`SELECT a FROM t WHERE b = ${this.req.params.b}`); } }',
      'this.req.params',
    ],
  ])('comes from outside: %s', (text, from) => {
    expect(originOf(text)).toBe(`high ${from}`);
  });

  it.each([
    'function list(folder) { exec("ls " + folder); }',
    'const req = make(); exec("ls " + req.query.folder);',
    'function list(req) { const n = Number(req.query.n); exec("head -n" + n + file); }',
    'function list(req) { const { a } = req.query; if (!/^\\w+$/.test(a)) return; exec("ls " + a); }',
    'function list(req) { const { a } = req.query; if (NAMES.includes(a)) exec("ls " + a); }',
    'function list(req) { exec("ls " + req.query.a.replace(/\\W/g, "")); }',
    'async function go(u) { box.innerHTML = await (await fetch(u)).text(); }',
    'window.addEventListener("message", (e) => { if (e.origin === HOME) box.innerHTML = e.data; });',
    'function list(req) { const a = b; return () => { const a = c; exec("ls " + a); }; }',
    'exec("ls " + process.argv[2]);',
  ])('is a question only, where nobody else is seen: %s', (text) => {
    expect(originOf(text)).toBe('low nowhere');
  });
});
