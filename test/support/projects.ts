import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../../src/config/environment.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { openProject } from '../../src/app/open-project.ts';
import type { Project } from '../../src/app/project.ts';
import type { AgentGroup, Submission } from '../../src/app/coordinator.ts';

/** A folder of its own with a `WAGGLE_HOME` of its own, and as many openings of it as a test likes. */
export class ProjectFolder implements AsyncDisposable {
  readonly path: string;
  readonly home: string;
  readonly #opened: Project[] = [];

  private constructor(folder: string) {
    this.path = join(folder, 'project');
    this.home = join(folder, 'home');
  }

  static async make(): Promise<ProjectFolder> {
    const folder = new ProjectFolder(await mkdtemp(join(tmpdir(), 'waggle-project-')));
    await mkdir(folder.path);
    return folder;
  }

  /** Like another process would; closed with the folder at the latest. */
  async open(): Promise<Project> {
    const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: this.home, WAGGLE_HOME: this.home };
    const project = await openProject({ cwd: this.path, isRoot: true, environment: readEnvironment(variables) });
    this.#opened.push(project);
    return project;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const project of this.#opened) await project.close();
    await rm(join(this.path, '..'), { recursive: true, force: true });
  }
}

const LOCAL: AgentGroup = {
  role: 'local',
  driver: 'command',
  count: availableParallelism(),
  capabilities: ['command'],
  slots: 1,
};

/** A workflow of shell scripts, each with the names of those before it. */
export function scripts(tasks: Readonly<Record<string, readonly [script: string, ...needs: string[]]>>): Submission {
  const specs = Object.entries(tasks).map(([name, [script, ...needs]]): TaskSpec => {
    const work = { kind: 'command', argv: ['sh', '-c', script] } as const;
    return { name, type: name, work, needs, requires: ['command'] };
  });
  return { run: { name: 'scripts', inputs: {}, budget: {}, source: 'test' }, tasks: specs, agents: [LOCAL] };
}
