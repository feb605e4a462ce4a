import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderAt } from '../../app/find-root.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** `waggle init`: what is there already stays as it is. */
export async function init({ out, cwd }: Cli): Promise<ExitCode> {
  await folderAt(cwd);
  for (const { name, text } of FILES) {
    const isNew = await writeNew(join(cwd, name), text);
    out.json({ type: 'file', file: name, state: isNew ? 'written' : 'kept' });
    out.result(isNew ? `wrote ${name}` : `kept  ${name}: it is there already`);
  }
  out.say(
    '',
    'Next:',
    '  waggle run hello.yaml --plan   see what it would do',
    '  waggle run hello.yaml          do it',
  );
  return EXIT.ok;
}

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    const message = `"${path}" cannot be written: ${error instanceof Error ? error.message : String(error)}.`;
    throw userError({ code: 'NOT_WRITTEN', at: path, message, fix: 'Name a folder that you can write to with --cwd.' });
  }
}

const WORKFLOW = `# A workflow is a graph of tasks. Run it with: waggle run hello.yaml
name: hello

inputs:
  who: { type: string, default: world }

defaults:
  timeout: 5m
  retry: { maxAttempts: 2 }

tasks:
  greet:
    command: [echo, "hello \${{ inputs.who }}"]

  # These two start as soon as greet has succeeded, side by side.
  count:
    needs: [greet]
    shell: ls | wc -l > count.txt
    writes: [count.txt]
    outputs: { count: { file: count.txt } }   # succeeds only if the file is there

  sizes:
    needs: [greet]
    matrix: { unit: [k, m] }
    command: [du, -s, "-\${{ matrix.unit }}", .]

  # Runs even when something before it has failed.
  report:
    needs: [count, sizes]
    when: always
    command: [echo, "count ended \${{ tasks.count.state }}"]
`;

const CONFIG = `# Options of Waggle for this project. Every option: waggle config show
# What one does, its range and why: waggle config explain maxAttempts

faultTolerance:
  maxAttempts: 3          # tries of a task that fails
  # taskTimeoutMs: 30m    # ends an attempt that does not end by itself

# coordination:
#   maxAgents: 4          # tasks side by side; default: as many as cores
`;

const FILES = [
  { name: 'hello.yaml', text: WORKFLOW },
  { name: 'waggle.yaml', text: CONFIG },
];
