import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Captures } from '../../ports/captures.ts';
import type { Git, GitCall } from './git-command.ts';

/** A work tree of the user. Absolute paths. */
type Repository = Readonly<{ top: string; objects: string; exclude: string; format: string }>;

type CapturedTree = Readonly<{
  /** Relative to the project; empty for the project itself. */
  path: string;
  top: string;
  tree: string;
}>;

/** Our own data, and packages, which clean copies link to. */
const NEVER_TAKEN = '.waggle/\nnode_modules/\n.venv/\nvenv/\n';
const MAX_REPOSITORIES = 100;

/**
 * Captures as git trees, in a repository of our own: own configuration (none), own index, own objects, with the
 * objects of the user's repository to borrow from. The user's repository is only read, and its filters, hooks
 * and attributes have no effect: files are kept byte for byte.
 */
export class GitCaptures implements Captures {
  readonly #folder: string;
  readonly #git: Git;
  /** One at a time: they share an index, which makes every capture after the first one fast. */
  #queue: Promise<unknown> = Promise.resolve();

  /** `folder`: absolute, ours alone; need not be there. */
  constructor(folder: string, git: Git) {
    this.#folder = folder;
    this.#git = git;
  }

  /** Whether git knows `project`: it is in a work tree and not ignored there. */
  static async fits(git: Git, project: string, signal: AbortSignal): Promise<boolean> {
    // Git tells folders line by line.
    if (project.includes('\n')) return false;
    try {
      const call = { cwd: project, signal };
      const inside = await git.run(['rev-parse', '--is-inside-work-tree'], call);
      if (inside.exitCode !== 0 || inside.stdout.trim() !== 'true') return false;
      return (await git.run(['check-ignore', '--quiet', '.'], call)).exitCode !== 0;
    } catch {
      signal.throwIfAborted();
      return false; // git is not installed
    }
  }

  async capture(key: string, project: string, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      if (await isThere(this.#noteOf(key))) return;
      const trees: CapturedTree[] = [];
      const waiting = [''];
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        if (trees.length >= MAX_REPOSITORIES)
          throw new Error(`More than ${MAX_REPOSITORIES} repositories in "${project}".`);
        const { tree, top, nested } = await this.#writeTree(join(project, path), signal);
        trees.push({ path, tree, top });
        waiting.push(...nested.map((one) => join(path, one)));
      }
      await writeFile(`${this.#noteOf(key)}.draft`, JSON.stringify(trees));
      await rename(`${this.#noteOf(key)}.draft`, this.#noteOf(key));
    });
  }

  async restore(key: string, into: string, signal: AbortSignal): Promise<string> {
    const text = await readFile(this.#noteOf(key), 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`There is no capture "${key}" of the project any more.`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `capture` writes here, and by renaming
    const trees = JSON.parse(text) as readonly CapturedTree[];
    for (const tree of trees) await this.#checkOut(tree, join(into, tree.path), signal);
    return `git tree ${trees[0]?.tree.slice(0, 12) ?? ''}`;
  }

  async forget(key: string): Promise<void> {
    await rm(this.#noteOf(key), { force: true });
  }

  async #checkOut({ top, tree }: CapturedTree, into: string, signal: AbortSignal): Promise<void> {
    await mkdir(into, { recursive: true });
    const index = `${into}.index`;
    const own = this.#environment(await this.#repositoryOf(top, signal));
    const call = { cwd: into, env: { ...own, GIT_WORK_TREE: into, GIT_INDEX_FILE: index }, signal };
    await this.#git.text(['read-tree', tree], call);
    await this.#git.text(['checkout-index', '--all', '--force', `--prefix=${into}/`], call);
    await rm(index, { force: true });
  }

  /** The tree of `folder` as it lies there: tracked or not, but not what git ignores; repositories in it apart. */
  async #writeTree(
    folder: string,
    signal: AbortSignal,
  ): Promise<Readonly<{ tree: string; top: string; nested: readonly string[] }>> {
    const repository = await this.#repositoryOf(folder, signal);
    const { top } = repository;
    const index = join(await this.#prepare(repository, signal), 'index');
    // A killed capture leaves its lock. Nobody else uses this index.
    await rm(`${index}.lock`, { force: true });
    const prefix = relative(top, folder);
    const scope = prefix === '' ? '.' : prefix;
    const call = {
      cwd: top,
      env: { ...this.#environment(repository), GIT_WORK_TREE: top, GIT_INDEX_FILE: index },
      signal,
    };
    // Tracked although ignored: our index does not know that they are tracked.
    const forced = await this.#git.text(
      ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard', '--', scope],
      { cwd: top, signal },
    );
    await this.#git.text(['update-index', '-z', '--add', '--remove', '--stdin'], { ...call, stdin: forced });
    const added = await this.#git.run(['add', '--all', '--ignore-errors', '--', scope], call);
    // 1: something could not be read, which the user's own git could not read either.
    if (added.exitCode > 1) throw new Error(`git could not take in "${folder}": ${added.stderr.trim().slice(0, 500)}`);
    const nested = await this.#takeOutRepositories(scope, call);
    const isEmpty = (await this.#git.text(['ls-files', '--', scope], call)) === '';
    const write = isEmpty ? ['mktree'] : ['write-tree', ...(prefix === '' ? [] : [`--prefix=${prefix}/`])];
    const tree = await this.#git.text(write, call);
    return { tree, top, nested: nested.map((path) => relative(prefix, path)) };
  }

  /** Submodules and other repositories in the work tree, which git would only note down. */
  async #takeOutRepositories(scope: string, call: GitCall): Promise<readonly string[]> {
    const listed = await this.#git.text(['ls-files', '-z', '--stage', '--', scope], call);
    const entries = listed.split('\0').filter((entry) => entry.startsWith('160000 '));
    const nested = entries.map((entry) => entry.slice(entry.indexOf('\t') + 1));
    const stdin = nested.map((path) => `${path}\0`).join('');
    await this.#git.text(['update-index', '-z', '--force-remove', '--stdin'], { ...call, stdin });
    const isFilled = await Promise.all(nested.map((path) => isThere(join(call.cwd, path, '.git'))));
    return nested.filter((_, index) => isFilled[index]);
  }

  /** Makes our repository for the user's, and gives its folder. */
  async #prepare(repository: Repository, signal: AbortSignal): Promise<string> {
    const directory = this.#directoryOf(repository);
    if (!(await isThere(join(directory, 'HEAD')))) {
      await mkdir(directory, { recursive: true });
      const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${repository.format}`, directory];
      await this.#git.text(init, { cwd: this.#folder, signal });
    }
    await mkdir(join(directory, 'info'), { recursive: true });
    // These stand above every `.gitattributes`: no filters, no line ends changed.
    await writeFile(join(directory, 'info', 'attributes'), '* -text -filter -ident -working-tree-encoding\n');
    const exclude = await readFile(repository.exclude, 'utf8').catch(() => '');
    await writeFile(join(directory, 'info', 'exclude'), `${exclude}\n${NEVER_TAKEN}`);
    return directory;
  }

  #environment(repository: Repository): Readonly<Record<string, string>> {
    return { GIT_DIR: this.#directoryOf(repository), GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(repository.objects) };
  }

  #directoryOf({ top, format }: Repository): string {
    const name = createHash('sha256').update(`${format} ${top}`).digest('hex').slice(0, 16);
    return join(this.#folder, `${name}.git`);
  }

  async #repositoryOf(project: string, signal: AbortSignal): Promise<Repository> {
    await mkdir(this.#folder, { recursive: true });
    const questions = [
      '--show-toplevel',
      '--git-path',
      'objects',
      '--git-path',
      'info/exclude',
      '--show-object-format',
    ];
    const call = { cwd: project, signal };
    const answer = await this.#git.text(['rev-parse', '--path-format=absolute', ...questions], call);
    const [top = '', objects = '', exclude = '', format = ''] = answer.split('\n');
    return { top, objects, exclude, format };
  }

  #noteOf(key: string): string {
    return join(this.#folder, encodeURIComponent(key));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Git takes a list with `:` between; quotes keep a path with `:` or a quote in it whole. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
