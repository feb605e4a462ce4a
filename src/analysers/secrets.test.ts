import { describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import type { FindingsData } from './data.ts';
import { masked } from './secret-patterns.ts';
import { secrets } from './secrets.ts';

const DRAWN = ['q7Zt2LmX', '9vKc4RbN', '8sWd'].join('');

async function look(files: Files): Promise<FindingsData> {
  using repository = new TestRepository(files);
  return await analyseFolder(repository.path, ['secrets', secrets]);
}

describe('texts that are probably no secrets', () => {
  it('are left to the voters, after everything else and never as something grave', async () => {
    const { findings } = await look({
      'src/a.js': `export const apiKey = '${DRAWN}';\n`,
      'test/b.test.js': `const password = '${DRAWN.slice(10)}Kx3${DRAWN.slice(0, 9)}';\n`,
    });
    expect(findings.map(({ file, severity }) => `${file} ${severity}`)).toEqual([
      'src/a.js high',
      'test/b.test.js low',
    ]);
    expect(findings[1]?.confidence).toBeLessThan(0.1);
  });

  it('are at most twenty, one of each file and value, known shapes first', async () => {
    const value = (index: number): string => `${DRAWN.slice(index % 9)}${index}Kq3${DRAWN.slice(0, index % 7)}`;
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `test/t${index}.test.js`,
        `const password = '${value(index)}';\nconst secret = '${value(index)}x';\n`,
      ]),
    );
    const key = ['AKIA', 'Q3EGRZ5X', 'T2MJ7VWK'].join('');
    const { findings, leftOut } = await look({
      ...many,
      'test/z.test.js': `const id = '${key}';\n`,
      'test/same.test.js': `const id = '${key}';\n`,
    });
    expect(findings).toHaveLength(20);
    expect(findings.filter(({ title }) => title.startsWith('AWS'))).toHaveLength(1);
    expect(findings[0]?.title).toMatch(/^AWS/);
    expect(new Set(findings.map(({ file }) => file)).size).toBe(20);
    expect(leftOut).toEqual([
      '62 texts shaped like a key or password: samples, test data, or keys meant for everybody.',
    ]);
  });

  it('are shown masked as well', async () => {
    const { findings } = await look({ 'test/a.test.js': `const password = '${DRAWN}';\n` });
    expect(JSON.stringify(findings)).not.toContain(DRAWN.slice(4, 12));
  });

  it('are left out when browsers are meant to see them', async () => {
    const key = ['AIza', 'SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY'].join('');
    const { findings } = await look({
      'src/a.js': `export const app = { authDomain: 'x.firebaseapp.com', apiKey: '${key}' };\n`,
    });
    expect(findings).toEqual([]);
  });

  it.each([
    ['read', `pk_live_${DRAWN}`, 0],
    ['read', `phc_${DRAWN}`, 0],
    ['read', '', 0],
    ['read-write', '', 1],
  ])('are left out when they say that they may only %s: %j', async (right, key, count) => {
    const token = key === '' ? btoa(`0d8f921f-a5a6-4ed8-a497-5913e4d53ad5|${right}`) : key;
    const { findings } = await look({ 'nx.json': `{\n  "nxCloudAccessToken": "${token}"\n}\n` });
    expect(findings).toHaveLength(count);
  });
});

it.each([
  ['pass', 'p… (4 characters)'],
  ['secret', 'se… (6 characters)'],
  [DRAWN, 'q7Zt… (20 characters)'],
  ['ab', '… (2 characters)'],
])('of a secret at most a third is shown: %s', (secret, shown) => {
  expect(masked(secret)).toBe(shown);
});
