import { ancestors, duplicates, order, type Dependencies } from './graph.ts';
import { isSharedFile, overlaps, owns, pathProblem } from './ownership.ts';
import type { Architecture, Complaints, Contract, PlannedTask, Pseudocode, Specification } from './types.ts';

/** What the gate looks at: a plan that was not made in phases has requirements and tasks, and nothing else. */
type Wanted = Pick<Specification, 'requirements'>;
type Units = Pick<Pseudocode, 'units'>;
type Plan = Pick<Architecture, 'modules' | 'contracts' | 'tasks'>;

/** A plan of more tasks is split into runs; it also bounds the pairwise overlap check. */
const MAX_PLANNED_TASKS = 200;

type Waits = (task: string, other: string) => boolean;

/** G3: is the plan a graph that can run in parallel without two writers on one file? */
export function checkPlan(specification: Wanted, pseudocode: Units, architecture: Plan): Complaints {
  const references = [
    ...checkReferences(specification, pseudocode, architecture),
    ...architecture.tasks.flatMap(checkTask),
  ];
  if (references.length > 0) return references;
  const tasks = order(dependenciesOf(architecture.tasks));
  const modules = order(dependenciesOf(architecture.modules));
  if ('cycle' in tasks) return [`tasks wait for each other: ${tasks.cycle.join(' > ')}`];
  if ('cycle' in modules) return [`modules depend on each other: ${modules.cycle.join(' > ')}`];
  const before = ancestors(dependenciesOf(architecture.tasks), tasks.sorted);
  const waits: Waits = (task, other) => before.get(task)?.has(other) ?? false;
  return [
    ...checkWriters(architecture.tasks, waits),
    ...architecture.contracts.flatMap((contract) => checkContract(contract, architecture.tasks, waits)),
    ...checkCoverage(specification, pseudocode, architecture),
  ];
}

function dependenciesOf(
  nodes: readonly { readonly id: string; readonly dependsOn: readonly string[] }[],
): Dependencies {
  return new Map(nodes.map((node) => [node.id, node.dependsOn]));
}

/** Every id that is named exists, and no id is used twice. */
function checkReferences(specification: Wanted, pseudocode: Units, { tasks, modules, contracts }: Plan): Complaints {
  const requirementIds = specification.requirements.map((requirement) => requirement.id);
  const criterionIds = specification.requirements.flatMap((requirement) => requirement.criteria.map(({ id }) => id));
  const unitIds = pseudocode.units.map((unit) => unit.id);
  const taskIds = tasks.map((task) => task.id);
  const moduleIds = modules.map((module) => module.id);
  return [
    ...duplicates(taskIds, 'task'),
    ...duplicates(moduleIds, 'module'),
    ...duplicates(
      contracts.map((contract) => contract.id),
      'contract',
    ),
    ...(tasks.length > MAX_PLANNED_TASKS ? [`${tasks.length} tasks, at most ${MAX_PLANNED_TASKS}`] : []),
    ...tasks.flatMap((task) => [
      ...unknown(task.id, task.dependsOn, taskIds, 'task'),
      ...unknown(task.id, task.requirementIds, requirementIds, 'requirement'),
      ...unknown(task.id, task.criterionIds, criterionIds, 'criterion'),
      ...unknown(task.id, task.moduleIds, moduleIds, 'module'),
    ]),
    ...modules.flatMap((module) => [
      ...unknown(module.id, module.dependsOn, moduleIds, 'module'),
      ...unknown(module.id, module.unitIds, unitIds, 'unit'),
    ]),
    ...contracts.flatMap((contract) =>
      unknown(contract.id, [contract.provider, ...contract.consumers], moduleIds, 'module'),
    ),
  ];
}

function unknown(who: string, named: readonly string[], known: readonly string[], what: string): Complaints {
  return named.filter((name) => !known.includes(name)).map((name) => `${who} names unknown ${what} ${name}`);
}

/** What one task must say by itself. */
function checkTask(task: PlannedTask): Complaints {
  const complaints: string[] = [];
  if (task.writes.length === 0) complaints.push(`${task.id} writes nothing`);
  if (task.verify.length === 0) complaints.push(`${task.id} has no verify command`);
  if (task.requirementIds.length === 0) complaints.push(`${task.id} serves no requirement`);
  for (const path of task.writes) {
    const problem = pathProblem(path);
    if (problem !== null) complaints.push(`${task.id} claims "${path}": ${problem}`);
    else if (isSharedFile(path) && task.role !== 'integrator') {
      complaints.push(`${task.id} claims ${path}, which only an integrator task writes`);
    }
  }
  return complaints;
}

/** Two tasks of which neither waits for the other must not write the same file. */
function checkWriters(tasks: readonly PlannedTask[], waits: Waits): Complaints {
  const complaints: string[] = [];
  for (const [index, task] of tasks.entries()) {
    for (const other of tasks.slice(index + 1)) {
      if (waits(task.id, other.id) || waits(other.id, task.id)) continue;
      const clash = task.writes.find((path) => other.writes.some((claim) => overlaps(path, claim)));
      if (clash !== undefined) {
        complaints.push(`${task.id} and ${other.id} may run at the same time and both write ${clash}`);
      }
    }
  }
  return complaints;
}

/** A contract file is written before anybody builds on it. */
function checkContract(contract: Contract, tasks: readonly PlannedTask[], waits: Waits): Complaints {
  const writers = tasks.filter((task) => owns(task.writes, contract.file));
  if (writers.length === 0) return [`nobody writes contract file ${contract.file}`];
  const parties = new Set([contract.provider, ...contract.consumers]);
  return tasks
    .filter((task) => !writers.includes(task) && task.moduleIds.some((id) => parties.has(id)))
    .filter((task) => !writers.some((writer) => waits(task.id, writer.id)))
    .map((task) => `${task.id} uses contract ${contract.id} but does not wait for the task that writes it`);
}

/** Nothing that must be delivered is left without a task or a module. */
function checkCoverage(specification: Wanted, pseudocode: Units, { tasks, modules }: Plan): Complaints {
  const answered = new Set(tasks.flatMap((task) => task.criterionIds));
  const placed = new Set(modules.flatMap((module) => module.unitIds));
  const musts = specification.requirements.filter((requirement) => requirement.priority === 'must');
  const open = musts.flatMap((requirement) => requirement.criteria).filter((criterion) => !answered.has(criterion.id));
  return [
    ...open.map((criterion) => `no task answers for ${criterion.id}`),
    ...pseudocode.units.filter((unit) => !placed.has(unit.id)).map((unit) => `no module holds unit ${unit.id}`),
  ];
}
