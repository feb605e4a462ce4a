import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../test/check/support/reports.ts';
import type { Finding, FindingState, Severity } from '../core/findings/finding.ts';
import { complaintsAbout, planChanges, type PlanContext } from './plan-changes.ts';
import { overlaps } from './sparc/ownership.ts';

const NOTHING: PlanContext = { packages: [], lockFiles: [], others: [], cycles: [], testFiles: [] };

let made = 0;
const confirmed = (over: Partial<Finding> = {}): Finding => {
  made += 1;
  return finding({ id: made.toString(16).padStart(16, '0'), state: 'confirmed', ...over });
};

describe('a plan of changes', () => {
  it('answers confirmed findings alone', () => {
    const states: readonly FindingState[] = ['rejected', 'unconfirmed', 'not-voted'];
    expect(
      planChanges(
        states.map((state) => confirmed({ state, file: `${state}.js` })),
        NOTHING,
      ),
    ).toEqual([]);
  });

  it('puts first what matters most and costs least', () => {
    const plan = planChanges(
      [
        confirmed({ severity: 'low', file: 'low.js' }),
        confirmed({ severity: 'high', kind: 'hot-spot', file: 'hot.js' }),
        confirmed({ severity: 'medium', file: 'medium.js' }),
        confirmed({ severity: 'critical', kind: 'secret', file: 'key.js' }),
      ],
      NOTHING,
    );
    expect(plan.map(({ id, writes, size, role }) => [id, ...writes, size, role])).toEqual([
      ['T1', 'key.js', 'S', 'coder'],
      ['T2', 'medium.js', 'S', 'coder'],
      ['T3', 'hot.js', 'L', 'architect'],
      ['T4', 'low.js', 'S', 'coder'],
    ]);
  });

  it('gives one file to one task, as large as its findings together', () => {
    const findings = [1, 2, 3].map(() => confirmed({ file: 'README.md', kind: 'dead-link', evidence: [] }));
    expect(planChanges(findings, NOTHING)).toEqual([
      {
        id: 'T1',
        title: 'Case stands twice; and 2 more in README.md',
        role: 'coder',
        findingIds: findings.map(({ id }) => id),
        writes: ['README.md'],
        dependsOn: [],
        verify: [`waggle check --fail-on ${findings.map(({ id }) => id).join(',')}`],
        size: 'M',
      },
    ]);
  });

  it('claims every page on which a link is dead, and every file whose tests are off', () => {
    const evidence = ['a.md:1', 'b.md:2', 'a.md:9'].map((ref) => ({ source: 'docs', text: 'Link', ref }));
    const [links] = planChanges([confirmed({ file: 'a.md', kind: 'dead-link', evidence })], NOTHING);
    expect(links?.writes).toEqual(['a.md', 'b.md']);
    const off = ['x.test.js:1', 'y.test.js:2'].map((ref) => ({ source: 'tests-map', text: 'it.skip', ref }));
    const [tests] = planChanges([confirmed({ file: 'x.test.js', kind: 'skipped-tests', evidence: off })], NOTHING);
    expect(tests?.writes).toEqual(['x.test.js', 'y.test.js']);
  });

  it('lets two tasks that touch in a file run one after the other', () => {
    const path = ['src/b.ts', 'src/a.ts'].map((file) => ({ file, line: 1 }));
    const plan = planChanges(
      [confirmed({ file: 'src/a.ts' }), confirmed({ file: 'src/b.ts', kind: 'import-cycle', severity: 'medium' })],
      { ...NOTHING, cycles: [{ path }] },
    );
    expect(plan.map(({ writes, dependsOn, role }) => ({ writes, dependsOn, role }))).toEqual([
      { writes: ['src/a.ts'], dependsOn: [], role: 'coder' },
      { writes: ['src/b.ts', 'src/a.ts'], dependsOn: ['T1'], role: 'architect' },
    ]);
  });

  it('gives manifests to an integrator, and sources without a test to a tester who writes that test', () => {
    const plan = planChanges(
      [
        confirmed({ file: 'package.json', kind: 'unused-dependency' }),
        confirmed({ file: 'src/busy.ts', kind: 'untested-hot-spot' }),
      ],
      { ...NOTHING, testFiles: ['src/a.spec.ts', 'src/b.spec.ts', 'test/c.test.js'] },
    );
    expect(plan.map(({ role, writes }) => [role, ...writes])).toEqual([
      ['integrator', 'package.json'],
      ['tester', 'src/busy.ts', 'src/busy.spec.ts'],
    ]);
  });

  it('mends dependencies in the manifest with its lock file, whatever source shows them', () => {
    const context = { ...NOTHING, lockFiles: ['package-lock.json', 'docs/yarn.lock', 'packages/b/yarn.lock'] };
    const manifest = { source: 'manifests', text: 'It is not there.', ref: 'packages/a/package.json' };
    const use = { source: 'graph', text: 'import of "x"', ref: 'packages/a/src/a.ts:3' };
    const findings = [
      confirmed({ file: 'packages/a/src/a.ts', kind: 'undeclared-dependency', evidence: [use, manifest] }),
      confirmed({ file: 'packages/a/package.json', kind: 'unused-dependency', evidence: [manifest] }),
      confirmed({ file: 'packages/b/package.json', kind: 'unused-dependency', severity: 'low' }),
    ];
    expect(planChanges(findings, context).map(({ role, writes }) => [role, ...writes])).toEqual([
      ['integrator', 'packages/a/package.json', 'package-lock.json'],
      ['integrator', 'packages/b/package.json', 'packages/b/yarn.lock'],
    ]);
  });

  it('mends a lock file together with the manifest beside it', () => {
    const context = { ...NOTHING, packages: [{ dir: '', hasTests: false }], lockFiles: ['yarn.lock'] };
    const plan = planChanges([confirmed({ file: 'yarn.lock', kind: 'known-vulnerability' })], context);
    expect(plan.map(({ writes }) => writes)).toEqual([['yarn.lock', 'package.json']]);
  });

  it('mends actions in every workflow that the evidence names', () => {
    const at = (name: string): string => `.github/workflows/${name}.yml`;
    const evidence = ['a:3', 'b:4', 'a:9'].map((place) => {
      const [name = '', line] = place.split(':');
      return { source: 'ci', text: 'uses: acme/a@v1', ref: `${at(name)}:${line}` };
    });
    const plan = planChanges([confirmed({ file: at('a'), kind: 'unpinned-action', evidence })], NOTHING);
    expect(plan.map(({ writes }) => writes)).toEqual([[at('a'), at('b')]]);
  });

  it('is shown to be done by the check itself and the tests that the repository has', () => {
    const context: PlanContext = {
      ...NOTHING,
      packages: [
        { dir: '', hasTests: true },
        { dir: 'packages/a', hasTests: true },
        { dir: 'packages/b', hasTests: false },
      ],
      lockFiles: ['pnpm-lock.yaml', 'packages/a/yarn.lock'],
      others: ['tool/go.mod'],
    };
    const testOf = (file: string): string | undefined => planChanges([confirmed({ file })], context)[0]?.verify[1];
    expect(testOf('src/a.ts')).toBe('pnpm test');
    expect(testOf('packages/a/src/a.ts')).toBe('cd packages/a && yarn test');
    expect(testOf('packages/b/src/a.ts')).toBe('pnpm test');
    expect(testOf('tool/cmd/main.go')).toBe('cd tool && go test ./...');
    expect(testOf('other/main.go')).toBeUndefined();
    expect(testOf('README.md')).toBeUndefined();
  });

  it('claims the folder around a name that looks like a pattern, and leaves out what nobody can claim', () => {
    const plan = planChanges(
      ['src/a*.js', 'b?.js', '../c.js', ''].map((file) => confirmed({ file })),
      NOTHING,
    );
    expect(plan.map(({ writes }) => writes)).toEqual([['src/']]);
  });

  it('has at most 20 tasks', () => {
    const findings = Array.from({ length: 50 }, (_, index) => confirmed({ file: `${index}.js` }));
    expect(planChanges(findings, NOTHING)).toHaveLength(20);
  });

  it('can run as it stands, whatever was found', () => {
    const name = fc.constantFrom(
      'a',
      'A',
      'b',
      'src',
      'lib',
      '..',
      '.git',
      '*',
      'c\\d',
      '[x]',
      'package.json',
      ' ',
      "it's",
    );
    const path = fc.array(name, { maxLength: 4 }).map((parts) => parts.join('/'));
    const kind = fc.constantFrom('secret', 'import-cycle', 'duplicate-code', 'untested-hot-spot', 'hot-spot', 'else');
    const severity = fc.constantFrom<Severity>('critical', 'high', 'medium', 'low');
    const state = fc.constantFrom<FindingState>('confirmed', 'confirmed', 'confirmed', 'rejected', 'unconfirmed');
    const evidence = fc.array(
      path.map((ref) => ({ source: 'x', text: 'x', ref: `${ref}:3` })),
      { maxLength: 3 },
    );
    const findings = fc.array(fc.record({ file: path, kind, severity, state, evidence }), { maxLength: 60 });
    const cycles = fc.array(fc.array(path.map((file) => ({ file, line: 1 }))).map((way) => ({ path: way })));
    fc.assert(
      fc.property(findings, cycles, fc.array(path), (found, ways, testFiles) => {
        expectSound(found.map(confirmed), { ...NOTHING, cycles: ways, testFiles });
      }),
      { numRuns: 500 },
    );
  });
});

/** By a walk of its own over `dependsOn`, which leads to earlier tasks only: so there is no cycle either. */
function expectNoUnorderedWriters(plan: ReturnType<typeof planChanges>): void {
  const before = new Map<string, Set<string>>();
  for (const task of plan) {
    expect(task.dependsOn.filter((id) => !before.has(id))).toEqual([]);
    const all = new Set(task.dependsOn.flatMap((id) => [id, ...(before.get(id) ?? [])]));
    for (const other of plan.slice(0, plan.indexOf(task))) {
      const isClash = task.writes.some((path) => other.writes.some((claim) => overlaps(path, claim)));
      expect(isClash && !all.has(other.id)).toBe(false);
    }
    before.set(task.id, all);
  }
}

function expectSound(findings: readonly Finding[], context: PlanContext): void {
  const plan = planChanges(findings, context);
  expect(complaintsAbout(plan, findings)).toEqual([]);
  expectNoUnorderedWriters(plan);
  const planned = plan.flatMap(({ findingIds }) => findingIds);
  expect(new Set(planned).size).toBe(planned.length);
  const known = new Set(findings.filter(({ state }) => state === 'confirmed').map(({ id }) => id));
  expect(planned.filter((id) => !known.has(id))).toEqual([]);
}
