import { expect, test } from 'vitest';
import { planView } from '../plan-view.ts';
import { planLines } from './plan-lines.ts';
import { styleFor } from './style.ts';

test('what a task does is shown with the values of its cell and of inputs; what only a run knows stays as it is', () => {
  const argv = ['./test.sh', '${{ matrix.os }}', 'v${{inputs.version}}', '${{ run.id }}', '${{ inputs.gone }}'];
  const task = { name: 'test.linux', type: 'test', work: { kind: 'command', argv }, needs: [], requires: [] } as const;
  const view = planView(
    {
      run: { name: 'ci', inputs: { version: '1.2\u0007' }, budget: {}, source: 'ci.yaml' },
      tasks: [{ ...task, matrix: { os: 'linux' } }],
      agents: [],
    },
    '/project',
  );
  const lines = planLines(view, styleFor({ colour: false, unicode: true }), 200);
  expect(lines[3]).toBe(
    String.raw`   1  test.linux      ?         ./test.sh linux v1.2\x07 $` + '{{ run.id }} ${{ inputs.gone }}',
  );
});
