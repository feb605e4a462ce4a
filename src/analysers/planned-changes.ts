import type { PlannedChange } from '../core/findings/check-report.ts';
import type { Finding } from '../core/findings/finding.ts';
import { planChanges, type PlanContext } from '../workflows/plan-changes.ts';
import type { CheckInput } from './analyser.ts';
import { needData, readData } from './data-files.ts';

/** What to do about what was confirmed; null when nothing was. */
export function plannedChanges(findings: readonly Finding[], input: CheckInput): readonly PlannedChange[] | null {
  if (!findings.some(({ state }) => state === 'confirmed')) return null;
  return planChanges(findings, contextOf(input));
}

function contextOf({ data }: CheckInput): PlanContext {
  const { packages, lockFiles, others } = readData(data, 'manifests') ?? { packages: [], lockFiles: [], others: [] };
  return {
    packages,
    lockFiles,
    others,
    cycles: readData(data, 'graph')?.cycles ?? [],
    testFiles: needData(data, 'inventory')
      .files.filter(({ context }) => context === 'test')
      .map(({ path }) => path),
  };
}
