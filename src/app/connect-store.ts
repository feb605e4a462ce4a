import { Git } from '../adapters/git/git-command.ts';
import { SystemRandom } from '../adapters/system/system-random.ts';
import { foreignPath } from '../analysers/foreign-programs.ts';
import type { Options } from '../config/options.ts';
import type { Connected } from '../server/local-socket-client.ts';
import { LocalSocketClient } from '../server/local-socket-client.ts';
import type { Coordinator } from './coordinator.ts';
import { refuseTracked } from './data-folder.ts';
import { HostRole } from './host-role.ts';
import { Lead } from './lead.ts';
import { notedSocket } from './leader-file.ts';
import { type LeadSettings, makeLead } from './make-lead.ts';
import { ProjectCoordinator } from './project-coordinator.ts';
import { retryOf } from './retry-run.ts';
import { newRunId, submitInput } from './submission.ts';

export type ConnectSettings = LeadSettings &
  Readonly<{
    onTrouble?: (message: string) => void;
  }>;

/** Leads the store, or follows the process that does. */
export async function connectStore(settings: ConnectSettings): Promise<Coordinator> {
  const { root, store, onTrouble, shared, environment, options } = settings;
  if (shared !== undefined)
    await refuseTracked(root, shared, new Git(foreignPath(root, environment.variables['PATH'])));
  const random = new SystemRandom();
  return ProjectCoordinator.connect({
    election: store.election,
    archive: () => store.archive(),
    lead: async (lease, feed) => {
      const parts = await makeLead(settings).catch(async (error: unknown) => {
        await lease.release();
        throw error;
      });
      return Lead.begin({ ...parts, onTrouble }, lease, (records) => feed.committed(records));
    },
    reachLeader: shared === undefined ? undefined : (onHint) => reachLeader(shared.path, options, onHint),
    complete: async (submission) => {
      const id = submission.runId ?? newRunId(submission.run.name, random);
      return submitInput(id, submission, root);
    },
    again: (runId) => {
      const archive = store.archive();
      return archive === undefined ? { reason: 'run-unknown' } : retryOf(archive, runId);
    },
    ...hostOf(settings),
    ...(onTrouble === undefined ? {} : { onTrouble }),
  });
}

/** A program with functions of its own is there for them also when another process leads. */
function hostOf({ shared, store, environment, options, functions }: ConnectSettings): Readonly<{ host?: HostRole }> {
  if (shared === undefined || Object.keys(functions).length === 0) return {};
  return { host: new HostRole({ folder: shared, artifacts: store.artifacts, environment, options, functions }) };
}

async function reachLeader(dataDir: string, { communication }: Options, onHint: () => void): Promise<Connected> {
  const path = await notedSocket(dataDir);
  return path === undefined
    ? { ok: false, reason: 'unreachable' }
    : LocalSocketClient.connect(path, onHint, { welcomeWithinMs: communication.timeout });
}
