import { describe, expect, test } from 'vitest';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { compile } from './compile.ts';
import type { CompiledWorkflow, CompileOptions } from './compiled-workflow.ts';
import { formatPath } from './diagnostics.ts';

const options: CompileOptions = { localAgents: 2, source: 'test.yaml' };

function compiled(definition: unknown, more: Partial<CompileOptions> = {}): CompiledWorkflow {
  const result = compile(definition, { ...options, ...more });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.compiled;
}

/** The one task `x`, beside tasks that it may need. */
function task(definition: object, more: Partial<CompileOptions> = {}, workflow: object = {}): TaskSpec {
  const work = 'function' in definition ? {} : { command: ['true'] };
  const found = compiled({ name: 'w', ...workflow, tasks: { x: { ...work, ...definition } } }, more).tasks[0];
  if (found === undefined) throw new Error('no task');
  return found;
}

function problems(definition: unknown, more: Partial<CompileOptions> = {}): readonly string[] {
  const result = compile(definition, { ...options, ...more });
  const all = result.ok ? result.warnings : result.diagnostics;
  return all.map(
    ({ severity, code, path }) => `${severity === 'warning' ? 'warning ' : ''}${code} ${formatPath(path)}`,
  );
}

test('paths are looked at again with the inputs and cells of the run', () => {
  const x = {
    command: ['true'],
    matrix: { os: ['a', '../b', '*'] },
    writes: ['out/${{ matrix.os }}', '${{ inputs.dir }}', 'fine/${{ inputs.fine }}'],
    outputs: { f: { file: '${{ inputs.file }}' } },
  };
  const inputs = { dir: { type: 'string' }, file: { type: 'string' }, fine: { type: 'string', default: 'a/b' } };
  const given = { inputs: { dir: '', file: '/etc/hosts' } };
  expect(problems({ name: 'w', inputs, tasks: { x } }, given)).toEqual([
    'WORKFLOW_PATH tasks.x.writes[0]',
    'WORKFLOW_PATH tasks.x.writes[0]',
    'WORKFLOW_PATH tasks.x.writes[1]',
    'warning WORKFLOW_OUTPUT_OUTSIDE tasks.x.outputs.f.file',
    'WORKFLOW_PATH tasks.x.outputs.f.file',
  ]);
  expect(() => compiled({ name: 'w', inputs, tasks: { x } }, given)).toThrow(
    '"out/${{ matrix.os }}" is "out/../b" in this run, which leaves the project.',
  );
});

/** What is wrong with one task, beside a healthy `build` with a matrix and an output. */
function problemsOf(definition: object, more: Partial<CompileOptions> = {}): readonly string[] {
  const build = { command: ['make'], outputs: { file: { file: 'a' }, size: { value: true } }, env: { A: '1' } };
  const workflow = {
    name: 'w',
    inputs: { text: { type: 'string' }, count: { type: 'number', default: 1 }, list: { type: 'list' } },
    tasks: { build, cells: { command: ['true'], matrix: { os: ['linux', 'mac'] } }, x: definition },
  };
  return problems(workflow, more);
}

describe('a task', () => {
  test('becomes a spec with its work, its capability and nothing that was not said', () => {
    expect(task({})).toEqual({
      name: 'x',
      type: 'w/x',
      work: { kind: 'command', argv: ['true'] },
      needs: [],
      requires: ['command', 'agent:local'],
    });
  });

  test('takes units apart: ms, bytes, milli-cores', () => {
    const spec = task({
      timeout: '1.5m',
      estimate: '90s',
      resources: { cpu: 0.5, memory: '1GiB', storage: '10MB', network: '64KiB' },
      retry: { maxAttempts: 5, firstDelay: '500ms', maxDelay: '1h', nonRetryable: ['timed-out'] },
    });
    expect(spec).toMatchObject({
      timeoutMs: 90_000,
      estimateMs: 90_000,
      resources: { cpu: 500, memory: 1_073_741_824, storage: 10_000_000, network: 65_536 },
      retry: { maxAttempts: 5, firstDelayMs: 500, maxDelayMs: 3_600_000, nonRetryable: ['timed-out'] },
    });
  });

  test('gets what it does not say from the workflow, and what that does not say from the configuration', () => {
    const spec = task(
      { env: { B: 'own' }, envFrom: ['TOKEN'], retry: { firstDelay: '2s' } },
      { defaults: { timeoutMs: 7, retry: { maxAttempts: 9, maxDelayMs: 8 } }, envFrom: ['HOME'] },
      {
        defaults: {
          env: { A: 'all', B: 'all' },
          envFrom: ['CI'],
          cwd: 'app',
          priority: 'high',
          retry: { maxAttempts: 4 },
        },
      },
    );
    expect(spec).toMatchObject({
      work: { cwd: 'app', env: { A: 'all', B: 'own' }, envFrom: ['HOME', 'CI', 'TOKEN'] },
      priority: 'high',
      timeoutMs: 7,
      retry: { maxAttempts: 4, firstDelayMs: 2_000, maxDelayMs: 8 },
    });
  });

  test('of a function requires it; of a group requires the group; with requires leaves the built-in agents', () => {
    const more = { functions: ['f'] };
    const workflow = { agents: { builder: { driver: 'command', capabilities: ['build'] } } };
    expect(task({ function: 'f' }, more).requires).toEqual(['function:f', 'agent:local']);
    expect(task({ agent: 'builder' }, {}, workflow).requires).toEqual(['command', 'agent:builder']);
    expect(task({ requires: ['build'] }, {}, workflow).requires).toEqual(['command', 'build']);
  });

  test('runs verify commands after the set-up of the configuration, with inputs and matrix filled in', () => {
    const spec = task(
      {
        matrix: { os: ['linux'] },
        writes: ['dist/${{ matrix.os }}/'],
        outputs: { file: { file: 'dist/${{ matrix.os }}/${{ inputs.v }}' } },
        verify: [['test', '${{ inputs.v }}']],
      },
      { verifySetup: [['npm', 'ci']], inputTexts: { v: '2' } },
      { inputs: { v: { type: 'string' } } },
    );
    expect(spec).toMatchObject({
      writes: ['dist/linux/'],
      outputs: { file: { file: 'dist/linux/2' } },
      verify: [
        ['npm', 'ci'],
        ['test', '2'],
      ],
    });
  });

  test.each([
    ['inputs.v == 1', 'inputs.v == 1'],
    ['${{ inputs.v == 1 }}', 'inputs.v == 1'],
    ["${{ inputs.v }} == 1 && '}}' != ''", "( inputs.v )  == 1 && '}}' != ''"],
  ])('takes the condition %s', (condition, expected) => {
    expect(task({ if: condition }, {}, { inputs: { v: { type: 'number', default: 1 } } }).if).toBe(expected);
  });
});

describe('a matrix', () => {
  const names = (matrix: object): readonly string[] =>
    compiled({
      name: 'w',
      tasks: { x: { command: ['true'], matrix }, y: { command: ['true'], needs: ['x'] } },
    }).tasks.map(({ name }) => name);

  test('gives one task per combination, less the excluded, plus the included', () => {
    const matrix = {
      os: ['linux', 'mac'],
      node: [20, 24],
      exclude: [{ os: 'mac', node: 20 }],
      include: [{ os: 'bsd' }],
    };
    expect(names(matrix)).toEqual(['x.linux.20', 'x.linux.24', 'x.mac.24', 'x.bsd', 'y']);
  });

  test('makes names safe, short and unique', () => {
    const long = 'l'.repeat(80);
    expect(names({ a: ['a/b', 'a b', long, `${long}2`] })).toEqual([
      'x.a-b',
      'x.a-b-2',
      `x.${'l'.repeat(62)}`,
      `x.${'l'.repeat(60)}-2`,
      'y',
    ]);
  });

  test('is needed as a whole, or cell by cell', () => {
    const tasks = {
      x: { command: ['true'], matrix: { os: ['linux', 'mac'] } },
      all: { command: ['true'], needs: ['x'] },
      one: { command: ['true'], needs: ['x.mac'], if: "tasks.x.mac.state == 'succeeded'" },
    };
    expect(
      compiled({ name: 'w', tasks })
        .tasks.slice(2)
        .map(({ needs }) => needs),
    ).toEqual([['x.linux', 'x.mac'], ['x.mac']]);
  });

  test('foreach runs over a list that a run gives, even an empty one', () => {
    const workflow = {
      name: 'w',
      inputs: { files: { type: 'list' } },
      tasks: {
        x: { command: ['lint', '${{ matrix.item }}'], foreach: 'inputs.files' },
        y: { command: ['true'], needs: ['x'] },
      },
    };
    const needsOf = (files: string): unknown => compiled(workflow, { inputTexts: { files } }).tasks.at(-1)?.needs;
    expect(needsOf('a.ts,b.ts')).toEqual(['x.a.ts', 'x.b.ts']);
    expect(needsOf('')).toEqual([]);
  });

  test('has at most 256 cells', () => {
    const values = Array.from({ length: 17 }, (_, index) => index);
    expect(problemsOf({ command: ['true'], matrix: { a: values, b: values } })).toEqual([
      'WORKFLOW_MATRIX_LIMIT tasks.x.matrix',
    ]);
  });
});

describe('inputs', () => {
  const inputs = {
    name: { type: 'string', required: true },
    count: { type: 'number', default: 2 },
    dry: { type: 'boolean' },
    tags: { type: 'list' },
    level: { type: 'string', enum: ['low', 'high'], default: 'low' },
  };
  const given = (inputTexts: Record<string, string>): CompiledWorkflow =>
    compiled({ name: 'w', inputs, tasks: { x: { command: ['true'] } } }, { inputTexts });

  test('become values of their type, and empty ones where nobody gives any', () => {
    expect(given({ name: 'n' }).run.inputs).toEqual({ name: 'n', count: 2, dry: false, tags: [], level: 'low' });
    expect(given({ name: '1', count: '-3.5', dry: 'true', tags: 'a, b', level: 'high' }).run.inputs).toEqual({
      name: '1',
      count: -3.5,
      dry: true,
      tags: ['a', 'b'],
      level: 'high',
    });
    expect(given({ name: '1', tags: '["a,b", 3]' }).run.inputs['tags']).toEqual(['a,b', 3]);
  });

  test.each([
    [{}, 'WORKFLOW_INPUT_MISSING inputs.name'],
    [{ name: '', count: '0x10' }, 'WORKFLOW_INPUT_TYPE inputs.count'],
    [{ name: '', dry: 'yes' }, 'WORKFLOW_INPUT_TYPE inputs.dry'],
    [{ name: '', tags: '[{}]' }, 'WORKFLOW_INPUT_TYPE inputs.tags'],
    [{ name: '', level: 'mid' }, 'WORKFLOW_INPUT_CHOICE inputs.level'],
    [{ name: '', nam: '' }, 'WORKFLOW_INPUT_UNKNOWN inputs'],
  ])('%j is refused', (inputTexts, expected) => {
    expect(problems({ name: 'w', inputs, tasks: { x: { command: ['true'] } } }, { inputTexts })).toEqual([expected]);
  });
});

describe('a run', () => {
  test('has the budget of the command line, then of the workflow, then of the configuration', () => {
    const definition = {
      name: 'w',
      budget: { wall: '1h', cost: '0.5 USD', agents: 3 },
      tasks: { x: { command: ['true'] } },
    };
    const { run } = compiled(definition, { budget: { wallMs: 5 }, defaults: { budget: { wallMs: 6, attempts: 7 } } });
    expect(run.budget).toEqual({ wallMs: 5, costMicros: 500_000, agents: 3, attempts: 7 });
  });

  test('has the built-in agents, and groups of the workflow before those of waggle.yaml', () => {
    const agents = { builder: { driver: 'command', count: 4, capabilities: ['build'], slots: 2 } };
    const tasks = { x: { command: ['true'], agent: 'builder' } };
    const more = { functions: ['f'], agents: { builder: { driver: 'function' }, spare: { driver: 'function' } } };
    expect(compiled({ name: 'w', agents, tasks }, more).agents).toEqual([
      { role: 'local', driver: 'command', count: 2, capabilities: ['command', 'function:f', 'agent:local'], slots: 1 },
      { role: 'builder', driver: 'command', count: 4, capabilities: ['command', 'build', 'agent:builder'], slots: 2 },
      { role: 'spare', driver: 'function', count: 1, capabilities: ['function:f', 'agent:spare'], slots: 1 },
    ]);
  });
});

describe('refused is', () => {
  const command = ['true'];
  test.each<[string, object, readonly string[]]>([
    ['a need that is not there', { command, needs: ['buidl'] }, ['WORKFLOW_NEED_UNKNOWN tasks.x.needs[0]']],
    ['a task that needs itself', { command, needs: ['x'] }, ['WORKFLOW_CYCLE tasks.x.needs[0]']],
    ['no work', {}, ['WORKFLOW_WORK_MISSING tasks.x']],
    ['two kinds of work', { command, shell: 'true' }, ['WORKFLOW_WORK_SEVERAL tasks.x.shell']],
    ['a model agent', { prompt: 'do' }, ['WORKFLOW_NOT_YET tasks.x.prompt']],
    ['another workflow', { workflow: 'x.yaml' }, ['WORKFLOW_NOT_YET tasks.x.workflow']],
    ['a value inside a script', { shell: 'a ${{ inputs.text }}' }, ['WORKFLOW_SHELL_TEMPLATE tasks.x.shell']],
    ['an unknown function', { function: 'f' }, ['WORKFLOW_FUNCTION_UNKNOWN tasks.x.function']],
    ['an input of a command', { command, input: 1 }, ['WORKFLOW_KEY_UNUSED tasks.x.input']],
    ['a capability that nobody has', { command, requires: ['gpu'] }, ['WORKFLOW_CAPABILITY tasks.x.requires[0]']],
    ['a group that is not there', { command, agent: 'bob' }, ['WORKFLOW_CAPABILITY tasks.x.agent']],
    ['verify without writes', { command, verify: [['true']] }, ['WORKFLOW_VERIFY_WRITES tasks.x.verify']],
    ['a wait for no failure', { command, when: 'failed' }, ['WORKFLOW_UNREACHABLE tasks.x.when']],
    [
      'a path outside',
      { command, writes: ['../a', '/b', 'c/*.ts', 'C:/d'] },
      [0, 1, 2, 3].map((at) => `WORKFLOW_PATH tasks.x.writes[${at}]`),
    ],
    [
      'a schema that cannot be used',
      { command, outputSchema: { typ: 'object' } },
      ['WORKFLOW_OUTPUT_SCHEMA tasks.x.outputSchema'],
    ],
    ['a condition that is no condition', { command, if: 'inputs.text' }, ['WORKFLOW_EXPRESSION_TYPE tasks.x.if']],
    ['types that never fit', { command, if: "inputs.count == '1'" }, ['WORKFLOW_EXPRESSION_TYPE tasks.x.if']],
    ['a list in a text', { command: ['${{ inputs.list }}'] }, ['WORKFLOW_EXPRESSION_TYPE tasks.x.command[0]']],
    ['an unknown input', { command: ['${{ inputs.txt }}'] }, ['WORKFLOW_REFERENCE tasks.x.command[0]']],
    ['a matrix that is not there', { command: ['${{ matrix.os }}'] }, ['WORKFLOW_REFERENCE tasks.x.command[0]']],
    ['a task that is not needed', { command: ['${{ tasks.build.state }}'] }, ['WORKFLOW_REFERENCE tasks.x.command[0]']],
    [
      'an unknown output',
      { command: ['${{ tasks.build.outputs.fil }}'], needs: ['build'] },
      ['WORKFLOW_REFERENCE tasks.x.command[0]'],
    ],
    [
      'a whole matrix as one task',
      { command: ['${{ tasks.cells.state }}'], needs: ['cells'] },
      ['WORKFLOW_REFERENCE tasks.x.command[0]'],
    ],
    [
      'a secret in a command',
      { command: ['${{ env.TOKEN }}'], envFrom: ['TOKEN'] },
      ['WORKFLOW_REFERENCE tasks.x.command[0]'],
    ],
    ['env in env', { command, env: { A: '${{ env.B }}', B: '1' } }, ['WORKFLOW_REFERENCE tasks.x.env.A']],
    [
      'a late value where it must be fixed',
      { command, needs: ['build'], writes: ['${{ tasks.build.outputs.file }}'] },
      ['WORKFLOW_REFERENCE tasks.x.writes[0]'],
    ],
    ['a foreach over no list', { command, foreach: 'inputs.text' }, ['WORKFLOW_FOREACH tasks.x.foreach']],
  ])('%s', (_, definition, expected) => {
    expect(problemsOf(definition)).toEqual(expected);
  });

  test('a graph over the limits', () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`t${index}`, { command }]));
    expect(problems({ name: 'w', tasks: many }, { maxTasks: 1_000 })).toEqual(['WORKFLOW_TASK_LIMIT tasks']);
    const all = { name: 'w', tasks: { ...many, x: { command, needs: Object.keys(many).slice(0, 1_000) } } };
    expect(problems(all)).toEqual([]);
    const matrix = { ...many, m: { command, matrix: { a: [1, 2] } } };
    const over = { name: 'w', tasks: { ...matrix, x: { command, needs: ['m', ...Object.keys(many).slice(0, 999)] } } };
    expect(problems(over)).toEqual(['WORKFLOW_NEEDS_LIMIT tasks.x.needs']);
  });

  test('what is no workflow at all', () => {
    for (const nothing of [null, 3, 'text', [], {}, { name: 'w', tasks: [] }, { name: 'w', tasks: {} }]) {
      expect(compile(nothing, options).ok).toBe(false);
    }
  });

  test('an input of a function that is no JSON, or too deep', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 70; depth += 1) deep = [deep];
    for (const input of [Number.NaN, () => 1, Symbol('x'), 1n, { a: [undefined] }, deep]) {
      expect(problemsOf({ function: 'f', input }, { functions: ['f'] })).toEqual(['WORKFLOW_VALUE tasks.x.input']);
    }
    expect(problemsOf({ function: 'f', input: { a: [null, 1, 'x', true] } }, { functions: ['f'] })).toEqual([]);
  });

  test('a model driver, and asking for its agents is no second mistake', () => {
    const agents = { coder: { driver: 'acp:claude' }, local: { driver: 'command' } };
    expect(problems({ name: 'w', agents, tasks: { x: { command, agent: 'coder' } } })).toEqual([
      'WORKFLOW_NOT_YET agents.coder.driver',
      'WORKFLOW_AGENT_NAME agents.local',
    ]);
  });
});

describe('a warning', () => {
  test('tells of tasks side by side that write the same files, but not of tasks in a row', () => {
    const a = { command: ['true'], writes: ['dist/'] };
    const b = { command: ['true'], writes: ['dist/b/', 'other'] };
    expect(problems({ name: 'w', tasks: { a, b } })).toEqual(['warning WORKFLOW_WRITES_OVERLAP tasks.b.writes[0]']);
    expect(
      problems({ name: 'w', tasks: { a, m: { command: ['true'], needs: ['a'] }, b: { ...b, needs: ['m'] } } }),
    ).toEqual([]);
    expect(problems({ name: 'w', tasks: { a, b: { command: ['true'], writes: ['distance/'] } } })).toEqual([]);
  });

  test('tells of cells that write the same files, unless the matrix is in the path', () => {
    const matrix = { os: ['linux', 'mac'] };
    const x = { command: ['true'], matrix };
    expect(problems({ name: 'w', tasks: { x: { ...x, writes: ['dist/'] } } })).toEqual([
      'warning WORKFLOW_WRITES_OVERLAP tasks.x.writes[0]',
    ]);
    expect(problems({ name: 'w', tasks: { x: { ...x, writes: ['dist/${{ matrix.os }}/'] } } })).toEqual([]);
  });

  test('tells of an output that verify will not see, and of agents that nobody asks for', () => {
    expect(problemsOf({ command: ['true'], writes: ['a/'], outputs: { o: { file: 'b/c' } } })).toEqual([
      'warning WORKFLOW_OUTPUT_OUTSIDE tasks.x.outputs.o.file',
    ]);
    const agents = { spare: { driver: 'command' } };
    expect(problems({ name: 'w', agents, tasks: { x: { command: ['true'] } } })).toEqual([
      'warning WORKFLOW_AGENT_UNUSED agents.spare',
    ]);
  });

  test('is all that a missing capability is where agents may join later', () => {
    expect(problemsOf({ command: ['true'], requires: ['gpu'] }, { mayJoin: true })).toEqual([
      'warning WORKFLOW_CAPABILITY tasks.x.requires[0]',
    ]);
  });
});
