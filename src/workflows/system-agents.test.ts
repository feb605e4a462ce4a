import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import { formatPath } from './diagnostics.ts';

function problems(definition: unknown): readonly string[] {
  const result = compile(definition, { localAgents: 2, source: 'test.yaml' });
  const all = result.ok ? result.warnings : result.diagnostics;
  return all.map(({ code, path }) => `${code} ${formatPath(path)}`);
}

test('a task that needs what ends after all others is refused: neither would ever end', () => {
  const tasks = { watch: { function: 'waggle.monitor' }, a: { command: ['true'] }, x: { command: ['true'] } };
  expect(problems({ name: 'w', tasks })).toEqual([]);
  const needy = { ...tasks, x: { command: ['true'], needs: ['a', 'watch'] } };
  expect(problems({ name: 'w', tasks: needy })).toEqual(['WORKFLOW_ENDLESS tasks.x.needs[1]']);
});
