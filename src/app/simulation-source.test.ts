import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InMemoryArchive } from '../adapters/in-memory/in-memory-archive.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadConfig } from '../config/load-config.ts';
import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { SwarmEvent } from '../core/events.ts';
import { agentId, type RunId, runId, taskId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { userErrorsIn } from '../util/user-error.ts';
import { agentsFor } from './simulation.ts';
import { drawnSource, runSource, type SimulationSource, workflowSource } from './simulation-source.ts';

type At = Readonly<{ atMs: number; event: SwarmEvent }>;

async function sourceOf(workflow: string, settings = ''): Promise<SimulationSource> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'waggle-source-'));
  const root = folder.path;
  await writeFile(join(root, 'flow.yaml'), workflow);
  await writeFile(join(root, 'waggle.yaml'), settings);
  const config = await loadConfig({ root, environment: readEnvironment({ HOME: root, WAGGLE_HOME: root }), cores: 2 });
  return await workflowSource('flow.yaml', root, { config, estimate: ({ tasks }) => Promise.resolve({ tasks }) });
}

const staffOf = (source: SimulationSource): readonly string[] => {
  const agents = agentsFor(source, undefined);
  return typeof agents === 'number' ? [String(agents)] : agents.map(({ role, count }) => `${role} ${count}`);
};

const RENDER = `name: render
agents:
  renderer: { driver: command, scale: { min: 0, max: 8 } }
  press: { driver: remote, scale: { min: 1, max: 3 } }
tasks:
  home: { agent: renderer, command: [make, home] }
  print: { agent: press, command: [make, print] }
`;

test('groups with scale have all agents that they may have, and it is said', async () => {
  const source = await sourceOf(RENDER);
  expect(staffOf(source)).toEqual(['local 2', 'renderer 8', 'press 3']);
  expect(source.notes).toEqual([
    'Times of 2 tasks: 0 as the file says, 0 from history, 2 unknown: taken as 60 s.',
    'Groups with scale are taken at their most, unless --agents says otherwise: renderer 8, press 3.',
  ]);
});

test('no group with scale has more agents than the project allows all of them', async () => {
  const source = await sourceOf(RENDER, 'coordination:\n  maxScaledAgents: 2\n');
  expect(staffOf(source)).toEqual(['local 2', 'renderer 2', 'press 2']);
});

test('a group of a run that grew and shrank has no more agents than it may have', () => {
  const id = runId('r1');
  const shape = { role: 'pool', driver: 'command', capabilities: ['command'], slots: 1, host: 'here' } as const;
  const agent = (name: string): AgentSpec => ({ ...shape, id: agentId(`r1/${name}`), runId: id });
  const joined = (...names: readonly string[]): SwarmEvent => {
    return { type: 'agents.registered', agents: names.map((name) => agent(name)) };
  };
  const left = (name: string): SwarmEvent => ({ type: 'agent.removed', agentId: agentId(`r1/${name}`) });
  const scale = [{ ...shape, min: 1, max: 4 }];
  const run = { name: 'render', inputs: {}, budget: {}, project: '/project', source: 'render.yaml', scale };
  const work = { kind: 'command', argv: ['make'] } as const;
  const events: readonly SwarmEvent[] = [
    { type: 'run.created', runId: id, run, taskCount: 1, wallTimeMs: 0 },
    { type: 'tasks.added', runId: id, tasks: [{ name: 'a', type: 'a', work, needs: [], requires: ['command'] }] },
    joined('pool-1', 'pool-2', 'pool-3', 'pool-4'),
    ...['pool-2', 'pool-3', 'pool-4'].map(left),
    joined('pool-5', 'pool-6', 'pool-7'),
  ];
  const entries = events.map((event) => ({ atMs: 0, event }));
  const archive = new InMemoryArchive([{ epoch: 1, firstSeq: 1, wallTimeMs: 0, entries }]);
  const [record] = archive.runs();
  expect(record === undefined ? [] : staffOf(runSource(archive, record))).toEqual(['pool 4']);
});

test('a run that reuses what an earlier one has done takes the times of where it was done', () => {
  const work = { kind: 'command', argv: ['make'] } as const;
  const build = { name: 'build', type: 'build', work, needs: [], requires: ['command'] };
  const pack = { name: 'pack', type: 'pack', work, needs: ['build'], requires: ['command'] };
  const run = { name: 'ci', inputs: {}, budget: {}, project: '/project', source: 'ci.yaml' };
  const reused = { ...build, type: 'reused', work: { kind: 'function', function: 'waggle.reuse' } } as const;
  const begun = (id: RunId, again: object, tasks: readonly TaskSpec[], roles: readonly string[]): readonly At[] => [
    { atMs: 0, event: { type: 'run.created', runId: id, run: { ...run, ...again }, taskCount: 2, wallTimeMs: 0 } },
    { atMs: 0, event: { type: 'tasks.added', runId: id, tasks } },
    { atMs: 0, event: { type: 'agents.registered', agents: roles.map((role) => agentOf(id, role)) } },
  ];
  const did = (id: RunId, name: string, agent: string, [from, to]: readonly [number, number]): readonly At[] => {
    const attempt = { taskId: taskId(id, name), attempt: 1 };
    return [
      { atMs: from, event: { type: 'attempt.assigned', ...attempt, agentId: agentId(`${id}/${agent}`) } },
      { atMs: to, event: { type: 'task.succeeded', ...attempt, outputs: {}, evidence: [] } },
    ];
  };
  const [first, second, third] = [runId('r1'), runId('r2'), runId('r3')];
  const reuse = { ...reused, requires: ['function:waggle.reuse'] };
  const entries: readonly At[] = [
    ...begun(first, {}, [build, pack], ['local']),
    ...did(first, 'build', 'local', [0, 9_000]),
    ...begun(second, { retryOf: first }, [reuse, pack], ['local', 'reuse']),
    ...did(second, 'build', 'reuse', [9_000, 9_004]),
    ...begun(third, { retryOf: second }, [reuse, pack], ['local', 'reuse']),
    ...did(third, 'build', 'reuse', [9_010, 9_014]),
    ...did(third, 'pack', 'local', [9_014, 11_014]),
  ];
  const archive = new InMemoryArchive(
    entries.map((entry, index) => ({ epoch: 1, firstSeq: index + 1, wallTimeMs: entry.atMs, entries: [entry] })),
  );
  const record = archive.run(third);
  const source = record === undefined ? undefined : runSource(archive, record);
  expect(source?.work.tasks).toEqual([build, pack]);
  expect(Array.from(source?.work.durationsMs ?? [])).toEqual([9_000, 2_000]);
  expect(source?.groups.map(({ role }) => role)).toEqual(['local']);
  expect(source?.notes).toEqual([
    'Times: 2 of 2 tasks as measured in run r3.',
    '1 task was reused: as measured in the run that did it.',
  ]);
});

function agentOf(id: RunId, role: string): AgentSpec {
  const capabilities = role === 'reuse' ? ['function:waggle.reuse'] : ['command'];
  return { role, driver: 'command', capabilities, slots: 1, host: 'here', id: agentId(`${id}/${role}`), runId: id };
}

test('what a synthetic graph is told twice, or in too many words, is refused', () => {
  const told = (text: string): readonly string[] => {
    try {
      drawnSource(text);
      return [];
    } catch (error) {
      return userErrorsIn(error).map(({ message }) => message);
    }
  };
  expect(told('synthetic:layers=2,width=2,seed=3')).toEqual([]);
  expect(told('synthetic:layers=10,layers=20')).toEqual(['layers stands in it twice.']);
  expect(told('synthetic:layers=1=2')).toEqual(['layers is "1=2", which is no whole number from 1 to 1000000.']);
});
