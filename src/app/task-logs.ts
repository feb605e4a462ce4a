import type { TaskId } from '../core/ids.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import type { TaskLog } from './project.ts';

/** Logs of all attempts, oldest first. */
export function taskLogs(archive: RunArchive, artifacts: ArtifactStore, taskId: TaskId): readonly TaskLog[] {
  return archive.attempts(taskId).flatMap(({ attempt, agentId, artifacts: refs }) =>
    refs
      .filter(({ name }) => name.endsWith('.log'))
      .map((ref) => ({
        attempt,
        agentId,
        name: ref.name,
        bytes: ref.bytes,
        path: artifacts.pathOf(ref),
        tail: async (maxBytes: number) => new TextDecoder().decode(await artifacts.tail(ref, maxBytes)),
      })),
  );
}
