import { describe, expect, it } from 'vitest';
import { repeatedBlocks } from './repeated-blocks.ts';

const block = (name: string, type: string): string => `  if (mail.${name}) {
    if (typeof mail.${name} === 'object' && mail.${name}.path) {
      ${name} = mail.${name};
    } else {
      ${name} = {
        content: mail.${name}
      };
    }
    ${name}.contentType = '${type}';
  }
`;

describe('blocks that are repeated', () => {
  it('are found with their lines, whatever their names and texts', () => {
    const text = `function partsOf(mail) {\n${block('text', 'text/plain')}${block('html', 'text/html')}  log(mail);\n${block('amp', 'text/amp')}}\n`;
    expect(repeatedBlocks(text)).toEqual({ lines: [2, 12, 23], size: 10 });
  });

  it('are none in different functions, twice only, or when they do something else', () => {
    const twice = `function f(mail) {\n${block('text', 'a')}${block('html', 'b')}}\n`;
    const apart = ['text', 'html', 'amp'].map((name) => `function ${name}(mail) {\n${block(name, 'x')}}\n`).join('');
    const other = `function f(mail) {\n${block('text', 'a')}${block('html', 'b')}${block('amp', 'c').replace('&&', '||')}}\n`;
    expect([twice, apart, other].map(repeatedBlocks)).toEqual([undefined, undefined, undefined]);
  });

  it('are looked for in time in step with the text', () => {
    expect(repeatedBlocks('  if (a) {\n'.repeat(100_000))).toBeUndefined();
    expect(repeatedBlocks(`${' '.repeat(50)}if (a) {\n`.repeat(20_000))).toBeUndefined();
  });
});
