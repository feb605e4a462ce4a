import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, test } from 'vitest';
import { CheckingVerifier } from '../../src/adapters/verifier/checking-verifier.ts';
import type { ArtifactStore, ArtifactWriter } from '../../src/ports/artifact-store.ts';
import type { ProcessEnd, ProcessRunner } from '../../src/ports/process-runner.ts';
import { VERIFIER_CONTRACT } from '../../src/testing/verifier-contract.ts';
import { CAPTURES, withWorkspaces } from '../support/workspaces-subject.ts';

const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const processes: ProcessRunner = {
  ownership: 'process-group',
  run: (spec, signal) =>
    new Promise<ProcessEnd>((resolve) => {
      const [program = '', ...args] = spec.argv;
      const child = spawn(program, args, { cwd: spec.cwd, env: { ...spec.env } });
      child.stdout.on('data', (chunk: Buffer) => void spec.onOutput?.('stdout', chunk));
      child.stderr.on('data', (chunk: Buffer) => void spec.onOutput?.('stderr', chunk));
      child.on('error', (error) => resolve({ kind: 'not-started', message: error.message }));
      const kill = (): void => void child.kill('SIGKILL');
      signal.addEventListener('abort', kill);
      if (signal.aborted) kill();
      child.on('close', (code, name) => {
        if (signal.aborted) return resolve({ kind: 'stopped', usage: {}, wallMs: 0 });
        if (name !== null) return resolve({ kind: 'signalled', signal: name, usage: {}, wallMs: 0 });
        return resolve({ kind: 'exited', exitCode: code ?? -1, usage: {}, wallMs: 0 });
      });
    }),
};

const artifacts: Pick<ArtifactStore, 'create' | 'read'> = {
  read: async () => new Uint8Array(),
  create: async (name: string): Promise<ArtifactWriter> => {
    const hash = createHash('sha256');
    let bytes = 0;
    return {
      write: async (chunk) => {
        hash.update(chunk);
        bytes += chunk.byteLength;
      },
      finish: async () => ({ sha256: hash.digest('hex'), bytes, name }),
      abandon: async () => {},
    };
  },
};

for (const [adapter, prepare] of Object.entries(CAPTURES)) {
  describe(`Verifier contract over ${adapter}`, () => {
    for (const { name, run } of VERIFIER_CONTRACT) {
      test(name, () =>
        withWorkspaces(prepare, async (subject) => {
          const ports = { workspaces: subject.workspaces, processes, artifacts, environment };
          await run({ ...subject, verifier: new CheckingVerifier(ports) });
        }),
      );
    }
  });
}
