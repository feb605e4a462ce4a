import { expect, test } from 'vitest';
import { TestProject } from './support/project.ts';

test('memory tells what is wrong with a call in the words of its flags', { timeout: 60_000 }, async () => {
  using project = new TestProject();
  const told = async (...args: readonly string[]): Promise<readonly unknown[]> => {
    const { code, stderr } = await project.waggle('memory', ...args);
    return [code, stderr];
  };
  expect(await told('set', 'swarm:a', '1', '--as', '')).toEqual([
    2,
    expect.stringContaining('Write a name of 1 to 100 characters.'),
  ]);
  expect(await told('ls')).toEqual([2, expect.stringContaining('"ls" matches no key, and is no command.')]);
  expect(await told('list', 'swarm:*')).toEqual([0, '']);
  expect(await told('set', 'swarm:a', '1')).toEqual([0, '']);
  const large = await told('set', 'swarm:a', '{"id": 12345678901234567890}');
  expect(large).toEqual([2, expect.stringContaining('12345678901234567890 is too large to be kept as a number.')]);
  expect(await told('set', 'swarm:a', '[1, -2.50, 1e3, 9007199254740991]')).toEqual([0, '']);
  expect((await project.waggle('memory', '*a')).stdout).toMatch(/^swarm:a /m);
});
