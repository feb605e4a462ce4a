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

describe('keys in the settings of build services', () => {
  const KEY = ['39b45564', 'cd1e', '4c8d', 'ba1f', '93c7d04fb673'].join('-');

  it.each([
    ['.travis.yml', `env:\n  global:\n    - SAUCE_ACCESS_KEY='${KEY}'\n`],
    ['.travis.yml', `env: BROWSERSTACK_ACCESS_KEY=${DRAWN} OTHER=1\n`],
    ['appveyor.yml', `environment:\n  NUGET_API_KEY: ${DRAWN}\n`],
    ['.github/workflows/a.yml', `env:\n  SAUCE_ACCESS_KEY: "${KEY}"\n`],
  ])('are told, whatever they look like: %s %s', async (path, text) => {
    const { findings } = await look({ [path]: text });
    expect(findings).toMatchObject([{ kind: 'secret', severity: 'high', file: path }]);
    expect(findings[0]?.title).toMatch(/^CI key \w+ stands in plain text$/);
  });

  it.each([
    ['.travis.yml', `env:\n  global:\n    - secure: "${DRAWN}${DRAWN}"\n`],
    ['.travis.yml', `#    - SAUCE_ACCESS_KEY='${KEY}'\n`],
    ['.github/workflows/a.yml', 'env:\n  SAUCE_ACCESS_KEY: ${{ secrets.SAUCE_ACCESS_KEY }}\n'],
    ['.github/workflows/a.yml', `env:\n  CODECOV_TOKEN: ${KEY}\n  TEST_API_KEY: ${DRAWN}\n`],
    ['.github/workflows/a.yml', `env:\n  MINIO_SECRET_KEY: ${DRAWN}\n  DJANGO_SECRET_KEY: ${DRAWN}\n`],
    ['src/a.yml', `SAUCE_ACCESS_KEY: ${KEY}\n`],
  ])('are none where they are hidden, drawn for a test, or worth nothing: %s %s', async (path, text) => {
    expect((await look({ [path]: text })).findings).toEqual([]);
  });
});

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

describe('what everybody may know', () => {
  const AZURITE = ['Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6', 'IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='].join(
    '',
  );
  const BODY = Array.from({ length: 12 }, (_, index) => `${DRAWN}${index}Rk${DRAWN.slice(index % 9)}xGiF1wuAoT5`).join(
    '\n',
  );
  const PEM = ['-----BEGIN RSA ', `PRIVATE KEY-----\n${BODY}\n-----END RSA `, 'PRIVATE KEY-----\n'].join('');

  it.each([
    ['the key of an emulator', 'deploy/a.yml', `url: AccountName=devstoreaccount1;AccountKey=${AZURITE};\n`],
    ['the same without its account', 'deploy/a.yml', `url: AccountKey=${AZURITE};\n`],
    ['the name as password', 'config/a.yml', 'url: postgres://shopadmin9:shopadmin9@db.shop.net/shop\n'],
    ['a server of the own machine', 'config/a.yml', `url: postgres://shop:${DRAWN}@127.0.0.1/shop\n`],
  ])('is left out: %s', async (_, file, text) => {
    expect((await look({ [file]: text })).findings).toEqual([]);
  });

  it.each([
    ['t/unit/keys.py', `KEY = """${PEM}"""\n`],
    ['spec/server.key', PEM],
    ['lib/testing/server.key', PEM],
    ['docker-compose.yml', `environment:\n  - URL=postgres://shop:${DRAWN}@db.shop.net/shop\n`],
    ['config/snakeoil.key', PEM],
  ])('is at most a question where keys are made up: %s', async (file, text) => {
    expect((await look({ [file]: text })).findings.map(({ severity }) => severity)).toEqual(['low']);
  });

  it('is grave elsewhere, and told once for all files', async () => {
    const url = `url: postgres://shop:${DRAWN}@db.shop.net/shop\n`;
    const { findings } = await look({ 'deploy/server.key': PEM, 'config/a.yml': url, 'config/b.yml': url });
    expect(findings.map(({ file }) => file)).toEqual(['config/a.yml', 'deploy/server.key']);
    expect(findings[0]?.evidence.map(({ ref }) => ref)).toEqual(['config/a.yml:1', 'config/b.yml:1']);
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
