import { describe, expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

const SETTINGS = `coordination:
  coolDownMs: 500
  scaleWindowMs: 200
agents:
  pool: { driver: command, scale: { min: 0, max: 3 } }
`;

/** Three at once, then nothing for the pool for a while; \`last\` waits for the file \`go\`. */
const WORK = `name: work
tasks:
  a: { agent: pool, command: [sleep, "0.2"] }
  b: { agent: pool, command: [sleep, "0.2"] }
  c: { agent: pool, command: [sleep, "0.2"] }
  last: { needs: [a, b, c], shell: "while ! test -f go; do sleep 0.05; done" }
`;

describe('a group with scale', () => {
  test('grows from nobody when work comes, shows it, and goes when there is none left', async () => {
    using project = new TestProject({ 'waggle.yaml': SETTINGS, 'work.yaml': WORK });
    const call = project.start(['run', 'work.yaml']);
    expect(await call.says('agents pool')).toMatch(/agents pool {2}0 → 3: 3 tasks could start, and no agent is there/);
    expect(await call.says('3 → 0')).toMatch(/agents pool {2}3 → 0: load 0 % for \d s/);
    const list = await project.waggle('agents', 'list');
    expect(list.stdout).toMatch(/pool: 0 of 0 to 3 agents, nobody to load/);
    expect(list.stdout).not.toMatch(/pool-1/);
    project.write('go', '');
    const { code } = await call.ended;
    expect(code).toBe(0);
  });

  test('stays at its most where autoScaling is off', async () => {
    using project = new TestProject({
      'waggle.yaml': `${SETTINGS.replace('coordination:', 'coordination:\n  autoScaling: off')}`,
      'work.yaml': WORK,
      go: '',
    });
    const ended = await project.waggle('run', 'work.yaml', '--json', '--quiet');
    expect(ended.code).toBe(0);
    const types = jsonLines(ended).map(({ type }) => type);
    expect(types).not.toContain('scaling.decided');
    expect(types.filter((type) => type === 'task.succeeded')).toHaveLength(4);
  });

  test('with bounds that no number fits is refused with file, line and a way out', async () => {
    using project = new TestProject({
      'bad.yaml': `name: bad\nagents:\n  pool: { driver: command, scale: { min: 4, max: 2 } }\ntasks:\n  a: { agent: pool, command: [echo] }\n`,
    });
    const { code, stderr } = await project.waggle('run', 'bad.yaml');
    expect(code).not.toBe(0);
    expect(stderr).toContain('scale.min 4, which is more than scale.max 2');
    expect(stderr).toContain('bad.yaml:3');
  });
});
