import { describe, expect, it } from 'vitest';
import { checkPlan } from './plan-gate.ts';
import type { Architecture, Criterion, PlannedTask, Pseudocode, Specification } from './types.ts';

const criterion: Criterion = {
  id: 'R1.1',
  given: 'a title',
  when: 'slugify("A b")',
  expected: 'returns "a-b"',
  check: 'test',
  how: 'slug joins words',
};
const specification: Specification = {
  title: 'slug',
  problem: 'titles cannot be used in addresses',
  goals: ['a slug for every title'],
  nonGoals: ['no transliteration'],
  assumptions: [],
  openQuestions: [],
  requirements: [{ id: 'R1', text: 'slugify', kind: 'functional', priority: 'must', criteria: [criterion] }],
  risks: [],
};
const pseudocode: Pseudocode = {
  types: [],
  units: [
    {
      id: 'U1',
      name: 'slugify',
      purpose: 'title to slug',
      requirementIds: ['R1'],
      inputs: ['title'],
      output: 'slug',
      steps: ['lower case', 'join words by "-"'],
      errors: [],
      edgeCases: [{ case: 'empty title', expected: 'empty slug' }],
      tests: [{ name: 'slug joins words', criterionId: 'R1.1' }],
    },
  ],
};

function planned(id: string, changes: Partial<PlannedTask>): PlannedTask {
  return {
    id,
    title: id,
    role: 'coder',
    requirementIds: ['R1'],
    criterionIds: [],
    moduleIds: [],
    writes: [`src/${id}.ts`],
    reads: [],
    dependsOn: [],
    verify: ['npm test'],
    size: 'S',
    ...changes,
  };
}

const contracts = planned('T0', { role: 'architect', writes: ['src/types.ts'] });
const library = planned('T1', {
  writes: ['src/slug/'],
  moduleIds: ['M1'],
  dependsOn: ['T0'],
  criterionIds: ['R1.1'],
});
const commandLine = planned('T2', { writes: ['src/cli/main.ts'], moduleIds: ['M2'], dependsOn: ['T0'] });

function plan(tasks: readonly PlannedTask[], changes: Partial<Architecture> = {}): Architecture {
  const module = { responsibility: 'r', owns: [], unitIds: [], dependsOn: [], exports: [] };
  return {
    decisions: [],
    modules: [
      { ...module, id: 'M1', unitIds: ['U1'] },
      { ...module, id: 'M2', dependsOn: ['M1'] },
    ],
    contracts: [
      { id: 'C1', provider: 'M1', consumers: ['M2'], kind: 'function', file: 'src/types.ts', signature: '(s) => s' },
    ],
    tasks,
    ...changes,
  };
}
const good = plan([contracts, library, commandLine]);
const complaintsOf = (architecture: Architecture): string =>
  checkPlan(specification, pseudocode, architecture).join(' | ');

describe('G3 plan', () => {
  it('a good plan passes', () => expect(complaintsOf(good)).toBe(''));

  it('a cycle is shown as a path', () =>
    expect(complaintsOf(plan([{ ...contracts, dependsOn: ['T1'] }, library, commandLine]))).toMatch(/T0 > T1 > T0/));

  it('two parallel writers of one file are refused; one after the other is fine', () => {
    const clash = { ...commandLine, writes: ['src/slug/index.ts'] };
    expect(complaintsOf(plan([contracts, library, clash]))).toMatch(/T1 and T2 may run at the same time/);
    expect(complaintsOf(plan([contracts, library, { ...clash, dependsOn: ['T1'] }]))).toBe('');
    expect(complaintsOf(plan([contracts, { ...library, dependsOn: ['T0', 'T2'] }, clash]))).toBe('');
  });

  it('a user of a contract waits for its writer', () =>
    expect(complaintsOf(plan([contracts, library, { ...commandLine, dependsOn: [] }]))).toMatch(/does not wait/));

  it('a contract file needs a writer', () =>
    expect(complaintsOf(plan([{ ...contracts, writes: ['src/a.ts'] }, library, commandLine]))).toMatch(
      /nobody writes/,
    ));

  it('a must criterion needs a task', () =>
    expect(complaintsOf(plan([contracts, { ...library, criterionIds: [] }, commandLine]))).toMatch(/no task answers/));

  it('manifests belong to the integrator', () => {
    const claim = { ...commandLine, writes: ['package.json'] };
    expect(complaintsOf(plan([contracts, library, claim]))).toMatch(/only an integrator/);
    expect(complaintsOf(plan([contracts, library, { ...claim, role: 'integrator' }]))).toBe('');
  });

  it('unknown ids, missing verify commands and useless tasks are all named at once', () => {
    const broken = planned('T3', { requirementIds: [], dependsOn: ['T9'], verify: [], writes: ['../x'] });
    expect(complaintsOf(plan([contracts, library, commandLine, broken])).split(' | ').length).toBe(4);
  });

  it('every unit has a module', () =>
    expect(complaintsOf(plan(good.tasks, { modules: good.modules.map((m) => ({ ...m, unitIds: [] })) }))).toMatch(
      /U1/,
    ));
});
