import type { ImportCycle, PlannedChange } from '../core/findings/check-report.ts';
import type { Finding, Severity } from '../core/findings/finding.ts';
import { assert } from '../util/assert.ts';
import { isSharedFile, overlaps, pathProblem } from './sparc/ownership.ts';
import { checkPlan } from './sparc/plan-gate.ts';
import type { Complaints, Priority } from './sparc/types.ts';
import { testCommandFor, type PackageFacts } from './test-command.ts';
import { testFileFor } from './test-file.ts';

/** What is known of a repository when changes to it are planned. */
export type PlanContext = PackageFacts &
  Readonly<{
    /** Import cycles, each with one way around. */
    cycles: readonly Pick<ImportCycle, 'path'>[];
    /** Every test file there is. */
    testFiles: readonly string[];
  }>;

/** Tasks of one plan. The findings beyond wait for the next check. */
const MAX_TASKS = 20;
/** Files that one task claims. */
const MAX_WRITES = 8;

/** What a finding of a kind costs, in points; 1 for those not named: a few lines in one place. */
const POINTS: ReadonlyMap<string, number> = new Map([
  ['missing-import', 3],
  ['complex-function', 3],
  ['untested-hot-spot', 3],
  ['duplicate-code', 5],
  ['import-cycle', 5],
  ['hot-spot', 8],
]);
const MOST_POINTS = { S: 2, M: 7 } as const;

const WEIGHT: Readonly<Record<Severity, number>> = { critical: 40, high: 10, medium: 4, low: 1 };
const EASE: Readonly<Record<PlannedChange['size'], number>> = { S: 3, M: 2, L: 1 };
const PRIORITY: Readonly<Record<Severity, Priority>> = {
  critical: 'must',
  high: 'must',
  medium: 'should',
  low: 'could',
};

const OF_TESTER = new Set(['untested-hot-spot', 'focused-test', 'skipped-tests']);
const OF_ARCHITECT = new Set(['import-cycle', 'duplicate-code', 'hot-spot']);

/** Mended in a manifest, and with it in the lock file. */
const OF_MANIFEST = new Set([
  'undeclared-dependency',
  'unused-dependency',
  'dependency-twice',
  'unpinned-git-source',
  'lock-out-of-step',
  'known-vulnerability',
]);
/** One finding for many files: mended in each that its evidence names. */
const OF_MANY_FILES = new Set([
  'unpinned-action',
  'outdated-action',
  'unstated-rights',
  'failure-ignored',
  'duplicate-code',
  'dead-link',
  'skipped-tests',
]);
const LOCK_NAMES = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
]);

type Draft = Omit<PlannedChange, 'id' | 'dependsOn'>;

/**
 * Confirmed findings as tasks, the first to do first: severity × ease. One task per file, because two tasks must not
 * write the same one side by side; those that touch in a second file wait for each other. Size: the points of the
 * findings together, up to 2 S, up to 7 M, else L. At most 20 tasks. Left out: findings whose file nobody can claim.
 */
export function planChanges(findings: readonly Finding[], context: PlanContext): readonly PlannedChange[] {
  const confirmed = findings.filter(({ state }) => state === 'confirmed');
  const drafts = [...Map.groupBy(confirmed, mendedIn).values()]
    .map((group) => draftOf(group, context))
    .filter((one) => one !== undefined)
    .toSorted((a, b) => b.worth - a.worth)
    .slice(0, MAX_TASKS)
    .map(({ draft }) => draft);
  const changes = drafts.map((draft, index) => ({
    ...draft,
    id: `T${index + 1}`,
    dependsOn: drafts.flatMap((other, place) => (place < index && clash(draft, other) ? [`T${place + 1}`] : [])),
  }));
  const complaints = complaintsAbout(changes, confirmed);
  assert(complaints.length === 0, `a plan that cannot run: ${complaints.join('; ')}`);
  return changes;
}

function draftOf(
  group: readonly Finding[],
  context: PlanContext,
): Readonly<{ draft: Draft; worth: number }> | undefined {
  const [first] = group;
  const own = first === undefined ? undefined : claimOf(mendedIn(first));
  if (first === undefined || own === undefined) return undefined;
  const others = group.flatMap((finding) => otherFiles(finding, context)).flatMap((file) => claimOf(file) ?? []);
  const writes = [...new Set([own, ...others])].slice(0, MAX_WRITES);
  const size = sizeOf(group);
  const draft: Draft = {
    title: titleOf(first, group.length - 1),
    role: roleOf(group, writes),
    findingIds: group.map(({ id }) => id),
    writes,
    verify: verifyOf(group, context),
    size,
  };
  return { draft, worth: Math.max(...group.map(({ severity }) => WEIGHT[severity])) * EASE[size] };
}

/** Where the answer to a finding is written: for an import that no manifest names, in that manifest. */
function mendedIn({ kind, file, evidence }: Finding): string {
  const manifests = evidence.flatMap(({ ref = '' }) => (isManifest(ref) ? [ref] : []));
  return kind === 'undeclared-dependency' ? (manifests[0] ?? file) : file;
}

function isManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path);
}

/** The file itself, or the nearest folder around it that can be claimed; undefined for the whole repository. */
function claimOf(file: string): string | undefined {
  const folders = file.split('/').map((_, index, parts) => `${parts.slice(0, parts.length - 1 - index).join('/')}/`);
  return [file, ...folders].find((path) => pathProblem(path) === null);
}

/** Where else the answer to a finding is written. */
function otherFiles(finding: Finding, context: PlanContext): readonly string[] {
  const { cycles, testFiles } = context;
  if (OF_MANIFEST.has(finding.kind)) return manifestAndLock(finding, context);
  if (OF_MANY_FILES.has(finding.kind)) return filesOfEvidence(finding);
  switch (finding.kind) {
    case 'import-cycle': {
      const ways = cycles.map(({ path }) => path.map(({ file }) => file));
      return ways.find((way) => way.includes(finding.file)) ?? [];
    }
    case 'untested-hot-spot':
      return [testFileFor(finding.file, testFiles)];
    default:
      return [];
  }
}

function filesOfEvidence({ evidence }: Finding): readonly string[] {
  return evidence.flatMap(({ ref }) => (ref === undefined ? [] : [ref.replace(/:\d+$/, '')]));
}

/** The manifests that the finding names, or the one beside its lock file; and the nearest lock file upwards of each. */
function manifestAndLock(finding: Finding, { packages, lockFiles }: PlanContext): readonly string[] {
  const file = mendedIn(finding);
  const named = [file, ...filesOfEvidence(finding)].filter(isManifest);
  const dir = folderOf(file);
  const beside = LOCK_NAMES.has(nameOf(file)) && packages.some((one) => one.dir === dir) ? [inside(dir)] : [];
  const manifests = named.length > 0 ? named : beside;
  return [...manifests, ...manifests.flatMap((manifest) => nearestLocks(folderOf(manifest), lockFiles))];
}

function nearestLocks(dir: string, lockFiles: readonly string[]): readonly string[] {
  const locks = lockFiles.filter((path) => LOCK_NAMES.has(nameOf(path)));
  const around = locks.filter((path) => folderOf(path) === '' || `${dir}/`.startsWith(`${folderOf(path)}/`));
  const nearest = Math.max(...around.map((path) => folderOf(path).length));
  return around.filter((path) => folderOf(path).length === nearest);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function inside(dir: string): string {
  return dir === '' ? 'package.json' : `${dir}/package.json`;
}

function sizeOf(group: readonly Finding[]): PlannedChange['size'] {
  const points = group.reduce((sum, { kind }) => sum + (POINTS.get(kind) ?? 1), 0);
  if (points <= MOST_POINTS.S) return 'S';
  return points <= MOST_POINTS.M ? 'M' : 'L';
}

function roleOf(group: readonly Finding[], writes: readonly string[]): PlannedChange['role'] {
  if (writes.some(isSharedFile)) return 'integrator';
  if (group.some(({ kind }) => OF_ARCHITECT.has(kind))) return 'architect';
  return group.every(({ kind }) => OF_TESTER.has(kind)) ? 'tester' : 'coder';
}

/** The findings are gone, and the tests of their package still pass. */
function verifyOf(group: readonly Finding[], context: PlanContext): readonly string[] {
  const gone = `waggle check --fail-on ${group.map(({ id }) => id).join(',')}`;
  const tests = testCommandFor(group[0]?.file ?? '', context);
  return tests === undefined ? [gone] : [gone, tests];
}

function titleOf(finding: Finding, more: number): string {
  return more === 0 ? finding.title : `${finding.title}; and ${more} more in ${mendedIn(finding)}`;
}

function clash(draft: Draft, other: Draft): boolean {
  return draft.writes.some((path) => other.writes.some((claim) => overlaps(path, claim)));
}

/** Gate G3: a finding is a requirement, its check afterwards the criterion. Empty when the plan can run as it stands. */
export function complaintsAbout(plan: readonly PlannedChange[], findings: readonly Finding[]): Complaints {
  const planned = new Set(plan.flatMap(({ findingIds }) => findingIds));
  const requirements = findings
    .filter(({ id }) => planned.has(id))
    .map(({ id, title, severity }) => ({
      id,
      text: title,
      kind: 'quality' as const,
      priority: PRIORITY[severity],
      criteria: [
        {
          id: `${id}.gone`,
          given: 'the repository with the change',
          when: 'it is checked again',
          expected: 'the finding is not there',
          check: 'command' as const,
          how: `waggle check --fail-on ${id}`,
        },
      ],
    }));
  const tasks = plan.map(({ findingIds, ...task }) => ({
    ...task,
    requirementIds: findingIds,
    criterionIds: findingIds.map((id) => `${id}.gone`),
    moduleIds: [],
    reads: [],
  }));
  return checkPlan({ requirements }, { units: [] }, { modules: [], contracts: [], tasks });
}
