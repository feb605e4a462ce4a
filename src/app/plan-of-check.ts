import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import type { CompiledWorkflow } from './coordinator.ts';
import type { Project } from './project.ts';

/** The graph that a check of `project` would run, with estimates from history. Runs and writes nothing. */
export async function planOfCheck(
  project: Project,
  options: Readonly<{ agents?: number; isOnline?: boolean }>,
): Promise<CompiledWorkflow> {
  const [{ probeRepository }, { planCheck }] = await Promise.all([
    import('../analysers/probe.ts'),
    import('../workflows/check.ts'),
  ]);
  const searchPath = readEnvironment().variables['PATH'];
  const path = searchPath === undefined ? {} : { searchPath };
  const facts = await probeRepository(project.root, path);
  const { tasks, agents } = planCheck(facts, {
    data: join(project.dataDir, 'check', 'plan', 'data'),
    run: 'plan',
    checkedAtMs: Date.now(),
    cores: availableParallelism(),
    ...path,
    ...options,
  });
  return project.estimate({ run: { name: 'check', inputs: {}, budget: {}, source: 'built-in:check' }, tasks, agents });
}
