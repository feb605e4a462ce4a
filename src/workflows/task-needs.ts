import { nearestName } from '../util/nearest-name.ts';
import type { WorkflowDefinition } from './definition.ts';
import { didYouMean, type Findings } from './diagnostics.ts';
import type { TaskNode } from './expand-tasks.ts';

/** Names of one cycle that a message shows. */
const MOST_SHOWN = 20;
/** Steps that all questions of `dependsOn` together may take. */
const MOST_STEPS = 5_000_000;

/** Who waits for whom, by the names of the definition. */
export class TaskNeeds {
  /** Names of the definition and of cells: the tasks of the run that they stand for. */
  readonly #nodes = new Map<string, TaskNode[]>();
  /** What each task of the definition needs, by names of the definition, each once. */
  readonly #needs = new Map<string, readonly string[]>();

  #steps = 0;

  constructor(definition: WorkflowDefinition, nodes: readonly TaskNode[]) {
    for (const node of nodes) {
      const cells = this.#nodes.get(node.base);
      if (cells === undefined) this.#nodes.set(node.base, [node]);
      else cells.push(node);
      if (node.name !== node.base) this.#nodes.set(node.name, [node]);
    }
    for (const base of Object.keys(definition.tasks)) if (!this.#nodes.has(base)) this.#nodes.set(base, []);
    for (const [base, { needs = [] }] of Object.entries(definition.tasks)) {
      const needed = needs.map((need) => this.baseOf(need)).filter((need) => need !== undefined);
      this.#needs.set(base, needed.length < 2 ? needed : [...new Set(needed)]);
    }
  }

  /** Every name that `needs` and expressions may use. */
  get names(): Iterable<string> {
    return this.#nodes.keys();
  }

  /** The tasks of the run that a name stands for; undefined when nothing has that name. */
  nodesOf(name: string): readonly TaskNode[] | undefined {
    return this.#nodes.get(name);
  }

  /** The task of the definition that a name belongs to. */
  baseOf(name: string): string | undefined {
    const nodes = this.#nodes.get(name);
    return nodes === undefined ? undefined : (nodes[0]?.base ?? name);
  }

  directNeeds(base: string): readonly string[] {
    return this.#needs.get(base) ?? [];
  }

  /**
   * Whether `base` waits for `other`, directly or not. In a huge graph with very many questions the answer
   * becomes yes: what is asked here shows at run time too, only later.
   */
  dependsOn(base: string, other: string): boolean {
    const seen = new Set<string>();
    const open = [...this.directNeeds(base)];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      this.#steps += 1;
      if (next === other || this.#steps > MOST_STEPS) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...this.directNeeds(next));
    }
    return false;
  }
}

/** Unknown names and cycles. `known`: tasks that had to be left out, so that naming them is no second mistake. */
export function checkNeeds(
  definition: WorkflowDefinition,
  needs: TaskNeeds,
  known: ReadonlySet<string>,
  findings: Findings,
): void {
  for (const [base, task] of Object.entries(definition.tasks)) {
    for (const [index, need] of (task.needs ?? []).entries()) {
      if (needs.nodesOf(need) !== undefined || known.has(need)) continue;
      findings.error({
        code: 'WORKFLOW_NEED_UNKNOWN',
        path: ['tasks', base, 'needs', index],
        message: `Task "${base}" needs "${need}", but there is no such task.`,
        fix: `Name a task of this workflow.${didYouMean(nearestName(need, needs.names))}`,
      });
    }
  }
  for (const cycle of findCycles(Object.keys(definition.tasks), (base) => needs.directNeeds(base))) {
    const [first = '', second = first] = cycle;
    const index = (definition.tasks[first]?.needs ?? []).findIndex((need) => needs.baseOf(need) === second);
    findings.error({
      code: 'WORKFLOW_CYCLE',
      path: ['tasks', first, 'needs', Math.max(0, index)],
      message: `These tasks wait for each other: ${showCycle(cycle)}.`,
      fix: 'Take one of these needs away.',
    });
  }
}

/**
 * One cycle of every group of tasks that wait for each other, as the names on it, in the order of `needs`.
 * Linear: Tarjan's strongly connected components without recursion, then a walk inside each.
 */
export function findCycles(
  names: readonly string[],
  needsOf: (name: string) => readonly string[],
): readonly (readonly string[])[] {
  return stronglyConnected(names, needsOf)
    .filter(([first = '', ...others]) => others.length > 0 || needsOf(first).includes(first))
    .map((group) => walkIn(new Set(group), needsOf));
}

type Visit = { name: string; needs: readonly string[]; next: number; order: number; lowest: number };

function stronglyConnected(
  names: readonly string[],
  needsOf: (name: string) => readonly string[],
): readonly (readonly string[])[] {
  const groups: (readonly string[])[] = [];
  const visits = new Map<string, Visit>();
  const pending: Visit[] = [];
  const isPending = new Set<string>();
  const open = (name: string): Visit => {
    const visit = { name, needs: needsOf(name), next: 0, order: visits.size, lowest: visits.size };
    visits.set(name, visit);
    pending.push(visit);
    isPending.add(name);
    return visit;
  };
  const close = (visit: Visit): void => {
    if (visit.lowest < visit.order) return;
    const group = pending.splice(pending.lastIndexOf(visit));
    for (const { name } of group) isPending.delete(name);
    groups.push(group.map(({ name }) => name));
  };
  for (const name of names) if (!visits.has(name)) visitFrom(open(name), { visits, isPending, open, close });
  return groups;
}

type Walk = Readonly<{
  visits: ReadonlyMap<string, Visit>;
  isPending: ReadonlySet<string>;
  open: (name: string) => Visit;
  close: (visit: Visit) => void;
}>;

function visitFrom(root: Visit, { visits, isPending, open, close }: Walk): void {
  const path = [root];
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const need = visit.needs[visit.next];
    visit.next += 1;
    if (need === undefined) {
      close(visit);
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.lowest = Math.min(parent.lowest, visit.lowest);
      continue;
    }
    const known = visits.get(need);
    if (known === undefined) path.push(open(need));
    else if (isPending.has(need)) visit.lowest = Math.min(visit.lowest, known.order);
  }
}

/** Inside a group every task has a need in it, so a walk must come back to where it was. */
function walkIn(group: ReadonlySet<string>, needsOf: (name: string) => readonly string[]): readonly string[] {
  const [first = ''] = group;
  const walked = new Set<string>();
  let name = first;
  while (!walked.has(name)) {
    walked.add(name);
    name = needsOf(name).find((need) => group.has(need)) ?? first;
  }
  const path = [...walked];
  return path.slice(path.indexOf(name));
}

/** `a → b → a`; a long one is cut in the middle. */
function showCycle(cycle: readonly string[]): string {
  const [first = ''] = cycle;
  const shown = cycle.length <= MOST_SHOWN ? cycle : [...cycle.slice(0, MOST_SHOWN), `… (${cycle.length} tasks)`];
  return [...shown, first].join(' → ');
}
