import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, printFigure, quantile } from './figure.ts';

const HELLO = 'name: hello\ntasks:\n  greet:\n    command: ["true"]\n';

/**
 * Whole-process times of the program at `path`, from its start to its exit: `--version`, and a run of one command
 * that does nothing in a project that has run before. The bare runtime beside them is the floor.
 */
export function timeProgram(
  bench: string,
  path: string,
  { rounds, installed }: Readonly<{ rounds: number; installed: boolean }>,
): void {
  const project = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
  try {
    writeFileSync(join(project, 'hello.yaml'), HELLO);
    const cases = [
      ['bare runtime', ['-e', '0']],
      ['waggle --version', [path, '--version']],
      ['waggle run of one trivial command', [path, 'run', 'hello.yaml', '--quiet']],
    ] as const;
    const spent = new Map<string, number[]>(cases.map(([name]) => [name, []]));
    for (const [, args] of cases) timeOne(args, project); // makes the store and fills the disk cache
    for (let round = 0; round < rounds; round++) {
      for (const [name, args] of cases) spent.get(name)?.push(timeOne(args, project));
    }
    for (const [name, all] of spent) {
      const options = { rounds, from: installed ? 'packed file' : 'checkout' };
      printFigure({ bench, figure: `${name}, median`, value: median(all), unit: 'ms', options });
      printFigure({ bench, figure: `${name}, p90`, value: quantile(all, 0.9), unit: 'ms', options });
    }
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function timeOne(args: readonly string[], cwd: string): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const ms = performance.now() - startMs;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}
