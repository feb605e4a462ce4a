import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CheckedRepository } from './support/checked-repository.ts';

const NAN = 'export const f = (a) => a === NaN;\n';
const CASE = 'export function g(a) {\n  switch (a) { case 1: return 1; case 1: return 2; }\n}\n';
const README = '# Shop\n\nSee [the guide](docs/guide.md).\n';

const OF_README = 'dead-link README.md';
const OF_A = 'compares-with-nan src/a.js';
const OF_B = 'duplicate-case src/b.js';

function shop(): CheckedRepository {
  const repository = new CheckedRepository({ 'src/a.js': NAN, 'src/b.js': CASE, 'README.md': README });
  repository.commit('first');
  return repository;
}

describe('the second check of a repository', () => {
  test('tells what is new, known and gone after a real change, from the store of the first', async () => {
    using repository = shop();
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.changes()).toEqual([`new ${OF_A}`, `new ${OF_README}`, `new ${OF_B}`].toSorted());
    expect(repository.report().before).toBeNull();
    const first = repository.report();

    repository.writeAll({ 'src/b.js': 'export const g = (a) => a;\n', 'src/c.js': NAN });
    repository.commit('mend one, break one');
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.changes()).toEqual(
      [`gone ${OF_B}`, `known ${OF_A}`, `known ${OF_README}`, 'new compares-with-nan src/c.js'].toSorted(),
    );
    expect(repository.report().before).toMatchObject({ run: first.run, commit: first.repository.commit });
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.report().past).toEqual([]);
  });

  test('knows code that moved within its file, and calls it new in a file of another name', async () => {
    using repository = shop();
    await repository.waggle('check');
    repository.writeAll({ 'src/a.js': `// Moved down.\n\nexport const z = 1;\n    ${NAN}` });
    repository.git('mv', 'src/b.js', 'src/moved.js');
    repository.commit('move code, rename a file');
    await repository.waggle('check');
    expect(repository.changes()).toEqual(
      [`gone ${OF_B}`, `known ${OF_A}`, `known ${OF_README}`, 'new duplicate-case src/moved.js'].toSorted(),
    );
    expect(repository.report().findings.find(({ file }) => file === 'src/a.js')?.line).toBe(4);
  });

  test('does not call gone what nobody looked for, and knows it when it is looked for again', async () => {
    using repository = shop();
    await repository.waggle('check');
    // Without Markdown the pages are not looked at.
    repository.git('rm', '--quiet', 'README.md');
    repository.commit('no pages');
    await repository.waggle('check');
    expect(repository.changes()).toContain(`not-checked ${OF_README}`);
    repository.writeAll({ 'README.md': README });
    await repository.waggle('check');
    expect(repository.changes()).toEqual([`known ${OF_A}`, `known ${OF_README}`, `known ${OF_B}`].toSorted());
  });

  test('compares with the check before whatever the branch', async () => {
    using repository = shop();
    await repository.waggle('check');
    repository.git('switch', '--quiet', '--create', 'feature');
    repository.writeAll({ 'src/c.js': NAN });
    repository.commit('on the branch');
    await repository.waggle('check');
    expect(repository.changes()).toContain('new compares-with-nan src/c.js');
    expect(repository.report().repository.branch).toBe('feature');
    repository.git('switch', '--quiet', 'main');
    await repository.waggle('check');
    expect(repository.changes()).toContain('gone compares-with-nan src/c.js');
    expect(repository.report().before).toMatchObject({ commit: repository.git('rev-parse', 'feature').trim() });
  });

  test('after --reset-baseline begins anew, trends too', async () => {
    using repository = shop();
    await repository.waggle('check');
    await repository.waggle('check');
    expect(repository.report().trends.find(({ label }) => label === 'files')?.points).toHaveLength(2);
    expect((await repository.waggle('check', '--reset-baseline')).code).toBe(0);
    expect(repository.changes().filter((change) => !change.startsWith('new '))).toEqual([]);
    expect(repository.report()).toMatchObject({ before: null });
    expect(repository.report().trends.find(({ label }) => label === 'files')?.points).toHaveLength(1);
  });

  test('at the same time as another one ends like it, and nothing is left of either', async () => {
    using repository = shop();
    const ended = await Promise.all([repository.waggle('check'), repository.waggle('check')]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const runs = readdirSync(join(repository.root, '.waggle/check')).filter((name) => name !== 'latest');
    expect(runs).toHaveLength(2);
    for (const run of runs)
      expect(repository.report(join(repository.root, '.waggle/check', run)).findings).toHaveLength(3);
    expect(repository.leftOvers()).toEqual([]);
  });
});

/** Sends the signal to a check that has begun and has enough to do to be cut off in the middle. */
async function cutOff(
  repository: ReturnType<typeof shop>,
  signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT',
): ReturnType<typeof repository.start>['ended'] {
  repository.writeAll(
    Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`many/${index}.js`, NAN.repeat(40)])),
  );
  const call = repository.start(['check']);
  await call.says('inventory  starts');
  call.child.kill(signal);
  return call.ended;
}

describe('a check that was cut off', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'by %s leaves nothing behind once the next one has run, and is no baseline',
    async (signal) => {
      using repository = shop();
      const { code } = await cutOff(repository, signal);
      expect(code).toBe(signal === 'SIGKILL' ? null : 130);
      expect(repository.leftOvers()).toHaveLength(1);
      const next = await repository.waggle('check');
      expect(next.code).toBe(0);
      expect(repository.leftOvers()).toEqual([]);
      expect(repository.report().before).toBeNull();
      const runs = readdirSync(join(repository.root, '.waggle/check')).filter((name) => name !== 'latest');
      expect(runs).toEqual([repository.report().run]);
      expect((await repository.waggle('runs', 'list')).stdout).not.toMatch(/running|paused/);
    },
  );

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'by %s is gone on with by runs resume, to its reports',
    async (signal) => {
      using repository = shop();
      await cutOff(repository, signal);
      const resumed = await repository.waggle('runs', 'resume');
      expect(resumed.code).toBe(0);
      expect(resumed.stdout).toMatch(/Report: .*\/report\.html/);
      expect(repository.report().findings).not.toEqual([]);
      expect(repository.leftOvers()).toEqual([]);
      const retried = await repository.waggle('runs', 'retry');
      expect([retried.code, retried.stderr]).toEqual([1, expect.stringContaining('Start a new one: waggle check')]);
    },
  );

  test('does not take from a check that still goes on what it needs', async () => {
    using repository = shop();
    const first = repository.start(['check']);
    await first.says('inventory  starts');
    expect((await repository.waggle('check')).code).toBe(0);
    expect((await first.ended).code).toBe(0);
    expect(existsSync(join(repository.root, '.waggle/check/latest/report.json'))).toBe(true);
  });
});
