import { abstain, approve, type Opinion, reject } from '../opinion.ts';
import { asPattern } from '../../words.ts';

/** A second look at dangerous code: by the line and the ones around it, in any language. */
export type RiskLook = (lines: readonly string[], at: number, text: string) => Opinion;

/** A call goes on over so many lines. */
const REACH = 6;
const BEFORE = 12;

const statement = (lines: readonly string[], at: number): string => lines.slice(at, at + REACH).join('\n');
const around = (lines: readonly string[], at: number): string =>
  lines.slice(Math.max(0, at - BEFORE), at + REACH).join('\n');
/** A line that only opens a text is shown with those after it. */
const shown = (lines: readonly string[], at: number): string => {
  const line = (lines[at] ?? '').trim();
  return (/\w{2}/.test(line) ? line : statement(lines, at).replace(/\s+/g, ' ').trim()).slice(0, 120);
};

/** Names in what is put together: `${name}`, `+ name`, `#{name}`, `%s" % name`, and `{name}` in texts of Python and C#. */
function namesIn(code: string): readonly string[] {
  const isFormatted = /\bf["']|\$@?"|\.format\(/.test(code);
  const braces = isFormatted ? code.matchAll(/\{\s*([\w@.]+)[^}]*\}/g) : code.matchAll(/[$#]\{\s*([\w$@.]+)[^}]*\}/g);
  const joined = code.matchAll(/\+\s*([\w$@.]+)|([\w$@.]+)\s*\+|%\s*\(?\s*([\w$@.]+)|\.\s*(\$\w+)/g);
  const found = [...braces, ...joined];
  return found.flatMap((groups) =>
    groups.slice(1).filter((name) => name !== undefined && /^[\w$@]/.test(name) && !/^\d/.test(name)),
  );
}

const WORDS =
  /^(?:return|function|new|await|async|typeof|void|var|let|const|if|else|this|true|false|null|undefined|None|True|False)$/;

/** Names of values in a piece of code, texts left out. */
function valuesIn(code: string): readonly string[] {
  return (withoutTexts(code).match(/[A-Za-z_$][\w$]*/g) ?? []).filter((name) => !WORDS.test(name) && name !== '$');
}

/** Set once, to a text or a number that stands in the file, or written in capitals. */
function isFixed(name: string, text: string): boolean {
  const last = name.split('.').at(-1) ?? name;
  if (/^[A-Z][A-Z0-9_]+$/.test(last)) return true;
  if (name.includes('.')) return false;
  return new RegExp(
    `\\b(?:const|final|val|let)\\s+(?:\\w+\\s+)?${asPattern(name)}\\s*(?::\\s*\\w+\\s*)?=\\s*(?:["'\`][^"'\`$]*["'\`]|\\d+)\\s*;?\\s*$`,
    'm',
  ).test(text);
}

/** What stands between the brackets of the call, without texts. */
function argumentsOf(code: string, call: RegExp): string {
  const start = call.exec(code);
  if (start === null) return '';
  let depth = 0;
  for (let at = start.index + start[0].length - 1; at < code.length; at += 1) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')') depth -= 1;
    if (depth === 0) return code.slice(start.index + start[0].length, at);
  }
  return code.slice(start.index + start[0].length);
}

const withoutTexts = (code: string): string =>
  code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, ' ').replace(/`[^`$]*`/g, ' ');

export const evalOfVariable: RiskLook = (lines, at, text) => {
  const code = statement(lines, at);
  if (/compile\([^)]*\.read\(\)/.test(code))
    return reject('A file is read and run, as a program is: its name is what has to be trusted.');
  const given = argumentsOf(
    code,
    /\b(?:eval|Function|exec|instance_eval|class_eval|runIn\w+|compileFunction|setTimeout|setInterval)\s*\(/,
  );
  const names = valuesIn(given);
  if (names.length === 0) return reject('Only text that stands in the file is run.', shown(lines, at));
  if (names.every((name) => isFixed(name, text)))
    return reject(`"${names[0]}" is set once, to a text in the file.`, shown(lines, at));
  return approve(`"${names.slice(0, 3).join(', ')}" is run as code, and the file does not fix it.`, shown(lines, at));
};

const QUOTED =
  /shell-?quote|shellescape|shlex|escapeshell|Shellwords|JSON\.stringify|\bquote\(|escapeArg|parseInt|Number\(|\bint\(/;

const STARTS =
  /\b(?:exec(?:Sync)?|spawn(?:Sync)?|system|[pP]open|run|call|check_output|check_call|getoutput|shell_exec|passthru|proc_open)\s*\(/;

export const shellString: RiskLook = (lines, at, text) => {
  const code = statement(lines, at);
  const quoted = QUOTED.exec(code)?.[0];
  if (quoted !== undefined) return reject(`"${quoted}" makes the value harmless to the shell.`, shown(lines, at));
  const given = argumentsOf(code, STARTS) || code;
  const names = namesIn(given.replace(/\bprocess\.(?:execPath|cwd\(\))|__dirname|__filename/g, 'FIXED'));
  const open = names.filter((name) => !isFixed(name, text));
  if (names.length > 0 && open.length === 0)
    return reject('Only fixed names are put into the command.', shown(lines, at));
  const whole = /^\s*([\w$.]+)\s*(?:,|$)/.exec(given)?.[1];
  const named = open.length === 0 && whole !== undefined ? [whole] : open;
  return approve(
    `${named.length === 0 ? 'A value' : `"${named.slice(0, 3).join(', ')}"`} becomes part of the command, and nothing quotes it.`,
    shown(lines, at),
  );
};

/** Somebody has to ask for it, or it is for the own machine. */
const SWITCHED =
  /\b(?:if|elif|unless|when)\b.*\bverify\b|\b(?:if|when|unless)\b.*\b(?:insecure|skip_?verify|no_?verify|self_?signed|ignore_?(?:ssl|tls|cert)|dev(?:elopment)?|local(?:host)?|debug|test)|NODE_ENV|localhost|127\.0\.0\.1|\?\s*false|insecure\s*\?|allow_?(?:insecure|self_?signed)|--insecure/i;

const SECURE = /\bhttps\b|\bprotocol\b|prod(?:uction)?\b/i;

/** The `if` around it, by the white space before the lines. */
function conditionOver(lines: readonly string[], at: number): string | undefined {
  const depthOf = (line: string): number => line.length - line.trimStart().length;
  let depth = depthOf(lines[at] ?? '');
  for (const line of lines.slice(Math.max(0, at - 4 * BEFORE), at).toReversed()) {
    if (line.trim() === '' || depthOf(line) >= depth) continue;
    depth = depthOf(line);
    if (/\b(?:def|func|function|class)\b|=>\s*\{?$/.test(line)) return undefined;
    if (/^\s*(?:\}\s*)?(?:if|elif|elsif|else|unless)\b/.test(line))
      return SECURE.test(line) ? undefined : line.trim().slice(0, 60);
  }
  return undefined;
}

/** Whoever writes why has thought about it. */
const COMMENT = /^\s*(?:\/\/|#(?!\{)|\/?\*)|\s(?:\/\/|#)\s/;
/** The same file leaves it on elsewhere, or takes it as an option: who uses it can choose. */
const OFFERED =
  /rejectUnauthorized['"]?\s*[:=]\s*(?![\s=]|false)|strictSSL['"]?\s*[:=]\s*(?![\s=]|false)|CERT_REQUIRED|VERIFY_PEER\b(?!['"]?\s*(?:,|=>)\s*(?:false|0))|\bverify\s*=\s*(?!False)\w|InsecureSkipVerify:?\s*=?\s*(?!true|=)\w|SSL_VERIFYPEER\s*(?:,|=>)\s*(?!\s|false|0)|\b(?:skip|no|ssl|tls|cert|disable)_?verif\w*|\binsecure\b|\bverify_?(?:ssl|tls|cert)\w*/i;
/** The own machine, or another way to know the other end. */
const KNOWN_END =
  /\b127\.0\.0\.1\b|localhost|kubernetes|\bk8s\b|docker|self-?signed|health-?check|fingerprint|\bpinn(?:ed|ing)\b|\bproxy\b|\bunix:/i;
const CLIENT =
  /TLS_REJECT|\bAgent\(|https?\.(?:request|get)\b|\bfetch\(|\b(?:axios|got|undici|requests|httpx|urllib|urllib3|aiohttp|faraday|curl|RestClient|HTTParty)\b|http\.(?:Client|Transport)|Net::HTTP|curl_|CURLOPT|HttpClient|OkHttp|stream_context_create|_create_unverified_context|CertificateValidationCallback/i;

/** Why it may be what its users want. */
function reasonToLeave(lines: readonly string[], at: number, text: string): string | undefined {
  if (lines.slice(Math.max(0, at - 2), at + 1).some((line) => COMMENT.test(line)))
    return 'A comment stands beside it: somebody has thought about it.';
  const offered = OFFERED.exec(text)?.[0];
  if (offered !== undefined) return `"${offered.trim()}" stands in the same file: it can be chosen.`;
  const known = KNOWN_END.exec(text)?.[0];
  if (known !== undefined) return `"${known}" stands in the same file: it may be for that only.`;
  return CLIENT.test(text) ? undefined : 'No client is seen that would connect with it.';
}

export const tlsCheckOff: RiskLook = (lines, at, text) => {
  const near = lines.slice(Math.max(0, at - 4), at + 2).join('\n');
  const switched = SWITCHED.exec(near)?.[0];
  if (switched !== undefined)
    return reject(`It is switched by "${switched.trim().slice(0, 60)}": not so for everybody.`, shown(lines, at));
  const condition = conditionOver(lines, at);
  if (condition !== undefined) return reject(`It stands under a condition: "${condition}".`, shown(lines, at));
  const off =
    /rejectUnauthorized|TLS_REJECT|verify|CERT_NONE|VERIFY_NONE|InsecureSkipVerify|Hostname|ertificate|TrustManager|ServerTrusted/i.exec(
      statement(lines, at),
    )?.[0];
  if (off === undefined) return reject('The line does not speak of a check of certificates.', shown(lines, at));
  const left = reasonToLeave(lines, at, text);
  if (left !== undefined) return abstain(left);
  return approve(`"${off}" is switched off for everybody, and no condition stands before it.`, shown(lines, at));
};

const NO_PASSWORD =
  /\b(?:etag|checksum|cache_?key|gravatar|fingerprint|file_?name|dedup|content_?hash|identicon|avatar|color|token_?id)\b/i;

/** What another program asks for, or what is on its way out. */
const ASKED_FOR =
  /digest auth|\brealm\b|\bnonce\b|ntlm|scramble|handshake|pwned|\bhibp\b|protocol|\bRFC ?\d|\bapop\b|\bcram\b|\bsasl\b|mysql_native|legacy|migrat|deprecat|rehash|upgrade|htpasswd|\bwpa|kerberos|\bcache/i;
const HASH = String.raw`(?:md5|sha-?1)\w*`;
const PASSWORD = String.raw`\w*(?:passw(?:or)?d|passwd|passphrase|pwd)\w*|pass(?:_\w+)?\b`;
/** The password itself goes in. */
const HASHES_PASSWORD = new RegExp(String.raw`${HASH}\W(?:[^;]{0,80}?[^\w"'])?(?<name>${PASSWORD})`, 'i');
/** Somebody else can guess what the token was made of. */
const MAKES_TOKEN = new RegExp(
  String.raw`\w*token\w*\s*:?=[^;=]*${HASH}\W[^;]*(?:\btime|Date\b|now\(|random|rand\(|uniqid|mail)`,
  'i',
);
/** Kept, or compared with what is kept. */
const KEPT =
  /\w*(?:hash|pass(?:w(?:or)?d|_\w+)?|digest|stored|secret)\w*['"\]]?\s*(?:===?|[:=](?!=))|\b(?:return|save|insert|update|store|execute|add|create|set\w*|where|equals?)\b/i;

export const weakPasswordHash: RiskLook = (lines, at) => {
  const near = around(lines, at);
  const other = NO_PASSWORD.exec(lines.slice(Math.max(0, at - 3), at + 2).join('\n'))?.[0];
  if (other !== undefined)
    return reject(`It makes a "${other}", not something that keeps a password.`, shown(lines, at));
  const hash = /md5|sha-?1/i.exec(statement(lines, at))?.[0];
  const word = /passw(?:or)?d|passphrase|\bpwd\b|secret|credential|token/i.exec(near)?.[0];
  if (hash === undefined || word === undefined)
    return reject('No quick hash meets a password in these lines.', shown(lines, at));
  const asked = ASKED_FOR.exec(lines.slice(Math.max(0, at - 4 * BEFORE), at + 2 * BEFORE).join('\n'))?.[0];
  if (asked !== undefined) return abstain(`"${asked}" stands near it: another program may ask for that hash.`);
  return keptHash(lines, at, hash.toUpperCase());
};

function keptHash(lines: readonly string[], at: number, hash: string): Opinion {
  const code = statement(lines, at);
  const token = MAKES_TOKEN.exec(code)?.[0];
  if (token !== undefined) return approve(`A token is the ${hash} of what others can guess.`, shown(lines, at));
  const { name = '' } = HASHES_PASSWORD.exec(code)?.groups ?? {};
  const from = Math.max(0, at - 4);
  if (name === '' || !KEPT.test(lines.slice(from, at + REACH).join('\n')))
    return abstain('That a password is kept like this is not seen here.');
  return approve(`"${name}" is kept as ${hash}; nothing slow like bcrypt or scrypt is near.`, shown(lines, at));
}

const CLEANED =
  /saniti[sz]e|purify|escapeHtml|escape_?html|htmlspecialchars|htmlentities|encodeHTML|\bescape\(|\bhe\.encode|trustedHTML|createHTML|highlight|\bxss\(/i;

export const htmlFromVariable: RiskLook = (lines, at, text) => {
  const cleaned = CLEANED.exec(around(lines, at))?.[0];
  if (cleaned !== undefined)
    return reject(`"${cleaned}" stands in the lines around it: the value is cleaned.`, shown(lines, at));
  const code = statement(lines, at);
  const value =
    /(?:innerHTML|outerHTML)\s*\+?=\s*([^;\n]+)|__html\s*:\s*([^,}\n]+)|insertAdjacentHTML\([^,]+,\s*([^;\n]+)\)|document\.write(?:ln)?\(([^;\n]+)\)/.exec(
      code,
    );
  const given = value?.slice(1).find((part) => part !== undefined) ?? '';
  const names = valuesIn(given);
  if (value !== null && names.every((name) => isFixed(name, text))) {
    return reject('Only text that stands in the file becomes HTML.', shown(lines, at));
  }
  return approve(
    `${names.length === 0 ? 'A value' : `"${names.slice(0, 3).join('.')}"`} becomes HTML, and nothing cleans it in the ${BEFORE} lines before.`,
    shown(lines, at),
  );
};

/** Names of tables, columns and places for values: SQL takes no parameters there. */
const PART_OF_SQL =
  /^(?:.*[_.])?(?:table|tables|tableName|column|columns|columnName|cols|fields?|order|orderBy|sort|dir|direction|schema|placeholders?|marks|qs|where|conditions?|clause|joins?|prefix)s?$/i;

export const sqlByConcatenation: RiskLook = (lines, at, text) => {
  const code = statement(lines, at);
  const start = /\b(?:SELECT|INSERT|UPDATE|DELETE)\b/i.exec(code);
  if (start === null) return reject('No statement of SQL stands there.', shown(lines, at));
  const names = namesIn(code.slice(start.index));
  const open = names.filter((name) => !isFixed(name, text) && !PART_OF_SQL.test(name));
  if (names.length > 0 && open.length === 0)
    return reject(`Only names of tables, columns or places are put in: "${names[0]}".`, shown(lines, at));
  const safe = /escape|quote|parseInt|Number\(|\bint\(|intval|sanitize/i.exec(code)?.[0];
  if (safe !== undefined) return reject(`"${safe}" makes the value harmless.`, shown(lines, at));
  return approve(
    `${open.length === 0 ? 'A value' : `"${open.slice(0, 3).join(', ')}"`} becomes part of the statement.`,
    shown(lines, at),
  );
};
