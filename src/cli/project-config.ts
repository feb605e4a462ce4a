import { findRoot, folderAt } from '../app/find-root.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import type { Cli } from './cli.ts';

export type ProjectConfig = Readonly<{ root: string; environment: Environment; config: Config }>;

/** The configuration of the project that the command works in, without opening its store. */
export async function projectConfig(
  { cwd, configFile }: Cli,
  flags: Readonly<Record<string, Readonly<{ value: unknown; flag: string }>>> = {},
): Promise<ProjectConfig> {
  const environment = readEnvironment();
  const root = await findRoot(await folderAt(cwd), environment.home);
  const file = configFile === undefined ? {} : { file: configFile };
  return { root, environment, config: await loadConfig({ root, environment, flags, ...file }) };
}
