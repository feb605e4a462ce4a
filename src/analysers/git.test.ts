import { chmodSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { runGit } from './git.ts';
import { probeRepository } from './probe.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

/** A program called git in a folder of the repository, which would leave a mark. */
function trap(root: string, folder: string): string {
  const mark = join(root, 'ran');
  mkdirSync(join(root, folder), { recursive: true });
  const program = join(root, folder, 'git');
  writeFileSync(program, `#!/bin/sh\ntouch '${mark}'\n`);
  chmodSync(program, 0o755);
  return mark;
}

it.each(['node_modules/.bin', 'tools', '.'])(
  'a git in %s of the checked folder is never started, wherever the search path begins',
  async (folder) => {
    using repository = new TestRepository({ 'a.js': '' });
    repository.commit('one');
    const root = realpathSync(repository.path);
    const mark = trap(root, folder);
    const searchPath = [join(root, folder), folder, '', '.', PATH].join(delimiter);
    const answer = await runGit(root, ['rev-parse', '--is-inside-work-tree'], { searchPath });
    expect(answer.ok && answer.stdout.toString('utf8')).toBe('true\n');
    expect(await probeRepository(root, { searchPath })).toMatchObject({ git: 'full' });
    expect(existsSync(mark)).toBe(false);
  },
);

it('a git installed for a folder above, or that a link leads to, is not started either', async () => {
  using repository = new TestRepository({ 'packages/a/a.js': '', 'packages/a/tools/x': '' });
  using links = new TestRepository({ x: '' });
  repository.commit('one');
  const root = realpathSync(repository.path);
  const mark = trap(root, 'node_modules/.bin');
  trap(root, 'packages/a/tools');
  symlinkSync(join(root, 'packages/a/tools/git'), join(links.path, 'git'));
  const searchPath = [join(root, 'node_modules/.bin'), links.path, PATH].join(delimiter);
  const answer = await runGit(join(root, 'packages/a'), ['rev-parse', '--is-inside-work-tree'], { searchPath });
  expect(answer.ok && answer.stdout.toString('utf8')).toBe('true\n');
  expect(existsSync(mark)).toBe(false);
});

it('says that git was not found where the repository alone has one', async () => {
  using repository = new TestRepository({ 'a.js': '' });
  const root = realpathSync(repository.path);
  const mark = trap(root, 'bin');
  const answer = await runGit(root, ['status'], { searchPath: join(root, 'bin') });
  expect(answer).toMatchObject({ ok: false, reason: 'not-found' });
  expect(existsSync(mark)).toBe(false);
});
