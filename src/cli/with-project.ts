import { openProject } from '../app/open-project.ts';
import type { Project, ProjectOptions } from '../app/project.ts';
import type { RunArchive } from '../app/views.ts';
import { userError } from '../util/user-error.ts';
import type { Cli } from './cli.ts';

/** Opens the project that the command works in, and closes it whatever happens. */
export async function withProject<Result>(
  { cwd, configFile }: Cli,
  use: (project: Project) => Promise<Result>,
  options: Pick<ProjectOptions, 'isRoot' | 'overrides'> = {},
): Promise<Result> {
  const project = await openProject({ cwd, ...options, ...(configFile === undefined ? {} : { configFile }) });
  try {
    return await use(project);
  } finally {
    await project.close();
  }
}

/** For commands that only look: nothing is created, nothing is started. */
export function archiveOf(project: Project): RunArchive {
  const archive = project.archive();
  if (archive !== undefined) return archive;
  const message = `Nothing has run in ${project.root} yet.`;
  throw userError({ code: 'NO_STORE', message, fix: 'Start with: waggle check' });
}
