import { describe, expect, it } from 'vitest';
import { testFileFor } from './test-file.ts';

describe('a new test', () => {
  it('stands in the folder of tests that has the name of the source, where there is one', () => {
    const tests = ['test/cli/migrate.spec.js', 'test/unit.spec.js', 'test/other.spec.js'];
    expect(testFileFor('bin/cli.js', tests)).toBe('test/cli/cli.spec.js');
    expect(testFileFor('bin/run.js', tests)).toBe('test/run.spec.js');
  });
});
