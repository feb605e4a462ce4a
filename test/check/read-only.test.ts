import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../support/fingerprint.ts';
import { checkHere } from './support/run-check.ts';
import { TestRepository } from './support/repository.ts';

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
    const before = fingerprintOf(repository.path);
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.repository.changedFiles).toBe(1);
    expect(fingerprintOf(repository.path)).toEqual(before);
  });
});
