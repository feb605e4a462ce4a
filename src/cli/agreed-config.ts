import { addGrant } from '../config/grants.ts';
import { userError } from '../util/user-error.ts';
import { ask } from './ask.ts';
import type { Cli } from './cli.ts';
import { shortest } from './log-of-task.ts';
import { type ProjectConfig, projectConfig } from './project-config.ts';
import { visible } from './render/text.ts';

/**
 * The configuration for a command that runs something. Settings of the repository that need the user's agreement
 * are shown first; without a terminal they need `--trust` with the hash of the file.
 */
export async function agreedConfig(
  cli: Cli,
  options: Readonly<{ agents?: number; trust?: string }>,
): Promise<ProjectConfig> {
  const { agents, trust } = options;
  const flags = agents === undefined ? {} : { 'coordination.maxAgents': { value: agents, flag: '--agents' } };
  const found = await projectConfig(cli, flags);
  const { file, withheld } = found.config;
  if (file === undefined || withheld.length === 0) return found;
  const wants = withheld.map(
    ({ name, at, value }) => `  ${visible(at)}  ${name} = ${visible(JSON.stringify(value ?? null))}`,
  );
  const isNamed = trust !== undefined && trust.length >= 16 && file.sha256.startsWith(trust);
  if (!isNamed && !cli.out.hasPerson) {
    const message = `${file.path} asks for your agreement to: ${wants.map((want) => want.trim()).join('; ')}.`;
    throw userError({ code: 'TRUST_NEEDED', message, fix: `Agree with: --trust ${file.sha256.slice(0, 16)}` });
  }
  if (!isNamed) {
    cli.out.warn(`${visible(shortest(file.path))} of this repository asks for:`, ...wants);
    if (!(await ask('Agree to this file as it is now?'))) {
      cli.out.warn('Then these settings have no effect.');
      return found;
    }
  }
  await addGrant(found.environment.home, { path: file.path, sha256: file.sha256, grantedAtMs: Date.now() });
  return projectConfig(cli, flags);
}
