import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Files = Readonly<Record<string, string>>;

/** A folder with files, gone after the test; with `commit` it becomes a git repository. */
export class TestRepository implements Disposable {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-repository-')));
  #day = 0;

  constructor(files: Files = {}) {
    this.write(files);
  }

  write(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** Commits everything; each commit is a day after the one before. */
  commit(subject: string, author: string = 'Ada'): void {
    if (this.#day === 0) this.git('init', '--quiet', '--initial-branch=main');
    this.git('add', '--all');
    this.#day += 1;
    const at = `2026-01-01T12:00:00Z`.replace(
      '01-01',
      `${String(1 + Math.floor(this.#day / 28)).padStart(2, '0')}-${String(1 + (this.#day % 28)).padStart(2, '0')}`,
    );
    this.#run(['commit', '--quiet', '--allow-empty', '-m', subject], {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: `${author.toLowerCase()}@example.org`,
      GIT_COMMITTER_NAME: author,
      GIT_COMMITTER_EMAIL: `${author.toLowerCase()}@example.org`,
      GIT_AUTHOR_DATE: at,
      GIT_COMMITTER_DATE: at,
    });
  }

  /** Commits everything as of that time, `2026-01-31T12:00:00Z`. */
  commitAt(time: string, subject: string = 'change'): void {
    if (!existsSync(join(this.path, '.git'))) this.git('init', '--quiet', '--initial-branch=main');
    this.git('add', '--all');
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    this.#run([...who, 'commit', '--quiet', '-m', subject], { GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time });
  }

  git(...args: readonly string[]): string {
    return this.#run(args, {});
  }

  #run(args: readonly string[], env: Files): string {
    return execFileSync('git', args, {
      cwd: this.path,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', ...env },
      encoding: 'utf8',
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
