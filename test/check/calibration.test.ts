import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings/finding.ts';
import { checkHere } from './support/run-check.ts';
import { FALSE_PLANTS, tokenWithChecksum, TRUE_PLANTS } from './support/plants.ts';
import { TestRepository } from './support/repository.ts';

const checked = async (files: Readonly<Record<string, string>>): Promise<readonly Finding[]> => {
  using repository = new TestRepository(files);
  const { report, failures } = await checkHere(repository.path);
  expect(failures).toEqual([]);
  return report.findings;
};

const named = (findings: readonly Finding[]): readonly string[] => findings.map(({ kind, file }) => `${kind} ${file}`);

/** By its detector, whatever the voters make of it. */
const found = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  named(await checked(files));

/** Confirmed by the voters. */
const confirmed = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  named((await checked(files)).filter(({ state }) => state === 'confirmed'));

describe('planted faults', () => {
  for (const { kind, file, files } of TRUE_PLANTS) {
    it(`are found: ${kind} in ${file}`, async () => {
      expect(await found(files)).toContain(`${kind} ${file}`);
    });
  }

  it('are found together, each once, without others', async () => {
    const all = Object.fromEntries(TRUE_PLANTS.flatMap(({ files }) => Object.entries(files)));
    const expected = TRUE_PLANTS.map(({ kind, file }) => `${kind} ${file}`);
    expect((await found(all)).toSorted()).toEqual([...new Set(expected)].toSorted());
  });
});

describe('code that only looks like a fault', () => {
  for (const { why, files } of FALSE_PLANTS) {
    it(`is left alone: ${why}`, async () => {
      expect(await confirmed(files)).toEqual([]);
    });
  }
});

describe('a token whose checksum holds', () => {
  const token = tokenWithChecksum('ghp', 'q7Zt2LmX9vKc4RbN8sWdH3jYpE6uAo');

  it('is reported wherever it stands, and shown masked', async () => {
    using repository = new TestRepository({ 'test/login.test.js': `const token = '${token}';\n` });
    const { report } = await checkHere(repository.path);
    expect(report.findings).toMatchObject([
      { kind: 'secret', severity: 'critical', file: 'test/login.test.js', line: 1 },
    ]);
    expect(JSON.stringify(report)).not.toContain(token.slice(4, 20));
    expect(report.findings[0]?.evidence[0]?.text).toContain('ghp_… (40 characters)');
  });

  it('is left out in a test when a character differs', async () => {
    const wrong = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    expect(await confirmed({ 'test/login.test.js': `const token = '${wrong}';\n` })).toEqual([]);
  });

  it('is masked in the evidence of other findings too', async () => {
    using repository = new TestRepository({
      'a.js': `export const f = (a) => a === '${token}' || a === '${token}';\n`,
    });
    const { report } = await checkHere(repository.path);
    expect(report.findings.map(({ kind }) => kind).toSorted()).toEqual(['same-operands', 'secret']);
    expect(JSON.stringify(report)).not.toContain(token.slice(4, 20));
  });
});
