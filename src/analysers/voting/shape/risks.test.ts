import { describe, expect, it } from 'vitest';
import { type RiskLook, shellString, sqlByConcatenation, tlsCheckOff } from './risks.ts';

const said = (look: RiskLook, text: string, line: number): string => {
  const { choice, reason, seen } = look(text.split('\n'), line - 1, text);
  return [choice, reason, ...seen.map((one) => one.text)].join(' | ');
};

describe('a second look at dangerous code', () => {
  it('shows the text of a query that begins on the next line', () => {
    const text = "run(\n  `\n  DELETE FROM t\n  WHERE a = '${name}'\n  `,\n);";
    expect(said(sqlByConcatenation, text, 2)).toContain('DELETE FROM t WHERE a');
  });

  it('names what is part of the command, and says when nobody sees where it comes from', () => {
    const text = "const version = execSync(tool + ' --version').toString();\nlog.info('It is ' + version);";
    expect(said(shellString, text, 1)).toMatch(/^approve . "tool" becomes .* Where it comes from is not seen/);
    expect(said(shellString, "exec('ls ' + req.query.name);", 1)).toMatch(/nothing quotes it\. \|/);
  });

  it('sees the condition that a certificate is not checked under', () => {
    const open = (test: string): string =>
      `function f(a) {\n  if (${test}) {\n${'    a.b();\n'.repeat(6)}    a.c = new Agent({ rejectUnauthorized: false });\n  }\n}`;
    expect(said(tlsCheckOff, open('a.loose'), 9)).toMatch(/^reject .*if \(a\.loose\)/);
    expect(said(tlsCheckOff, open("a.protocol === 'https:'"), 9)).toMatch(/^approve/);
  });
});
