import { Unavailable } from '../util/user-error.ts';
import type { CheckOptions, CheckRun } from './check-run.ts';
import type { Coordinator } from './coordinator.ts';
import type { Project } from './project.ts';

export async function checkProject(
  _project: Project,
  _coordinator: Coordinator,
  _options: CheckOptions,
): Promise<CheckRun> {
  throw new Unavailable({ port: 'check', message: 'waggle check is not wired yet.' });
}
