import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ProcessEnd, ProcessRunner } from '../../ports/process-runner.ts';
import type { ApprovedProposal, LoadedContent, ProposalDuties, VetoToConfirm } from '../../ports/proposal-duties.ts';
import type { Workspaces } from '../../ports/workspace.ts';
import { OutputTail } from '../../util/output-tail.ts';
import { type ApprovedAction, type CommandAction, filesOf, hashOf, parseAction } from './approved-action.ts';
import { type ApprovedFile, readApprovedFiles, writeApprovedFiles } from './approved-files.ts';

export type DutyPorts = Readonly<{
  /** Absolute. What was approved for another folder is done by whoever leads there, and not by a copy of its data. */
  project: string;
  workspaces: Workspaces;
  processes: ProcessRunner;
  /** The clean environment that programs get: `PATH`, `HOME`, `LANG` and the like. */
  environment: Readonly<Record<string, string>>;
  /** Absolute; ours alone. For what a program gets to use while it runs. */
  folder: string;
  functions: Readonly<{
    has: (name: string) => boolean;
    /** Rejects when it fails. */
    call: (name: string, input: Json | undefined, proposal: ApprovedProposal, signal: AbortSignal) => Promise<void>;
  }>;
}>;

/** What a program that was approved finds in its environment: the key, and where the files are that were voted on. */
const KEY_VARIABLE = 'WAGGLE_PROPOSAL';
const FILES_VARIABLE = 'WAGGLE_APPROVED_FILES';
const TAIL_BYTES = 1_500;

/** Runs the programs of vetoes in clean copies, and does what was approved: functions of this process, and commands. */
export class CoordinatorDuties implements ProposalDuties {
  readonly #ports: DutyPorts;
  #captures = 0;

  constructor(ports: DutyPorts) {
    this.#ports = ports;
  }

  async confirmVeto({ proposalId, reproduce, project }: VetoToConfirm, signal: AbortSignal): Promise<boolean> {
    const { workspaces, environment, processes } = this.#ports;
    // The project as it is now, under a name that no run and no other check has.
    const key = `veto ${proposalId} ${++this.#captures}`;
    try {
      await workspaces.capture(key, project, signal);
      const copy = await workspaces.cleanCopy(key, [], signal);
      try {
        // The copy is no repository: git must not take a folder above it for one.
        const env = { ...environment, GIT_CEILING_DIRECTORIES: dirname(copy.path) };
        const end = await processes.run({ argv: reproduce, cwd: copy.path, env }, signal);
        return end.kind === 'exited' && end.exitCode === 0;
      } finally {
        await leftBehind(copy.dispose());
      }
    } finally {
      await leftBehind(workspaces.forget(key));
    }
  }

  findProblems(action: JsonObject): readonly string[] {
    const parsed = parseAction(action);
    if (!parsed.ok) return parsed.problems;
    const isMissing = parsed.action.type === 'function' && !this.#ports.functions.has(parsed.action.function);
    return isMissing ? [`action.function: the process that leads has no function "${parsed.action.function}"`] : [];
  }

  async load(proposal: ApprovedProposal): Promise<LoadedContent | 'not-here' | undefined> {
    const parsed = parseAction(proposal.action);
    if (!parsed.ok) throw new Error(parsed.problems.join('; '));
    const { action } = parsed;
    if (proposal.project !== this.#ports.project) return 'not-here';
    if (action.type === 'function' && !this.#ports.functions.has(action.function)) return 'not-here';
    const files = await readApprovedFiles(proposal.project, filesOf(action));
    if (files === undefined) return undefined;
    return {
      contentHash: hashOf(proposal.action, files),
      act: (_key, signal) => this.#act(action, files, proposal, signal),
    };
  }

  async #act(
    action: ApprovedAction,
    files: readonly ApprovedFile[],
    proposal: ApprovedProposal,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    if (action.type === 'command') return this.#runCommand(action, files, proposal, signal);
    await this.#ports.functions.call(action.function, action.input, proposal, signal);
  }

  /** The program gets copies of the files as they were hashed: what stands in the project meanwhile does not matter. */
  async #runCommand(
    { argv }: CommandAction,
    files: readonly ApprovedFile[],
    { proposalId, project }: ApprovedProposal,
    signal: AbortSignal,
  ): Promise<void> {
    const folder = await realpath(await mkdtemp(join(this.#ports.folder, 'approved-')));
    try {
      await writeApprovedFiles(folder, files);
      const words = argv.map((word) => approvedWord(word, files, folder));
      const env = { ...this.#ports.environment, [KEY_VARIABLE]: proposalId, [FILES_VARIABLE]: folder };
      const tail = new OutputTail(TAIL_BYTES);
      const onOutput = (_stream: string, chunk: Uint8Array): void => tail.push(chunk);
      const end = await this.#ports.processes.run({ argv: words, cwd: project, env, onOutput }, signal);
      const problem = problemOf(end);
      if (problem !== undefined) throw new Error([problem, tail.text().trim()].join('\n').trim());
    } finally {
      await leftBehind(rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    }
  }
}

/** What the program has done stands, whether its folder can be removed or not: else the next lead tries again. */
async function leftBehind(removal: Promise<void>): Promise<void> {
  await removal.catch(() => {});
}

/** `dist/app.tgz` or `./dist/app.tgz` becomes the path of the copy. */
function approvedWord(word: string, files: readonly ApprovedFile[], folder: string): string {
  const path = word.startsWith('./') ? word.slice(2) : word;
  return files.some((file) => file.path === path) ? join(folder, path) : word;
}

function problemOf(end: ProcessEnd): string | undefined {
  switch (end.kind) {
    case 'exited':
      return end.exitCode === 0 ? undefined : `It ended with exit code ${end.exitCode}.`;
    case 'signalled':
      return `It was ended by ${end.signal}.`;
    case 'limit':
      return `It was ended because it reached its ${end.limit} limit.`;
    case 'stopped':
      return 'It was stopped.';
    case 'not-started':
      return end.message;
  }
}
