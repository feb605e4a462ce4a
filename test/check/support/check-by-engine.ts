import { readFileSync } from 'node:fs';
import { readEnvironment } from '../../../src/config/environment.ts';
import { openProject } from '../../../src/app/open-project.ts';
import type { CheckReport } from '../../../src/core/findings/check-report.ts';
import type { ProposalRecord } from '../../../src/ports/run-archive.ts';

export type CheckedByEngine = Readonly<{ report: CheckReport; proposals: readonly ProposalRecord[] }>;

/** The whole command but for the terminal: engine, journal, worker threads. Writes `.waggle` into the folder. */
export async function checkByEngine(folder: string): Promise<CheckedByEngine> {
  const project = await openProject({ cwd: folder, isRoot: true, environment: readEnvironment() });
  try {
    const coordinator = await project.connect();
    const { runId, reports } = await project.check(coordinator, {});
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the check itself has just written
    const report = JSON.parse(readFileSync(reports.json, 'utf8')) as CheckReport;
    return { report, proposals: project.archive()?.proposals({ runId }) ?? [] };
  } finally {
    await project.close();
  }
}
