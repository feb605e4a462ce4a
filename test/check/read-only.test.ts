import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkHere } from './support/run-check.ts';
import { TestRepository } from './support/repository.ts';

/** Names, kinds, times and contents of everything in a folder, `.git` too. */
function fingerprint(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path);
      const content = stat.isFile() ? readFileSync(path) : Buffer.from(stat.isSymbolicLink() ? readlinkSync(path) : '');
      return `${name} ${stat.mode} ${stat.mtimeMs} ${createHash('sha256').update(content).digest('hex')}`;
    });
}

describe('the checked repository', () => {
  it('is left as it was, to the index and the times of its files', async () => {
    using repository = new TestRepository({
      'src/a.js': "import { b } from './b.js';\nexport const a = b;\n",
      'src/b.js': 'export const b = 1;\n',
      'package.json': '{"name":"a"}',
      'README.md': '# A\n',
      'test/a.test.js': "import '../src/a.js';\n",
    });
    repository.commit('first');
    repository.write({ 'src/b.js': 'export const b = 2;\n', 'new.js': 'export const c = 1;\n' });
    const before = fingerprint(repository.path);
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.repository.changedFiles).toBe(1);
    expect(fingerprint(repository.path)).toEqual(before);
  });
});
