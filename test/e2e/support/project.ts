import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const LAUNCHER = join(import.meta.dirname, '../../../bin/waggle.js');

/** How a call of the program ended, and all that it printed. */
export type Ended = Readonly<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;

/** A running call. */
export type Call = Readonly<{
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves when a line on stderr holds `text`. Rejects when the program ends without it. */
  says: (text: string) => Promise<string>;
}>;

/** A folder of its own with its own user state, gone after disposal. */
export class TestProject implements Disposable {
  readonly root: string;
  readonly home: string;

  constructor(files: Readonly<Record<string, string>> = {}) {
    const base = mkdtempSync(join(tmpdir(), 'waggle-e2e-'));
    this.root = join(base, 'project');
    this.home = join(base, 'home');
    mkdirSync(join(this.root, '.git'), { recursive: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.root, name), text);
  }

  /** Runs `waggle` to its end, without a terminal. */
  waggle(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Starts `waggle`, without a terminal. */
  start(args: readonly string[]): Call {
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd: this.root,
      env: this.env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return callOf(child);
  }

  /** Starts `waggle` on a pseudo-terminal of this size; what it draws comes out on stdout. */
  startOnTerminal(args: readonly string[], columns: number, rows: number): Call {
    const words = [process.execPath, LAUNCHER, ...args].map((word) => `'${word}'`).join(' ');
    const script = `stty cols ${columns} rows ${rows}; exec ${words}`;
    const child = spawn('script', ['-qefc', script, '/dev/null'], {
      cwd: this.root,
      env: { ...this.env(), TERM: 'xterm-256color', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return callOf(child);
  }

  env(): Readonly<Record<string, string>> {
    return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: this.home, WAGGLE_HOME: this.home };
  }

  [Symbol.dispose](): void {
    rmSync(join(this.root, '..'), { recursive: true, force: true });
  }
}

function callOf(child: ChildProcess): Call {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const printed = { stdout: '', stderr: '' };
  const seen: string[] = [];
  const waits = new Set<() => void>();
  const look = (): void => {
    for (const wait of waits) wait();
  };
  stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  createInterface({ input: stderr }).on('line', (line) => {
    printed.stderr += `${line}\n`;
    seen.push(line);
    look();
  });
  let isOver = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      isOver = true;
      look();
      resolve({ code, signal, ...printed });
    });
  });
  const says = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const wait = (): void => {
        const line = seen.find((one) => one.includes(text));
        if (line !== undefined) resolve(line);
        else if (isOver) reject(new Error(`it never said ${JSON.stringify(text)}:\n${printed.stderr}`));
        else return;
        waits.delete(wait);
      };
      waits.add(wait);
      wait();
    });
  return { child, ended, says };
}

/** Every line of stdout as the JSON object it must be. */
export function jsonLines({ stdout }: Ended): readonly Readonly<Record<string, unknown>>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null) throw new Error(`no object: ${line}`);
      return { ...value };
    });
}
