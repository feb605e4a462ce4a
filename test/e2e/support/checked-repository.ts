import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CheckReport } from '../../../src/core/findings/check-report.ts';
import { checkReportFile } from '../../../src/workflows/check-report-schema.ts';
import { TestProject } from './project.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A git repository that is checked by the whole program, gone after the test. */
export class CheckedRepository extends TestProject {
  /** Where the program looks for others. */
  searchPath = '/usr/local/bin:/usr/bin:/bin';
  /** Where the program may put what it needs for a moment. */
  readonly temporary: string;
  #day = 0;

  constructor(files: Files = {}) {
    super();
    this.temporary = join(this.root, '../tmp');
    mkdirSync(this.temporary);
    this.git('init', '--quiet', '--initial-branch=main');
    this.writeAll(files);
  }

  override env(): Readonly<Record<string, string>> {
    return { ...super.env(), PATH: this.searchPath, TMPDIR: this.temporary };
  }

  /** Makes the folders too. */
  writeAll(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** A program of the repository that shows that it ran by making the file `mark`. */
  program(name: string, mark: string): void {
    this.writeAll({ [name]: `#!/bin/sh\ntouch '${mark}'\n` });
    chmodSync(join(this.root, name), 0o755);
  }

  /** Commits everything; each commit is a day after the one before. */
  commit(subject = 'change'): void {
    this.#day += 1;
    const at = new Date(Date.UTC(2026, 0, this.#day, 12)).toISOString();
    this.git('add', '--all');
    this.#run(['commit', '--quiet', '--allow-empty', '-m', subject], { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at });
  }

  git(...args: readonly string[]): string {
    return this.#run(args, {});
  }

  /** What the newest check has reported; it has the published form. */
  report(folder: string = join(this.root, '.waggle/check/latest')): CheckReport {
    return readReport(join(folder, 'report.json'));
  }

  /** `new compares-with-nan a.js`, in order. */
  changes(folder?: string): readonly string[] {
    const { findings, past } = this.report(folder);
    return [...findings, ...past].map(({ baseline, kind, file }) => `${baseline} ${kind} ${file}`).toSorted();
  }

  failedTasks(): readonly string[] {
    return this.report()
      .tasks.filter(({ state }) => state === 'failed')
      .map(({ name, note }) => `${name}: ${note}`);
  }

  /** Data folders that checks have left. */
  leftOvers(): readonly string[] {
    const names = readdirSync(join(this.root, '.waggle'), { recursive: true, encoding: 'utf8' });
    return names.filter((name) => /^check\/[^/]+\/data$/.test(name));
  }

  #run(args: readonly string[], env: Readonly<Record<string, string>>): string {
    return execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
      cwd: this.root,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

export function readReport(path: string): CheckReport {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return checkReportFile.parse(value);
}
