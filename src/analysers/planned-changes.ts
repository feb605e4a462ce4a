import { posix } from 'node:path';
import type { PlannedChange } from '../core/findings/check-report.ts';
import type { Finding } from '../core/findings/finding.ts';
import { planChanges, type PlanContext } from '../workflows/plan-changes.ts';
import type { CheckInput } from './analyser.ts';
import { needData, readData } from './data-files.ts';
import { asRecord, asText, parseJson } from './json-value.ts';
import { TextReader } from './read-text.ts';

/** What to do about what was confirmed; null when nothing was. */
export function plannedChanges(findings: readonly Finding[], input: CheckInput): readonly PlannedChange[] | null {
  if (!findings.some(({ state }) => state === 'confirmed')) return null;
  return planChanges(findings, contextOf(input));
}

function contextOf({ data, root }: CheckInput): PlanContext {
  const manifests = readData(data, 'manifests');
  const reader = new TextReader(root);
  const hasTests = (dir: string): boolean => {
    const manifest = parseJson(reader.text(posix.join(dir, 'package.json')) ?? '');
    const test = asText(asRecord(asRecord(manifest)['scripts'])['test']) ?? '';
    return test !== '' && !test.includes('no test specified');
  };
  return {
    packages: (manifests?.packages ?? []).map(({ dir }) => ({ dir, hasTests: hasTests(dir) })),
    lockFiles: manifests?.lockFiles ?? [],
    others: manifests?.others ?? [],
    cycles: readData(data, 'graph')?.cycles ?? [],
    testFiles: needData(data, 'inventory')
      .files.filter(({ context }) => context === 'test')
      .map(({ path }) => path),
  };
}
