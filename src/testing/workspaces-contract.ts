import assert from 'node:assert/strict';
import type { Workspaces } from '../ports/workspace.ts';
import type { ContractCase } from './journal-contract.ts';

/** A project on a real disk and hands to change it, so that the cases know neither paths nor a file system. */
export type WorkspacesSubject = Readonly<{
  workspaces: Workspaces;
  /** Absolute path of an empty project. */
  project: string;
  /** Writes a file of the project; folders on the way are made. */
  write: (path: string, text: string) => Promise<void>;
  /** Makes a symbolic link at `path` that says `target`. */
  link: (path: string, target: string) => Promise<void>;
  remove: (path: string) => Promise<void>;
  /** Text of a file below an absolute folder; undefined when there is none. */
  read: (folder: string, path: string) => Promise<string | undefined>;
  /** Everything below an absolute folder that is no folder, links as `path -> target`, in order. */
  list: (folder: string) => Promise<readonly string[]>;
}>;

const { signal } = new AbortController();

/** Captures, lets `change` happen, and gives the files of a clean copy with `overlay`. */
async function copyAfter(
  subject: WorkspacesSubject,
  change: () => Promise<void>,
  overlay: readonly string[],
): Promise<readonly string[]> {
  await subject.workspaces.capture('run', subject.project, signal);
  await change();
  const copy = await subject.workspaces.cleanCopy('run', overlay, signal);
  const files = await subject.list(copy.path);
  await copy.dispose();
  return files;
}

async function refusal(subject: WorkspacesSubject, overlay: readonly string[]): Promise<string> {
  const made = subject.workspaces.cleanCopy('run', overlay, signal).then((copy) => copy.path);
  return made.then(
    (path) => assert.fail(`a copy was made: ${path}`),
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}

/** What every `Workspaces` must do. Each case gets a fresh, empty project. Runs under any test runner. */
export const WORKSPACES_CONTRACT: readonly ContractCase<WorkspacesSubject>[] = [
  {
    name: 'a clean copy holds the files of the capture, not those of now',
    run: async (subject) => {
      await subject.write('src/a.ts', 'one');
      await subject.write('test/a.test.ts', 'strict');
      const change = async (): Promise<void> => {
        await subject.write('src/a.ts', 'two');
        await subject.remove('test/a.test.ts');
        await subject.write('new.ts', 'new');
      };
      assert.deepEqual(await copyAfter(subject, change, []), ['src/a.ts', 'test/a.test.ts']);
      const copy = await subject.workspaces.cleanCopy('run', [], signal);
      assert.equal(await subject.read(copy.path, 'src/a.ts'), 'one');
      assert.notEqual(copy.madeFrom, '');
      await copy.dispose();
      assert.deepEqual(await subject.list(copy.path), []);
    },
  },
  {
    name: 'what is overlaid is as it is now: changed, added and gone',
    run: async (subject) => {
      await subject.write('src/a.ts', 'one');
      await subject.write('src/gone.ts', 'old');
      await subject.write('lib/b.ts', 'one');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.write('src/a.ts', 'two');
      await subject.remove('src/gone.ts');
      await subject.write('src/deep/new.ts', 'new');
      await subject.write('lib/b.ts', 'two');
      const copy = await subject.workspaces.cleanCopy('run', ['src/'], signal);
      assert.deepEqual(await subject.list(copy.path), ['lib/b.ts', 'src/a.ts', 'src/deep/new.ts']);
      assert.equal(await subject.read(copy.path, 'src/a.ts'), 'two');
      assert.equal(await subject.read(copy.path, 'lib/b.ts'), 'one');
      await copy.dispose();
    },
  },
  {
    name: 'a single file can be overlaid, and one that is gone is gone in the copy',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      await subject.write('b.txt', 'one');
      const change = async (): Promise<void> => subject.remove('b.txt');
      assert.deepEqual(await copyAfter(subject, change, ['a.txt', 'b.txt', 'never.txt']), ['a.txt']);
    },
  },
  {
    name: 'capturing again with the same key keeps what was captured first',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      const change = async (): Promise<void> => {
        await subject.write('b.txt', 'two');
        await subject.workspaces.capture('run', subject.project, signal);
      };
      assert.deepEqual(await copyAfter(subject, change, []), ['a.txt']);
    },
  },
  {
    name: 'bytes come back as they were: line ends, names with spaces, empty files',
    run: async (subject) => {
      await subject.write('.gitattributes', '* text=auto eol=crlf\n*.bin filter=lfs diff=lfs\n');
      await subject.write('windows.txt', 'a\r\nb\n');
      await subject.write('a name with spaces.bin', '\u0000\u0001');
      await subject.write('empty', '');
      await subject.workspaces.capture('run', subject.project, signal);
      const copy = await subject.workspaces.cleanCopy('run', [], signal);
      assert.equal(await subject.read(copy.path, 'windows.txt'), 'a\r\nb\n');
      assert.equal(await subject.read(copy.path, 'a name with spaces.bin'), '\u0000\u0001');
      assert.equal(await subject.read(copy.path, 'empty'), '');
      await copy.dispose();
    },
  },
  {
    name: 'a changed copy changes nothing in the project or in the next copy',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      await subject.workspaces.capture('run', subject.project, signal);
      const first = await subject.workspaces.cleanCopy('run', ['a.txt'], signal);
      const second = await subject.workspaces.cleanCopy('run', [], signal);
      assert.notEqual(first.path, second.path);
      await first.dispose();
      assert.equal(await subject.read(second.path, 'a.txt'), 'one');
      assert.equal(await subject.read(subject.project, 'a.txt'), 'one');
      await second.dispose();
    },
  },
  {
    name: 'a link in what is overlaid that leads out of the project is refused',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.link('dist/out', '/etc/hostname');
      assert.match(await refusal(subject, ['dist/']), /dist\/out.*outside the project/);
      await subject.link('up/out', '../../elsewhere');
      assert.match(await refusal(subject, ['up/']), /outside the project/);
      // An absolute path would lead from the copy back into what the agent has changed.
      await subject.link('back/in', `${subject.project}/a.txt`);
      assert.match(await refusal(subject, ['back/']), /outside the project/);
    },
  },
  {
    name: 'a folder to overlay that was replaced by a link to the tests is refused',
    run: async (subject) => {
      await subject.write('test/a.test.ts', 'strict');
      await subject.write('src/a.ts', 'one');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.remove('src');
      await subject.link('src', 'test');
      assert.match(await refusal(subject, ['src/']), /is a link/);
      assert.match(await refusal(subject, ['src/deep/']), /is a link/);
    },
  },
  {
    name: 'nothing is written through a link that the project had from the start',
    run: async (subject) => {
      await subject.write('test/a.test.ts', 'strict');
      await subject.link('build', 'test');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.remove('build');
      await subject.write('build/a.test.ts', 'weak');
      const copy = await subject.workspaces.cleanCopy('run', ['build/'], signal);
      assert.equal(await subject.read(copy.path, 'test/a.test.ts'), 'strict');
      assert.equal(await subject.read(copy.path, 'build/a.test.ts'), 'weak');
      await copy.dispose();
      assert.match(await refusal(subject, ['build/deep/']), /"build" is a link in the clean copy/);
      for (const path of ['build/../x', '/etc/', '..']) assert.match(await refusal(subject, [path]), /leads out/);
      for (const path of ['.git/hooks/', '.waggle/']) assert.match(await refusal(subject, [path]), /never taken over/);
    },
  },
  {
    name: 'links inside the project stay links',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      await subject.link('b.txt', 'a.txt');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.link('dist/c.txt', '../a.txt');
      const copy = await subject.workspaces.cleanCopy('run', ['dist/'], signal);
      assert.deepEqual(await subject.list(copy.path), ['a.txt', 'b.txt -> a.txt', 'dist/c.txt -> ../a.txt']);
      await copy.dispose();
    },
  },
  {
    name: 'installed packages are linked as they were',
    run: async (subject) => {
      await subject.write('.gitignore', 'node_modules\n');
      await subject.write('node_modules/dep/index.js', 'dep');
      await subject.write('node_modules/@scope/other/index.js', 'other');
      await subject.write('node_modules/.bin/tool', 'tool');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.write('node_modules/.cache/x', 'made by a tool while the task ran');
      const copy = await subject.workspaces.cleanCopy('run', [], signal);
      assert.equal(await subject.read(copy.path, 'node_modules/dep/index.js'), 'dep');
      assert.equal(await subject.read(copy.path, 'node_modules/@scope/other/index.js'), 'other');
      assert.equal(await subject.read(copy.path, 'node_modules/.bin/tool'), 'tool');
      assert.equal(await subject.read(copy.path, 'node_modules/.cache/x'), undefined);
      await copy.dispose();
      assert.equal(await subject.read(subject.project, 'node_modules/dep/index.js'), 'dep');
    },
  },
  {
    name: 'packages that were changed, added or taken away behind its back are refused',
    run: async (subject) => {
      await subject.write('node_modules/.bin/tool', 'tool');
      await subject.write('node_modules/dep/index.js', 'dep');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.write('node_modules/.bin/tool', 'fake');
      assert.match(await refusal(subject, []), /node_modules" is not what it was/);
      assert.match(await refusal(subject, ['src/']), /node_modules" is not what it was/);
      const declared = await subject.workspaces.cleanCopy('run', ['node_modules/'], signal);
      assert.equal(await subject.read(declared.path, 'node_modules/.bin/tool'), 'fake');
      await declared.dispose();
    },
  },
  {
    name: 'packages that came after the capture are not seen, unless a task declares them',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      const change = async (): Promise<void> => subject.write('node_modules/dep/index.js', 'dep');
      assert.deepEqual(await copyAfter(subject, change, []), ['a.txt']);
      const copy = await subject.workspaces.cleanCopy('run', ['node_modules'], signal);
      assert.equal(await subject.read(copy.path, 'node_modules/dep/index.js'), 'dep');
      await copy.dispose();
    },
  },
  {
    name: 'a forgotten capture gives no copies, and may be forgotten twice',
    run: async (subject) => {
      await subject.write('a.txt', 'one');
      await subject.workspaces.capture('run', subject.project, signal);
      await subject.workspaces.forget('run');
      await subject.workspaces.forget('run');
      assert.match(await refusal(subject, []), /no capture "run"/);
    },
  },
  {
    name: 'an empty project can be captured',
    run: async (subject) => {
      const change = async (): Promise<void> => subject.write('a.txt', 'one');
      assert.deepEqual(await copyAfter(subject, change, ['a.txt']), ['a.txt']);
    },
  },
];
