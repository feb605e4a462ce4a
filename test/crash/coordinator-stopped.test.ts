import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runId } from '../../src/core/ids.ts';
import { ProjectFolder, scripts } from '../support/projects.ts';

const SUBMITTER = fileURLToPath(new URL('../support/submitting-process.ts', import.meta.url));

function start({ path, home }: ProjectFolder): ChildProcess {
  return spawn(process.execPath, [SUBMITTER, path, 'theirs', '1'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, WAGGLE_HOME: home },
  });
}

test(
  'a leader that is stopped loses the lead after its lease; woken, it follows, and nothing is lost or done twice',
  { timeout: 60_000 },
  async () => {
    await using folder = await ProjectFolder.make();
    const leader = start(folder);
    const said = createInterface({ input: leader.stdout ?? process.stdin })[Symbol.asyncIterator]();
    expect((await said.next()).value).toBe('ready leading');
    const project = await folder.open();
    const coordinator = await project.connect();
    const slow = await coordinator.submit({
      ...scripts({ slow: ['echo ran >> slow.log; sleep 600'] }),
      runId: runId('slow'),
    });
    expect(slow.ok).toBe(true);
    leader.kill('SIGSTOP');
    // Sent to a leader that does not answer: whoever leads next does.
    const mine = await coordinator.submit({ ...scripts({ only: ['true'] }), runId: runId('mine') });
    expect(mine).toEqual({ ok: true, runId: 'mine' });
    expect(coordinator.role).toBe('leading');
    expect((await coordinator.finished(runId('mine'))).state).toBe('succeeded');
    await coordinator.command({ type: 'run.cancel', runId: runId('slow'), reason: 'enough' });
    expect((await coordinator.finished(runId('slow'))).state).toBe('cancelled');
    leader.kill('SIGCONT');
    leader.stdin?.write('\n');
    expect((await said.next()).value).toBe('ack theirs-0');
    expect((await coordinator.finished(runId('theirs-0'))).state).toBe('succeeded');
    expect(coordinator.role).toBe('leading');
    const archive = project.archive();
    const epochs = (archive?.recordsAfter(0, 1_000) ?? []).map(({ epoch }) => epoch);
    expect(epochs).toEqual(epochs.toSorted((one, other) => one - other));
    expect(archive?.runs()).toHaveLength(3);
    leader.stdin?.end();
    await once(leader, 'exit');
  },
);
