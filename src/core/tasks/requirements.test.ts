import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { analyseRequirements } from './requirements.ts';
import type { TaskSpec } from './task-spec.ts';

const SPEC: TaskSpec = {
  name: 'build',
  type: 'release/build',
  work: { kind: 'command', argv: ['make'] },
  needs: ['fetch'],
  requires: ['command'],
};
const never = (): undefined => undefined;

describe('requirement analysis', () => {
  test('takes what is declared before what was learned', () => {
    const found = analyseRequirements({ ...SPEC, estimateMs: 5_000, priority: 'high' }, () => 9_000);
    assert.deepEqual([found.estimatedMs, found.estimatedFrom, found.priority], [5_000, 'declared', 'high']);
  });

  test('learns from the type, and falls back to a minute that makes nothing complex', () => {
    const learned = analyseRequirements(SPEC, (type) => (type === 'release/build' ? 1_200_000 : undefined));
    assert.deepEqual(
      [learned.estimatedMs, learned.estimatedFrom, learned.complexity],
      [1_200_000, 'history', 'complex'],
    );
    const unknown = analyseRequirements(SPEC, never);
    assert.deepEqual([unknown.estimatedMs, unknown.estimatedFrom, unknown.complexity], [60_000, 'default', 'simple']);
  });

  test('counts own checks and many needs', () => {
    assert.equal(analyseRequirements({ ...SPEC, verify: [['make', 'test']] }, never).complexity, 'moderate');
    const needs = Array.from({ length: 8 }, (_, index) => `n${index}`);
    assert.equal(analyseRequirements({ ...SPEC, needs }, never).complexity, 'complex');
  });

  test('hands on what it needs, and reserves nothing that was not declared', () => {
    const found = analyseRequirements(SPEC, never);
    assert.deepEqual(
      [found.requires, found.prefers, found.dependencies, found.resources],
      [['command'], [], ['fetch'], {}],
    );
  });
});
