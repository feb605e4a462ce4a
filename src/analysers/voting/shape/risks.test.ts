import { describe, expect, it } from 'vitest';
import { type RiskLook, shellString, sqlByConcatenation, tlsCheckOff, weakPasswordHash } from './risks.ts';

const said = (look: RiskLook, text: string, line: number): string => {
  const { choice, reason, seen } = look(text.split('\n'), line - 1, text);
  return [choice, reason, ...seen.map((one) => one.text)].join(' | ');
};

describe('a second look at dangerous code', () => {
  it('shows the text of a query that begins on the next line', () => {
    const text = "run(\n  `\n  DELETE FROM t\n  WHERE a = '${name}'\n  `,\n);";
    expect(said(sqlByConcatenation, text, 2)).toContain('DELETE FROM t WHERE a');
  });

  it('names what is part of the command', () => {
    const text = "const version = execSync(tool + ' --version').toString();\nlog.info('It is ' + version);";
    expect(said(shellString, text, 1)).toMatch(/^approve . "tool" becomes /);
  });

  it('sees the condition that a certificate is not checked under', () => {
    const open = (test: string): string =>
      `function f(a) {\n  if (${test}) {\n${'    a.b();\n'.repeat(6)}    a.c = new Agent({ rejectUnauthorized: false });\n  }\n}`;
    expect(said(tlsCheckOff, open('a.loose'), 9)).toMatch(/^reject .*if \(a\.loose\)/);
    expect(said(tlsCheckOff, open("a.protocol === 'https:'"), 9)).toMatch(/^approve/);
  });

  const OFF = 'const agent = new Agent({ rejectUnauthorized: false });';
  it.each([
    ['no option, no reason, no known end', `import { Agent } from 'https';\n${OFF}`, 'approve'],
    ['a reason beside it', `import { Agent } from 'https';\n// The printer has no name.\n${OFF}`, 'abstain'],
    ['an option in the file', `set({ rejectUnauthorized: options.check });\n\n\n\n${OFF}`, 'abstain'],
    ['the own machine', `const url = 'https://localhost:8443';\n\n\n\n\n\n\n${OFF}`, 'abstain'],
    ['no client', 'a();\nconst b = { rejectUnauthorized: false };', 'abstain'],
  ])('judges an unchecked certificate: %s', (_, text, choice) => {
    expect(said(tlsCheckOff, text, text.split('\n').length)).toMatch(new RegExp(`^${choice} `));
  });

  it.each([
    ['user.hash = md5(password);', 'approve'],
    ["const resetToken = createHash('md5').update(user.mail + Date.now()).digest('hex');", 'approve'],
    ['const key = sha1(accessToken);', 'abstain'],
    ['// The handshake of the server asks for it.\nsend(md5(password));', 'abstain'],
    ['log(md5(password));', 'abstain'],
  ])('judges a quick hash: %s', (text, choice) => {
    expect(said(weakPasswordHash, text, text.split('\n').length)).toMatch(new RegExp(`^${choice} `));
  });
});
