import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { AgentGroup, CompileOptions } from './compiled-workflow.ts';

const follows: Partial<CompileOptions> = { scale: { min: 0, max: 4 } };

function groupOf(group: object, more: Partial<CompileOptions> = follows): AgentGroup | string {
  const workflow = { name: 'w', agents: { far: group }, tasks: { x: { agent: 'far', command: ['true'] } } };
  const result = compile(workflow, { localAgents: 1, source: 'w.yaml', ...more });
  if (!result.ok) return result.diagnostics.map(({ message, fix }) => `${message} ${fix}`).join('\n');
  return result.compiled.agents.find(({ role }) => role === 'far') ?? 'no group';
}

describe('a group whose number follows the work', () => {
  test('begins with its least, and with as many as it may have where nobody looks', () => {
    expect(groupOf({ driver: 'command', scale: { max: 3 } })).toMatchObject({ count: 0, scale: { min: 0, max: 3 } });
    expect(groupOf({ driver: 'command', scale: { max: 3 } }, {})).toMatchObject({ count: 3 });
    expect(groupOf({ driver: 'command', scale: { min: 5, max: 3 } })).toMatch(/scale\.min 5.*Write min up to count/);
  });

  test('of workers has nobody until they are started, and does the work of the group alone', () => {
    expect(groupOf({ driver: 'remote', scale: { min: 1, max: 3 }, capabilities: ['gpu'] })).toMatchObject({
      count: 0,
      scale: { min: 1, max: 3 },
      capabilities: ['command', 'gpu', 'agent:far'],
    });
    expect(groupOf({ driver: 'remote', scale: { max: 3 } }, {})).toMatchObject({ scale: { min: 3, max: 3 } });
  });

  test('of workers has no count and no functions', () => {
    expect(groupOf({ driver: 'remote', scale: {}, count: 1 })).toMatch(/and a count\. Write scale\.min/);
    expect(groupOf({ driver: 'remote', scale: {}, capabilities: ['function:fit'] })).toMatch(
      /waggle worker --functions/,
    );
    expect(groupOf({ driver: 'remote', capabilities: ['function:fit'] })).toMatchObject({ driver: 'remote' });
  });

  test('may have a size above which somebody is asked, if there is anybody', () => {
    const asked = { driver: 'command', scale: { max: 4, voteAbove: 2 } };
    const approved = { ...follows, hasApprovers: true };
    expect(groupOf(asked, approved)).toMatchObject({ count: 0, scale: { min: 0, max: 4, voteAbove: 2 } });
    expect(groupOf(asked)).toMatch(/nobody has a vote\. Write who votes in waggle\.yaml: coordination\.approvers/);
    expect(groupOf({ ...asked, count: 3 }, approved)).toMatch(/voteAbove 2, and 3 agents without any vote/);
  });

  test('stays at the size that needs no vote where its number does not follow the work', () => {
    const scale = { max: 4, voteAbove: 2 };
    expect(groupOf({ driver: 'command', scale }, { hasApprovers: true })).toMatchObject({ count: 2 });
    const far = groupOf({ driver: 'remote', scale }, { hasApprovers: true });
    expect(far).toMatchObject({ count: 0, scale: { min: 2, max: 2 } });
  });
});
