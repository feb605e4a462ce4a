import { describe, expect, it } from 'vitest';
import type { CheckFacts } from '../core/findings/check-facts.ts';
import { planCheck, type CheckPlan } from './check.ts';

const FULL: CheckFacts = {
  root: '/project',
  name: 'project',
  git: 'full',
  rootCommit: 'a'.repeat(40),
  files: 500,
  parsed: { files: 300, bytes: 1_500_000 },
  manifests: 2,
  locks: 1,
  ci: 1,
  linter: '/usr/bin/oxlint',
  hasAudit: true,
  isOnline: true,
  docs: 3,
  tests: 40,
};
const OPTIONS = { data: '/project/.waggle/check/r1/data', run: 'r1', checkedAtMs: 1, cores: 2 };

const names = ({ tasks }: CheckPlan): readonly string[] => tasks.map(({ name }) => name);
const needsOf = ({ tasks }: CheckPlan, name: string): readonly string[] =>
  tasks.find((task) => task.name === name)?.needs ?? [];

const rolesAble = ({ agents }: CheckPlan, requires: readonly string[]): readonly string[] =>
  agents.filter(({ capabilities }) => requires.every((one) => capabilities.includes(one))).map(({ role }) => role);

describe('the plan of a check', () => {
  it('has every task where the repository has everything, and skips nothing', () => {
    const plan = planCheck(FULL, OPTIONS);
    expect(names(plan)).toEqual([
      'inventory',
      'manifests',
      'history',
      'parse.0',
      'parse.1',
      'graph',
      'hotspots',
      'duplication',
      'secrets',
      'risky-code',
      'docs',
      'hygiene',
      'supply-chain',
      'advisories',
      'ci',
      'lint',
      'tests-map',
      'propose',
      'vote.shape',
      'vote.context',
      'vote.history',
      'vote.tests',
      'vote.blast-radius',
      'plan',
      'report',
    ]);
    expect(plan.notChecked).toEqual([]);
  });

  it('names in needs only tasks that come before', () => {
    for (const git of ['none', 'no-commits', 'shallow', 'full'] as const) {
      for (const facts of [
        FULL,
        { ...FULL, manifests: 0, docs: 0, tests: 0 },
        { ...FULL, parsed: { files: 0, bytes: 0 } },
      ]) {
        const seen = new Set<string>();
        for (const { name, needs } of planCheck({ ...facts, git }, OPTIONS).tasks) {
          expect(needs.filter((need) => !seen.has(need))).toEqual([]);
          seen.add(name);
        }
      }
    }
  });

  it('parses in 1 to 8 parts, by size', () => {
    const shardsOf = (files: number, bytes: number): number =>
      planCheck({ ...FULL, parsed: { files, bytes } }, OPTIONS).shards;
    expect([
      shardsOf(0, 0),
      shardsOf(1, 10),
      shardsOf(1, 9e7),
      shardsOf(900, 9e5),
      shardsOf(900, 9e5 + 1),
      shardsOf(9_000, 9e7),
    ]).toEqual([0, 1, 1, 1, 2, 8]);
  });

  it('leaves out a need that is not there', () => {
    const plan = planCheck({ ...FULL, manifests: 0, git: 'none' }, OPTIONS);
    expect(needsOf(plan, 'graph')).toEqual(['parse.0', 'parse.1']);
    expect(needsOf(plan, 'tests-map')).toEqual(['inventory', 'parse.0', 'parse.1', 'graph']);
    expect(plan.notChecked.map(({ task, reason }) => `${task}: ${reason}`)).toEqual([
      'history: no-git',
      'hotspots: no-git',
      'manifests: no-manifest',
    ]);
  });

  it('says of everything that it leaves out what would check it', () => {
    const bare = planCheck(
      { ...FULL, git: 'shallow', parsed: { files: 0, bytes: 0 }, manifests: 0, docs: 0, tests: 0 },
      OPTIONS,
    );
    expect(bare.notChecked.map(({ task }) => task)).toEqual([
      'history',
      'hotspots',
      'manifests',
      'parse',
      'graph',
      'tests-map',
      'docs',
    ]);
    expect(bare.notChecked.every(({ what, fix }) => what.length > 10 && fix.length > 10)).toBe(true);
  });

  const fixOf = (task: string, more: Partial<CheckFacts>): string => {
    const { hasAudit: _, ...rest } = FULL;
    return planCheck({ ...rest, ...more }, OPTIONS).notChecked.find((one) => one.task === task)?.fix ?? '';
  };

  it.each([
    [{ ecosystems: ['Ruby'] }, 'There is no Gemfile.lock in git'],
    [{ ecosystems: ['PHP'] }, 'There is no composer.lock in git'],
    [{ ecosystems: ['Maven'] }, 'Maven has no lock file'],
    [{ ecosystems: ['Python'] }, 'There is no uv.lock'],
    [{ ecosystems: ['npm'] }, 'npm install'],
    [{ ecosystems: [] }, 'There is no lock file of a package manager that is known here.'],
    [{ ecosystems: ['npm'], keepsNone: '.npmrc has package-lock=false' }, 'keeps no lock file on purpose: .npmrc has'],
    [{ ecosystems: ['npm'], otherLocks: ['docs/package-lock.json'] }, 'docs/package-lock.json'],
  ] as const)('speaks of a missing lock file in the words of the project: %j', (some, words) => {
    const packaging = { locks: [], otherLocks: [], ...some };
    const fix = fixOf('supply-chain', { locks: 0, packaging });
    expect(fix).toContain(words);
    if (!some.ecosystems.some((one) => one === 'npm')) expect(fix).not.toContain('npm');
  });

  it.each([
    [['Cargo.lock'], [], 'Only npm, pnpm and Yarn 1 are asked here. Run it yourself: "cargo audit".'],
    [['Gemfile.lock', 'api/composer.lock'], [], 'Run it yourself: "bundle audit", "composer audit" in api/.'],
    [['web/package-lock.json'], [], 'Only a lock file at the top of the project is asked about'],
    [['go.sum'], ['docs/package-lock.json'], 'Run it yourself: "govulncheck ./...".'],
  ])('names the audit that fits alone: %j %j', (locks, otherLocks, words) => {
    const packaging = { ecosystems: [], locks, otherLocks };
    const fix = fixOf('advisories', { locks: locks.length, packaging });
    expect(fix).toContain(words);
    expect(fix).not.toContain('pip-audit');
  });

  it('does not speak of audits where only samples have a lock file', () => {
    const packaging = { ecosystems: [], locks: [], otherLocks: ['examples/composer.lock'] };
    expect(fixOf('advisories', { locks: 0, packaging })).toBe('');
  });

  it('has an agent for each task, whatever their number, and no more agents than asked for', () => {
    for (let agents = 1; agents <= 20; agents += 1) {
      const plan = planCheck(FULL, { ...OPTIONS, agents });
      expect(plan.agents.reduce((sum, { count }) => sum + count, 0)).toBe(agents);
      for (const { requires } of plan.tasks) {
        expect(rolesAble(plan, requires)).not.toEqual([]);
      }
    }
  });

  it('has two agents for each core', () => {
    expect(planCheck(FULL, { ...OPTIONS, cores: 3 }).agents.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });

  it('keeps work apart by role: no researcher searches for secrets', () => {
    const plan = planCheck(FULL, OPTIONS);
    const secrets = plan.tasks.find(({ name }) => name === 'secrets');
    expect(rolesAble(plan, secrets?.requires ?? [])).toEqual(['security-reviewer']);
  });

  it('ends with the order, the plan and the report even when a task before them has failed', () => {
    const { tasks } = planCheck(FULL, OPTIONS);
    expect(tasks.filter(({ when }) => when === 'always').map(({ name }) => name)).toEqual([
      'graph',
      'hotspots',
      'risky-code',
      'docs',
      'supply-chain',
      'lint',
      'tests-map',
      'propose',
      'plan',
      'report',
    ]);
  });

  it('tells each part of the sources which one it is', () => {
    const { tasks } = planCheck(FULL, OPTIONS);
    const inputs = tasks
      .filter(({ type }) => type === 'check:parse')
      .map(({ work }) => (work.kind === 'function' ? work.input : undefined));
    expect(inputs).toMatchObject([
      { shard: 0, shards: 2 },
      { shard: 1, shards: 2 },
    ]);
  });
});
