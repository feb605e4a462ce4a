import type { Severity } from '../core/findings/finding.ts';

/** What a dangerous statement of a language looks like. All patterns take linear time. */
export type RiskPattern = Readonly<{
  kind: string;
  severity: Severity;
  confidence: number;
  /** In the statement; tried first, because it is fast. */
  hint: string;
  pattern: RegExp;
  /** Then it is none. */
  not?: RegExp;
  /** A text that is put together must have been given to what the pattern calls `name`, in the same file. */
  isNamed?: boolean;
  /** A query is put together first: what the pattern calls `name` must be run in the same file. */
  isRunLater?: boolean;
}>;

type Worth = readonly [Severity, number];

const of =
  (kind: string, [severity, confidence]: Worth) =>
  (hint: string, pattern: RegExp, not?: RegExp): RiskPattern => ({
    kind,
    severity,
    confidence,
    hint,
    pattern,
    ...(not === undefined ? {} : { not }),
  });

const evaluates = of('eval-of-variable', ['medium', 0.55]);
/** In a namespace that it is given, or not: programs that run programs are made of it. */
const executes = of('eval-of-variable', ['low', 0.5]);
const shell = of('shell-string', ['high', 0.65]);
/** The command is a variable: where it comes from stands elsewhere. */
const maybeShell = of('shell-string', ['medium', 0.45]);
/** The same, where the file shows how it was put together. */
const namedShell = (hint: string, pattern: RegExp): RiskPattern => ({ ...maybeShell(hint, pattern), isNamed: true });
const tls = of('tls-check-off', ['high', 0.75]);
const hash = of('weak-password-hash', ['high', 0.6]);
const html = of('html-from-variable', ['high', 0.55]);
const sql = of('sql-by-concatenation', ['high', 0.6]);
/** Kept before it is run. */
const laterSql = (hint: string, pattern: RegExp): RiskPattern => ({ ...sql(hint, pattern), isRunLater: true });

const SECRET = String.raw`(?:passw(?:or)?d|passphrase|\bpwd\b|\bpass\b|secret|credential|(?:access|auth|reset|session|api|login)_?token)`;
const near = (code: string): RegExp => new RegExp(`${code}[^;]{0,120}${SECRET}|${SECRET}[^;]{0,80}${code}`, 'i');
const VERB = String.raw`\s*(?:SELECT\s[^"'\x60]*\sFROM|INSERT\s+INTO|UPDATE\s[^"'\x60]*\sSET|DELETE\s+FROM)\s`;
/** A value belongs here: after a comparison, or between the brackets of a list. */
const AT_VALUE = String.raw`(?:[=<>]|\bLIKE|\bIN\s*\(|\bVALUES\s*\([^)"]*|,)\s*['"%]*`;
const query = (text: string): RegExp => new RegExp(text, 'i');

/** In Python: a text with holes, or one that something is put into. */
const HOLES = String.raw`f(?:"[^"]*\{|'[^']*\{)`;
const PUT_IN = String.raw`(?:"[^"]*"|'[^']*')\s*(?:%\s|\+|\.format\()`;
const built = (before: string, after: string = ''): RegExp =>
  new RegExp(String.raw`${before}\(\s*(?:${HOLES}|${PUT_IN}|[a-z_]\w*\s*\+\s)${after}`);
const PROCESS = String.raw`\b(?:subprocess\.)?(?:run|call|Popen|check_output|check_call|getoutput)`;

const PYTHON: readonly RiskPattern[] = [
  executes('eval(', /(?<![\w."'])eval\(\s*(?!["')\s])(?!f?["'][^"'{]*["']\s*[,)])[^)]/, /\bdef eval\(|literal_eval/),
  executes('exec(', /(?<![\w."'])exec\(\s*(?!["')\s])[^)]/, /\bdef exec\(/),
  shell('os.system(', built(String.raw`\bos\.system`)),
  shell('os.popen(', built(String.raw`\bos\.popen`)),
  shell('shell=True', built(PROCESS, String.raw`[^#]*shell\s*=\s*True`)),
  maybeShell(
    'shell=True',
    new RegExp(String.raw`${PROCESS}\(\s*(?:["'] ?["']\.join\(|[a-z_]\w*\s*,)[^#]*shell\s*=\s*True`),
  ),
  tls('verify', /[(,]\s*verify\s*=\s*False\b/, /\bdef\s/),
  tls('_create_unverified_context', /\bssl\._create_unverified_context\b/),
  tls(
    'CERT_NONE',
    /\b(?:verify_mode|cert_reqs)\s+=\s+["']?(?:ssl\.)?CERT_NONE\b|\bcert_reqs=(?:["']|ssl\.)CERT_NONE\b/,
  ),
  hash('md5', near(String.raw`\bmd5\(`), /usedforsecurity\s*=\s*False/),
  hash('sha1', near(String.raw`\bsha1\(`), /usedforsecurity\s*=\s*False|hmac/i),
  html('Markup(', built(String.raw`\bMarkup`), /Markup\((?:"[^"]*"|'[^']*')\)\.format/),
  html('mark_safe(', built(String.raw`\bmark_safe`)),
  html('render_template_string(', built(String.raw`\brender_template_string`)),
  sql('execute', query(String.raw`\.execute(?:many)?\(\s*f["']+${VERB}.*${AT_VALUE}\{`)),
  sql('execute', query(String.raw`\.execute(?:many)?\(\s*["']+${VERB}.*${AT_VALUE}(?:%s|%d)?["']+\s*(?:%\s|\+\s*\w)`)),
  sql('execute', query(String.raw`\.execute(?:many)?\(\s*["']+${VERB}[^{]*${AT_VALUE}\{\w*\}[^)]*\.format\(`)),
  laterSql('= f"', query(String.raw`^(?<name>\w+)\s*=\s*\(?\s*f["']+${VERB}.*${AT_VALUE}\{`)),
  laterSql(
    '= "',
    query(String.raw`^(?<name>\w+)\s*=\s*\(?\s*["']+${VERB}.*${AT_VALUE}(?:%s|%d)?["']+\s*(?:%\s|\+\s*\w)`),
  ),
  sql('text(f', query(String.raw`\btext\(\s*f["']+${VERB}.*${AT_VALUE}\{`)),
];

const GO: readonly RiskPattern[] = [
  shell(
    '-c"',
    /\bexec\.Command(?:Context)?\([^)]*?"(?:\/bin\/)?(?:ba|z)?sh",\s*"-l?c",\s*(?!\s|"[^"]*"\s*\)|`[^`]*`\s*\))/,
  ),
  tls('InsecureSkipVerify', /\bInsecureSkipVerify:\s*true\b|\bInsecureSkipVerify\s*=\s*true\b/),
  hash('md5', near(String.raw`\bmd5\.(?:Sum|New)\(`)),
  hash('sha1', near(String.raw`\bsha1\.(?:Sum|New)\(`), /hmac/i),
  html(
    'template.HTML(',
    /\btemplate\.(?:HTML|JS)\(\s*(?!["`][^"`]*["`]\s*\))\w/,
    /template\.HTML\(\s*template\.HTMLEscape|[sS]aniti[sz]e/,
  ),
  sql(
    'Sprintf',
    query(
      String.raw`\.(?:Query|QueryRow|Exec|Raw|Get|Select)(?:Context)?\([^"\x60]*fmt\.Sprintf\(\s*["\x60]${VERB}[^"\x60]*${AT_VALUE}%[svdq]`,
    ),
  ),
  sql(
    '" +',
    query(String.raw`\.(?:Query|QueryRow|Exec|Raw)(?:Context)?\([^"\x60]*"${VERB}[^"]*${AT_VALUE}"\s*\+\s*\w`),
  ),
];

const RUBY: readonly RiskPattern[] = [
  evaluates(
    'eval',
    /(?<![\w.:])(?:instance_|class_|module_)?eval[ (]\s*(?!["':<&{|)]|do\b)[a-z@]\w*/,
    /\bdef \w*eval\b|\bbinding\b.*\bbinding\b.*eval|eval[ (]\s*[\w@.]+,\s*\w*binding\w*(?:\([^)]*\))?,\s*\w/i,
  ),
  shell('#{', /(?:^|[\s=(])(?:system|exec|spawn|IO\.popen|Open3\.\w+)[ (]\s*"[^"]*#\{/, /shellescape|Shellwords/),
  namedShell('IO.popen', /\bIO\.popen[ (]\s*(?<name>[a-z_]\w*)\s*(?:\)|,|$)/),
  namedShell('system', /(?:^|[\s=(])system[ (]\s*(?<name>[a-z_]\w*)\s*(?:\)|$)/),
  // A backtick inside a text is a quotation mark of its own.
  shell('`', /^(?:[^"`\n]|"[^"\n]*")*(?<![^=(\s])`[^`]*#\{(?![^}]*(?:shellescape|Shellwords|escape))[^`]*`/),
  tls('VERIFY_NONE', /\bOpenSSL::SSL::VERIFY_NONE\b/),
  hash('MD5', near(String.raw`\bDigest::MD5\b`)),
  hash('SHA1', near(String.raw`\bDigest::SHA1\b`), /hmac/i),
  html('html_safe', /"[^"]*#\{[^"]*"\.html_safe\b|\bparams\[[^\]]*\]\S*\.html_safe\b/),
  html('raw', /(?<![\w.])raw[ (]\s*(?:params\b|"[^"]*#\{)/),
  sql(
    '#{',
    query(String.raw`\.(?:execute|exec_query|find_by_sql|select_all|exec)[ (]\s*"${VERB}[^"]*${AT_VALUE}#\{`),
    /quote|sanitize/i,
  ),
  sql('where', /\.where[ (]\s*"[^"]*(?:[=<>]|\bLIKE|\bIN\s*\()\s*['%(]*#\{/i, /quote|sanitize/i),
];

const INPUT = String.raw`\$_(?:GET|POST|REQUEST|COOKIE)\b`;
const PHP: readonly RiskPattern[] = [
  evaluates('eval(', /(?<![\w>:$])eval\(\s*[^)]*\$\w/),
  shell(
    'exec(',
    /(?<![\w>:$])(?:shell_exec|exec|passthru|popen|proc_open)\(\s*(?:"[^"]*\$\w|['"][^'"]*['"]\s*\.\s*\$)/,
    /escapeshell/,
  ),
  shell('system(', /(?<![\w>:$])system\(\s*(?:"[^"]*\$\w|['"][^'"]*['"]\s*\.\s*\$)/, /escapeshell/),
  tls('CURLOPT_SSL_VERIFY', /CURLOPT_SSL_VERIFY(?:PEER|HOST)\s*(?:,|=>)\s*(?:false|0)\b/i),
  tls('verify_peer', /['"]verify_peer(?:_name)?['"]\s*=>\s*false\b/i),
  hash('md5(', /(?<![\w>:])md5\(\s*[^)]*\$\w*pass/i),
  hash('sha1(', /(?<![\w>:])sha1\(\s*[^)]*\$\w*pass/i),
  html(
    '$_',
    new RegExp(String.raw`(?:\becho|\bprint|<\?=)\s[^;]*${INPUT}`),
    /htmlspecialchars|htmlentities|\(int\)|intval|json_encode|isset\([^)]*\)\s*\?\s*['"]/,
  ),
  laterSql('= "', query(String.raw`^(?<name>\$\w+)\s*=\s*"${VERB}[^"]*${AT_VALUE}\{?\$\w`)),
  sql('query(', query(String.raw`query\(\s*(?:\$\w+\s*,\s*)?"${VERB}[^"]*${AT_VALUE}\{?\$\w`)),
  sql(
    'query(',
    query(String.raw`query\(\s*(?:\$\w+\s*,\s*)?["']${VERB}[^;]*${AT_VALUE}["']\s*\.\s*\$`),
    /escape|quote|intval|\(int\)/i,
  ),
];

const JVM: readonly RiskPattern[] = [
  evaluates('.eval(', /\b(?:engine|scriptEngine|nashorn|js)\.eval\(\s*(?!")\w/),
  shell('exec(', /getRuntime\(\)\.exec\(\s*(?:"[^"]*"\s*\+|\w+\s*\+)/),
  shell('"-c"', /ProcessBuilder\([^)]*"(?:\/bin\/)?(?:ba)?sh",\s*"-c",\s*(?!\s|"[^"]*"\s*\))/),
  tls('HOSTNAME_VERIFIER', /\bALLOW_ALL_HOSTNAME_VERIFIER\b/),
  tls('NoopHostnameVerifier', /\bNoopHostnameVerifier\.INSTANCE\b|new NoopHostnameVerifier\(/),
  tls('ostnameVerifier', /[hH]ostnameVerifier\(?\s*\(?\(\s*\w+\s*,\s*\w+\s*\)\s*->\s*true\b/),
  tls('checkServerTrusted', /void checkServerTrusted\([^)]*\)(?:\s*throws \w+)?\s*\{\s*\}/),
  hash('getInstance("MD5")', near(String.raw`getInstance\("MD5"\)`)),
  hash('md5', near(String.raw`\bmd5(?:Hex|Hash)?\(`)),
  hash('getInstance("SHA', near(String.raw`getInstance\("SHA-?1"\)`)),
  laterSql(
    '= "',
    query(String.raw`^(?:final\s+)?(?:String|var|val)\s+(?<name>\w+)\s*=\s*"${VERB}[^;]*${AT_VALUE}"\s*\+\s*\w`),
  ),
  sql(
    '"',
    query(
      String.raw`\b(?:executeQuery|executeUpdate|execute|createQuery|createNativeQuery|prepareStatement|queryForObject|queryForList)\(\s*"${VERB}[^;]*${AT_VALUE}"\s*\+\s*\w`,
    ),
  ),
];

const CSHARP: readonly RiskPattern[] = [
  shell(
    'Process.Start(',
    /Process\.Start\(\s*"(?:cmd|\/bin\/(?:ba)?sh|bash|powershell)[^"]*",\s*(?:\$"[^"]*\{|"[^"]*"\s*\+)/,
  ),
  tls(
    'ValidationCallback',
    /Certificate(?:Custom)?ValidationCallback\s*\+?=\s*(?:delegate\b[^{]*\{\s*return true|\([^)]*\)\s*=>\s*(?:\{\s*return\s+)?true)/,
  ),
  tls('DangerousAcceptAny', /\bDangerousAcceptAnyServerCertificateValidator\b/),
  hash('MD5', near(String.raw`\bMD5(?:\.Create\(|CryptoServiceProvider\()`)),
  hash('SHA1', near(String.raw`\bSHA1(?:\.Create\(|Managed\()`)),
  html('Html.Raw(', /\bHtml\.Raw\(\s*(?:Model|ViewBag|ViewData|Request)\b/, /[sS]aniti[sz]e/),
  sql(
    'SqlCommand(',
    query(String.raw`\w*Command\(\s*(?:\$@?"${VERB}[^"]*${AT_VALUE}\{|"${VERB}[^;]*${AT_VALUE}"\s*\+\s*\w)`),
  ),
  sql(
    'SqlRaw',
    query(String.raw`SqlRaw(?:Async)?\(\s*(?:\$@?"${VERB}[^"]*${AT_VALUE}\{|"${VERB}[^;]*${AT_VALUE}"\s*\+\s*\w)`),
  ),
  sql(
    'CommandText',
    query(String.raw`CommandText\s*=\s*(?:\$@?"${VERB}[^"]*${AT_VALUE}\{|"${VERB}[^;]*${AT_VALUE}"\s*\+\s*\w)`),
  ),
];

/** Command lines in C are put together in a buffer before: the call itself shows the buffer alone. */
const C: readonly RiskPattern[] = [
  maybeShell(
    'system(',
    /(?<![\w.>:])system\(\s*(?:[a-z_]\w*(?:\.c_str\(\))?|\([^")]*\+[^")]*\)[^)]*)\s*\)/,
    /\b(?:int|void)\s+system\(/,
  ),
  maybeShell('popen(', /(?<![\w.>:])popen\(\s*[a-z_]\w*(?:\.c_str\(\))?\s*,/, /FILE\s*\*\s*popen\(/),
  tls('SSL_VERIFY', /CURLOPT_SSL_VERIFY(?:PEER|HOST)\s*,\s*(?:0L?|false)\b/),
];

/** Elements of pages that take HTML from the program. */
const MARKUP: readonly RiskPattern[] = [
  html('v-html', /\sv-html="(?!\s*(?:['`]|\$?t\()|[^"]*(?:[sS]aniti[sz]e|purify|escape|highlight))[^"]+"/),
  html('{@html', /\{@html\s+(?!["'`]|[^}]*(?:[sS]aniti[sz]e|purify|escape|highlight))[^}]+\}/),
  html('set:html', /\sset:html=\{(?![^}]*(?:[sS]aniti[sz]e|purify|escape|JSON\.stringify))[^}]+\}/),
];

export const RISK_PATTERNS: Readonly<Record<string, readonly RiskPattern[]>> = {
  Python: PYTHON,
  Go: GO,
  Ruby: RUBY,
  PHP,
  Java: JVM,
  Kotlin: JVM,
  Scala: JVM,
  Groovy: JVM,
  'C#': CSHARP,
  C,
  'C++': C,
  Vue: MARKUP,
  Svelte: MARKUP,
  Astro: MARKUP,
};
