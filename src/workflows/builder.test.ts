import { describe, expect, test } from 'vitest';
import { defineWorkflow } from './builder.ts';
import { compile } from './compile.ts';

const options = { localAgents: 1, source: 'code', functions: ['measure'] };

const release = defineWorkflow(
  { name: 'release', inputs: { version: { type: 'string', required: true } } },
  ({ task, inputs, runId, matrix }) => {
    const build = task('build', {
      command: ['npm', 'pack', inputs.version],
      outputs: { tarball: { file: 'dist/x.tgz' } },
    });
    const size = task('size', { function: 'measure', needs: [build], input: { file: build.outputs.tarball } });
    task('publish', {
      needs: [build, size, 'build'],
      matrix: { registry: ['a', 'b'] },
      command: ['publish', build.outputs.tarball, size.outputs.result, matrix('registry'), runId],
      if: `${size.outputs.result} < 1000`,
    });
  },
);

describe('defineWorkflow', () => {
  test('gives the same definition that YAML would', () => {
    expect(release).toEqual({
      name: 'release',
      inputs: { version: { type: 'string', required: true } },
      tasks: {
        build: { command: ['npm', 'pack', '${{ inputs.version }}'], outputs: { tarball: { file: 'dist/x.tgz' } } },
        size: { function: 'measure', needs: ['build'], input: { file: '${{ tasks.build.outputs.tarball }}' } },
        publish: {
          needs: ['build', 'size', 'build'],
          matrix: { registry: ['a', 'b'] },
          command: [
            'publish',
            '${{ tasks.build.outputs.tarball }}',
            '${{ tasks.size.outputs.result }}',
            '${{ matrix.registry }}',
            '${{ run.id }}',
          ],
          if: '${{ tasks.size.outputs.result }} < 1000',
        },
      },
    });
  });

  test('compiles', () => {
    const result = compile(release, { ...options, inputs: { version: '1' } });
    expect(result.ok && result.compiled.tasks.map(({ name, needs }) => [name, needs])).toEqual([
      ['build', []],
      ['size', ['build']],
      ['publish.a', ['build', 'size']],
      ['publish.b', ['build', 'size']],
    ]);
    expect(result.ok && result.compiled.tasks[2]?.if).toBe('( tasks.size.outputs.result )  < 1000');
  });

  test('refuses two tasks of one name at once', () => {
    const twice = (): unknown =>
      defineWorkflow({ name: 'x' }, ({ task }) => {
        task('a', { command: ['true'] });
        task('a', { command: ['true'] });
      });
    expect(twice).toThrow('Workflow "x" has two tasks "a".');
  });

  test('knows outputs and inputs by their types', () => {
    defineWorkflow({ name: 'x', inputs: { a: { type: 'string' } } }, ({ task, inputs }) => {
      const build = task('build', { command: ['true'], outputs: { file: { file: 'x' } } });
      // @ts-expect-error -- there is no such output
      expect(build.outputs.fil).toBeUndefined();
      // @ts-expect-error -- there is no such input
      expect(inputs.b).toBeUndefined();
      // @ts-expect-error -- there is no such key
      task('other', { comand: ['true'] });
    });
  });
});
