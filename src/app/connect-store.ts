import { SystemRandom } from '../adapters/system/system-random.ts';
import type { Options } from '../config/options.ts';
import { takeOver } from '../engine/past.ts';
import type { LeaderLease } from '../ports/leader-lease.ts';
import type { Connected } from '../server/local-socket-client.ts';
import { LocalSocketClient } from '../server/local-socket-client.ts';
import type { Coordinator } from './coordinator.ts';
import { HostRole } from './host-role.ts';
import { PROJECT_SWARM } from './file-store.ts';
import type { Lead, LeadParts } from './lead.ts';
import { notedSocket } from './leader-file.ts';
import type { LeadSettings } from './make-lead.ts';
import { ProjectCoordinator } from './project-coordinator.ts';
import type { RecordFeed } from './record-feed.ts';
import { findRememberers, retryOf } from './retry-run.ts';
import { newRunId, submitInput } from './submission.ts';

export type ConnectSettings = LeadSettings &
  Readonly<{
    onTrouble?: (message: string) => void;
  }>;

/** Leads the store, or follows the process that does. The caller has refused data that came with the repository. */
export async function connectStore(settings: ConnectSettings): Promise<Coordinator> {
  const { root, store, onTrouble, shared, options } = settings;
  const random = new SystemRandom();
  return ProjectCoordinator.connect({
    election: store.election,
    archive: () => store.archive(),
    lead: (lease, feed) => beginLead(settings, lease, feed),
    reachLeader: shared === undefined ? undefined : (onHint) => reachLeader(shared.path, options, onHint),
    complete: async (submission) => {
      const id = submission.runId ?? newRunId(submission.run.name, random);
      return submitInput(id, submission, root);
    },
    again: async (runId, memory) => {
      const archive = store.archive();
      if (archive?.run(runId) === undefined) return { reason: 'run-unknown' };
      return retryOf(archive, runId, await findRememberers(memory, runId));
    },
    ...hostOf(settings),
    ...(onTrouble === undefined ? {} : { onTrouble }),
  });
}

async function beginLead(settings: ConnectSettings, lease: LeaderLease, feed: RecordFeed): Promise<Lead> {
  const { begin, parts } = await prepareLead(settings, lease).catch(async (error: unknown) => {
    await lease.release();
    throw error;
  });
  return begin({ ...parts, onTrouble: settings.onTrouble }, lease, (records) => feed.committed(records));
}

/** The store is at work on the past while this thread loads what it takes to lead. Followers never load it. */
async function prepareLead(
  settings: ConnectSettings,
  lease: LeaderLease,
): Promise<Readonly<{ begin: typeof Lead.begin; parts: Omit<LeadParts, 'onTrouble'> }>> {
  const open = await settings.store.begin();
  try {
    const past = takeOver(open.journal, PROJECT_SWARM, () => lease.isHeld());
    // Told to the engine, which waits for it.
    past.catch(() => {});
    // It tries out programs: they run while this thread loads.
    const runner = (await import('./open-runner.ts')).openRunner();
    runner.catch(() => {});
    const [{ Lead: Made }, { makeLead }] = await Promise.all([import('./lead.ts'), import('./make-lead.ts')]);
    const parts = await makeLead(settings, open, { processes: await runner, isHeld: () => lease.isHeld() });
    return { begin: Made.begin.bind(Made), parts: { ...parts, past } };
  } catch (error) {
    await Promise.allSettled([open.memory.close(), open.journal.close()]);
    throw error;
  }
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
