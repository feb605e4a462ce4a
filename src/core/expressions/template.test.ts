import { describe, expect, test } from 'vitest';
import type { CommandWork } from '../tasks/task-spec.ts';
import type { Evaluated, Scope } from './evaluate.ts';
import { formatReference } from './expression.ts';
import { evaluateCondition, resolveWork } from './resolve-work.ts';
import { parseTemplate, resolveJson, resolveText, templateReferences } from './template.ts';

const scope: Scope = {
  runId: 'run-7',
  inputs: { version: '1.2.0', count: 3, list: ['a', 'b'] },
  task: (name) => (name === 'build' ? { state: 'succeeded', outputs: { meta: { size: 1 } } } : undefined),
};

const message = (result: Evaluated): string => (result.ok ? 'no message' : result.message);

describe('resolveText', () => {
  test('replaces each expression and keeps the rest', () => {
    expect(resolveText('v${{ inputs.version }}-${{inputs.count}} {{x}} $y', scope)).toEqual({
      ok: true,
      value: 'v1.2.0-3 {{x}} $y',
    });
  });

  test('does not resolve a result again', () => {
    const tricky: Scope = { ...scope, inputs: { a: '${{ run.id }}' } };
    expect(resolveText('${{ inputs.a }}', tricky)).toEqual({ ok: true, value: '${{ run.id }}' });
  });

  test('lets a quoted text hold the closing braces', () => {
    expect(resolveText("a${{ '}}' }}b", scope)).toEqual({ ok: true, value: 'a}}b' });
  });

  test('refuses a list, a NUL character and a text without end', () => {
    expect(message(resolveText('x${{ inputs.list }}', scope))).toMatch(/got a list/);
    const nul: Scope = { ...scope, inputs: { a: '\0' } };
    expect(message(resolveText('${{ inputs.a }}', nul))).toMatch(/NUL/);
    const big: Scope = { ...scope, inputs: { a: 'x'.repeat(40_000) } };
    expect(message(resolveText('${{ inputs.a }}${{ inputs.a }}', big))).toMatch(/65536/);
  });
});

describe('parseTemplate', () => {
  test('says where the mistake is in the whole text', () => {
    expect(parseTemplate('abc ${{ inputs.x + 1 }}')).toEqual({
      ok: false,
      problem: { message: '"+" is not part of the language.', at: 17 },
    });
    expect(parseTemplate('abc ${{ inputs.x')).toMatchObject({ problem: { message: 'the closing "}}" is missing.' } });
  });

  test('names what the text needs', () => {
    const parsed = parseTemplate('${{ inputs.a }} ${{ tasks.b.state }}');
    expect(parsed.ok && templateReferences(parsed.template).map(formatReference)).toEqual([
      'inputs.a',
      'tasks.b.state',
    ]);
  });
});

describe('resolveJson', () => {
  test('keeps the type of a text that is one expression', () => {
    const input = { n: '${{ inputs.count }}', all: ['${{ inputs.list }}', 'n=${{ inputs.count }}'], same: null };
    expect(resolveJson(input, scope)).toEqual({ ok: true, value: { n: 3, all: [['a', 'b'], 'n=3'], same: null } });
    expect(resolveJson('${{ inputs.count }}${{ inputs.count }}', scope)).toEqual({ ok: true, value: '33' });
    expect(resolveJson('${{ tasks.build.outputs.meta }}', scope)).toEqual({ ok: true, value: { size: 1 } });
  });

  test('gives back the same object when there is nothing to resolve', () => {
    const input = { a: [1, { b: 'x' }] };
    const result = resolveJson(input, scope);
    expect(result.ok && result.value === input).toBe(true);
  });
});

describe('resolveWork', () => {
  test('resolves the environment first and lets the rest see it', () => {
    const work: CommandWork = {
      kind: 'command',
      argv: ['echo', '${{ env.TAG }}'],
      cwd: 'pkg/${{ inputs.version }}',
      env: { TAG: 'v${{ inputs.version }}' },
    };
    expect(resolveWork(work, scope)).toEqual({
      ok: true,
      value: { kind: 'command', argv: ['echo', 'v1.2.0'], cwd: 'pkg/1.2.0', env: { TAG: 'v1.2.0' } },
    });
  });

  test('never puts a value into a shell script', () => {
    const work: CommandWork = { kind: 'command', shell: 'echo ${{ inputs.version }}', env: { A: '${{ run.id }}' } };
    expect(resolveWork(work, scope)).toEqual({
      ok: true,
      value: { kind: 'command', shell: 'echo ${{ inputs.version }}', env: { A: 'run-7' } },
    });
  });

  test('says what is missing instead of running without it', () => {
    const work: CommandWork = { kind: 'command', argv: ['cat', '${{ tasks.build.outputs.file }}'] };
    expect(resolveWork(work, scope)).toEqual({
      ok: false,
      message: 'tasks.build.outputs.file has no value: "build" is succeeded and left no such output.',
    });
  });
});

describe('evaluateCondition', () => {
  test('is true or false, else a message', () => {
    expect(evaluateCondition('inputs.count == 3', scope)).toEqual({ ok: true, value: true });
    expect(message(evaluateCondition('inputs.count', scope))).toMatch(/neither true nor/);
    expect(message(evaluateCondition('inputs.count ==', scope))).toMatch(/cannot be read/);
  });

  test('resolves the environment that it asks for', () => {
    expect(evaluateCondition("env.TAG == 'v3'", { ...scope, env: { TAG: 'v${{ inputs.count }}' } })).toEqual({
      ok: true,
      value: true,
    });
  });
});
