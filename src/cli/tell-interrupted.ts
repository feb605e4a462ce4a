import type { Project } from '../app/project.ts';
import type { RunRecord } from '../app/views.ts';
import type { Cli } from './cli.ts';

/** Runs that are named one by one. */
const MOST_NAMED = 3;

/** The journal says `running` of a run whose process was killed; that nothing runs only the missing leader tells. */
export async function tellInterrupted({ out }: Cli, project: Project, runs: readonly RunRecord[]): Promise<void> {
  const running = runs.filter(({ state }) => state === 'running').map(({ runId }) => runId);
  if (running.length === 0 || (await project.isLed())) return;
  const names = running.length > MOST_NAMED ? `${running.length} runs` : running.join(', ');
  out.say(`Nobody leads this project now, so nothing of ${names} goes on. Go on with: waggle runs resume`);
}
