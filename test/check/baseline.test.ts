import { describe, expect, it } from 'vitest';
import { MapTier } from '../../src/adapters/in-memory/map-tier.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import {
  compareWith,
  decodeBaseline,
  encodeBaseline,
  nextBaseline,
  rulesNow,
  type Baseline,
} from '../../src/analysers/baseline.ts';
import { finding } from './support/reports.ts';
import { checkHere, type CheckHereOptions } from './support/run-check.ts';
import { TestRepository } from './support/repository.ts';

const NAN = 'export const f = (a) => a === NaN;\n';
const CASE = 'export function g(a) {\n  switch (a) { case 1: return 1; case 1: return 2; }\n}\n';

type Known = Baseline['findings'][number];

function earlier(
  known: readonly (Pick<Known, 'id' | 'kind'> & Partial<Known>)[],
  changed: Readonly<Record<string, number>> = {},
): Baseline {
  const findings = known.map((one) => ({ severity: 'high' as const, title: one.id, file: 'a.js', ...one }));
  return { run: 'run-1', checkedAtMs: 1, commit: null, detectors: { ...rulesNow(), ...changed }, findings };
}

const states = async (repository: TestRepository, options: CheckHereOptions): Promise<readonly string[]> => {
  const { report } = await checkHere(repository.path, options);
  return [...report.findings, ...report.past]
    .map(({ baseline, kind, file }) => `${baseline} ${kind} ${file}`)
    .toSorted();
};

describe('the check after another one', () => {
  it('tells what is new, known and gone', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN, 'b.js': CASE });
    expect(await states(repository, { memory, run: 'run-1' })).toEqual([
      'new compares-with-nan a.js',
      'new duplicate-case b.js',
    ]);
    repository.write({ 'b.js': 'export const b = 1;\n', 'c.js': NAN });
    expect(await states(repository, { memory, run: 'run-2' })).toEqual([
      'gone duplicate-case b.js',
      'known compares-with-nan a.js',
      'new compares-with-nan c.js',
    ]);
    expect(await states(repository, { memory, run: 'run-3' })).toEqual([
      'known compares-with-nan a.js',
      'known compares-with-nan c.js',
    ]);
  });

  it('knows code that was moved, indented or given new neighbours, and tells another one apart', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN });
    await checkHere(repository.path, { memory, run: 'run-1' });
    repository.write({
      'a.js': `// moved down\n\nexport const other = 1;\nexport   const f =\n    (a) => a   === NaN;\nexport const g = (b) => b === NaN;\n`,
    });
    const { report } = await checkHere(repository.path, { memory, run: 'run-2' });
    expect(report.findings.map(({ line, baseline }) => [line, baseline])).toEqual(
      expect.arrayContaining([
        [5, 'known'],
        [6, 'new'],
      ]),
    );
    expect(report.past).toEqual([]);
  });

  it('compares with the same check again when it is repeated after a crash', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN });
    await checkHere(repository.path, { memory, run: 'run-1' });
    repository.write({ 'b.js': NAN });
    const first = await states(repository, { memory, run: 'run-2' });
    expect(first).toContain('new compares-with-nan b.js');
    expect(await states(repository, { memory, run: 'run-2' })).toEqual(first);
  });

  it('does not call gone what it could not look for, and knows it again afterwards', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN, 'README.md': '[gone](gone.md)\n' });
    await checkHere(repository.path, { memory, run: 'run-1' });
    expect(await states(repository, { memory, run: 'run-2', broken: ['docs'] })).toEqual([
      'known compares-with-nan a.js',
      'not-checked dead-link README.md',
    ]);
    expect(await states(repository, { memory, run: 'run-3' })).toEqual([
      'known compares-with-nan a.js',
      'known dead-link README.md',
    ]);
  });

  it('does not call gone what a rule found that works differently now', () => {
    const old = earlier(
      [
        { id: 'a', kind: 'secret' },
        { id: 'b', kind: 'duplicate-case' },
      ],
      { secret: -1 },
    );
    const done = new Set(['secrets', 'parse']);
    expect(compareWith(old, [], done).past.map(({ id, baseline: state }) => [id, state])).toEqual([
      ['a', 'not-checked'],
      ['b', 'gone'],
    ]);
  });

  it('never calls gone what only an older version of the rule knew, however long it was not looked for', () => {
    const old = earlier([{ id: 'a', kind: 'secret' }], { secret: -1 });
    const skipped = nextBaseline(old, [], old, new Set(['parse']));
    expect(compareWith(skipped, [], new Set(['secrets'])).past.map((one) => one.baseline)).toEqual(['not-checked']);
    expect(decodeBaseline(encodeBaseline({ newest: skipped, previous: null, figures: [] }))?.newest).toEqual(skipped);
    // Looked for by the new version and not found: said once, then forgotten.
    expect(nextBaseline(old, [], skipped, new Set(['secrets'])).findings).toEqual([]);
  });

  it('does not call gone, as if it had been mended, what a vote had rejected; when it stays, it is known', () => {
    const old = earlier([{ id: 'a', kind: 'duplicate-case', isRejected: true }]);
    const done = new Set(['parse']);
    expect(compareWith(old, [], done).past).toEqual([]);
    expect(compareWith(old, [finding({ id: 'a' })], done).findings.map((one) => one.baseline)).toEqual(['known']);
    const next = nextBaseline(old, [finding({ id: 'a', state: 'rejected' }), finding({ id: 'b' })], undefined, done);
    expect(next.findings.map(({ id, isRejected }) => [id, isRejected])).toEqual([
      ['a', true],
      ['b', undefined],
    ]);
  });

  it('names in its report all that it found, if only by id, so that none is new in the next', async () => {
    const files = Array.from({ length: 310 }, (_, index): [string, string] => [`src/f${index}.js`, NAN]);
    using repository = new TestRepository(Object.fromEntries(files));
    const { report } = await checkHere(repository.path);
    expect(report.findings).toHaveLength(300);
    expect(new Set([...report.findings.map(({ id }) => id), ...report.furtherIds]).size).toBe(310);
  });

  it('knows what an earlier report has only counted', () => {
    const old = { ...earlier([]), furtherIds: ['c'] };
    expect(compareWith(old, [finding({ id: 'c' })], new Set()).findings[0]?.baseline).toBe('known');
  });

  it('takes no notice of a baseline that it cannot read', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN });
    await checkHere(repository.path, { memory, run: 'run-1' });
    const [key = ''] = await memory.keys('*', 10);
    await memory.set(key, { format: 'another', newest: 3 });
    expect(await states(repository, { memory, run: 'run-2' })).toEqual(['new compares-with-nan a.js']);
  });
});
