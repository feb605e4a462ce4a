import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeUserError, userErrorsIn } from '../util/user-error.ts';
import { readEnvironment } from './environment.ts';
import { addGrant, isGranted, readGrants, removeGrant } from './grants.ts';
import { loadConfig, type Config, type ConfigOptions } from './load-config.ts';
import { OPTIONS, variableOf } from './options.ts';

let root = '';
let home = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'waggle-config-'));
  home = join(root, 'home');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

type Given = Readonly<{
  yaml?: string;
  variables?: Record<string, string>;
  flags?: ConfigOptions['flags'];
  file?: string;
}>;

async function load({ yaml, variables = {}, flags, file }: Given): Promise<Config> {
  if (yaml !== undefined) await writeFile(join(root, 'waggle.yaml'), yaml);
  const environment = readEnvironment({ HOME: root, WAGGLE_HOME: home, ...variables });
  return await loadConfig({
    root,
    environment,
    cores: 4,
    ...(flags === undefined ? {} : { flags }),
    ...(file === undefined ? {} : { file }),
  });
}

const mistakes = (given: Given): Promise<readonly string[]> =>
  load(given).then(
    () => [],
    (error: unknown) => userErrorsIn(error).map(describeUserError),
  );

describe('values', () => {
  test('are the defaults of the table where nobody says anything', async () => {
    const { options, file, withheld } = await load({});
    expect(file).toBeUndefined();
    expect(withheld).toEqual([]);
    expect(options.coordination).toMatchObject({ algorithm: 'adaptive', maxAgents: 4 });
    expect(options.faultTolerance.retryMaxDelayMs).toBe(300_000);
    expect(options.budgets).toEqual({ wallMs: undefined, attempts: undefined });
    expect(options.security.passEnvironment).toEqual([]);
  });

  test('are the defaults when the file holds nothing but comments', async () => {
    const { options } = await load({ yaml: '# coordination:\n#   maxAgents: 2\n' });
    expect(options.coordination.maxAgents).toBe(4);
  });

  test('of flags win over the environment, that over the file, and each knows where it came from', async () => {
    const { explained } = await load({
      yaml: 'coordination:\n  maxAgents: 2\n  maxWaitMs: 1m\nfaultTolerance:\n  maxAttempts: 5\n',
      variables: { WAGGLE_COORDINATION_MAX_AGENTS: '3', WAGGLE_COORDINATION_MAX_WAIT_MS: '2m' },
      flags: { 'coordination.maxAgents': { value: 7, flag: '--agents' } },
    });
    const shown = explained.map(({ name, value, origin }) => [name, value, origin.source, origin.at]);
    expect(shown).toContainEqual(['coordination.maxAgents', 7, 'flag', '--agents']);
    expect(shown).toContainEqual(['coordination.maxWaitMs', 120_000, 'environment', 'WAGGLE_COORDINATION_MAX_WAIT_MS']);
    expect(shown).toContainEqual(['faultTolerance.maxAttempts', 5, 'file', 'waggle.yaml:5:16']);
    expect(shown).toContainEqual(['coordination.algorithm', 'adaptive', 'default', '']);
  });

  test('may be written with units or as figures', async () => {
    const { options } = await load({
      yaml: 'performance: { outputLimitBytes: 1MiB }\nfaultTolerance: { taskTimeoutMs: 90s, retryFirstDelayMs: 250 }\n',
    });
    expect(options.performance.outputLimitBytes).toBe(1_048_576);
    expect(options.faultTolerance).toMatchObject({ taskTimeoutMs: 90_000, retryFirstDelayMs: 250 });
  });

  test('include groups of agents', async () => {
    const { agents } = await load({ yaml: 'agents:\n  builder: { driver: command, count: 3 }\n' });
    expect(agents).toEqual({ builder: { driver: 'command', count: 3 } });
  });

  test('of an empty group are the defaults', async () => {
    expect((await load({ yaml: 'coordination:\nagents:\n' })).options.coordination.maxAgents).toBe(4);
  });
});

describe('mistakes', () => {
  test('of all sources are told at once, with their place', async () => {
    const found = await mistakes({
      yaml: [
        'coordination:',
        '  algoritm: adaptive',
        '  maxAgents: 0',
        '  maxWaitMs: 5 minutes',
        'faultTolerance: 3',
        'fault: {}',
        'workspaces:',
        '  setup: npm ci',
        'agents:',
        '  builder: { drive: command }',
        '  tester: { count: 1 }',
        '',
      ].join('\n'),
      variables: {
        WAGGLE_COORDINATION_ALGORITHM: 'adaptve',
        WAGGLE_COORDINATION_ZZZZZZZZZZZZZZZZ_KKKKKKKK: '9',
        WAGGLE_HOEM: 'x',
        WAGGLE_TASK: 'y',
      },
      flags: { 'budgets.wallMs': { value: 'soon', flag: '--budget' }, 'budgets.wal': { value: 1, flag: '--set' } },
    });
    expect(found.map((line) => line.replace(/Known are: .*/, 'Known are: …'))).toEqual([
      'waggle.yaml:2:3: "algoritm" is not known. Did you mean "algorithm"?',
      'waggle.yaml:3:14: coordination.maxAgents is 0, but must be 1 to 1,000. Write a whole number in that range.',
      'waggle.yaml:4:14: coordination.maxWaitMs is "5 minutes", but must be a duration, 0ms to 1d. Write a number with a unit, such as 500ms, 10s, 30m or 2h.',
      'waggle.yaml:5:17: "faultTolerance" must be a group of keys with values. Write "key: value" lines.',
      'waggle.yaml:6:1: "fault" is not known. Known are: …',
      'waggle.yaml:8:10: workspaces.setup is "npm ci", but must be a list of commands. Write a list of programs with their arguments: [[npm, ci]].',
      'WAGGLE_COORDINATION_ALGORITHM: coordination.algorithm is "adaptve", which is no choice. Write one of adaptive, capability-based, least-loaded, round-robin. Did you mean "adaptive"?',
      'environment: "WAGGLE_COORDINATION_ZZZZZZZZZZZZZZZZ_KKKKKKKK" is not known. Known are: …',
      'environment: "WAGGLE_HOEM" is not known. Did you mean "WAGGLE_HOME"?',
      '--budget: budgets.wallMs is "soon", but must be a duration, 1s to 365d. Write a number with a unit, such as 500ms, 10s, 30m or 2h.',
      '--set: "budgets.wal" is not known. Did you mean "budgets.wallMs"?',
      'waggle.yaml:10:14: "drive" is not known in "builder". Remove or rename it. Did you mean "driver"?',
      'waggle.yaml:11:11: "driver" is missing in "tester". Add it: a text.',
    ]);
  });

  test('in groups of agents are told where they stand', async () => {
    const yaml =
      'agents:\n  local: { driver: command }\n  coder: { driver: "acp:claude" }\n  builder: { driver: comand }\n';
    expect(await mistakes({ yaml })).toEqual([
      'waggle.yaml:2:3: "local" is the group of built-in agents. Give the group another name.',
      'waggle.yaml:3:20: Agents "coder" have a driver "acp:claude": model agents are not in this version yet. Use driver: command or driver: function.',
      'waggle.yaml:4:22: Agents "builder" have an unknown driver "comand". Known are command, function and remote. Did you mean "command"?',
    ]);
  });

  test('a file that was named must be there', async () => {
    expect(await mistakes({ file: join(root, 'none.yaml') })).toEqual([
      `"${join(root, 'none.yaml')}" does not exist. Check the path and its permissions.`,
    ]);
  });

  test('no default is outside its own range, and every option has a variable of its own', () => {
    const variables = new Set([...OPTIONS.keys()].map(variableOf));
    expect(variables.size).toBe(OPTIONS.size);
    for (const row of OPTIONS.values()) {
      if (row.type === 'choice') expect(row.choices).toContain(row.default);
      if (!('min' in row) || typeof row.default !== 'number') continue;
      expect(row.default).toBeGreaterThanOrEqual(row.min);
      expect(row.default).toBeLessThanOrEqual(row.max);
    }
  });
});

const TRUSTED = 'workspaces:\n  setup: [[npm, ci]]\nsecurity:\n  passEnvironment: [NPM_TOKEN]\n';

describe('trust', () => {
  test('what a repository must not decide alone is withheld until its very content is granted', async () => {
    const before = await load({ yaml: TRUSTED });
    expect(before.options.workspaces.setup).toEqual([]);
    expect(before.options.security.passEnvironment).toEqual([]);
    expect(before.withheld).toEqual([
      { name: 'workspaces.setup', at: 'waggle.yaml:2:10', value: [['npm', 'ci']] },
      { name: 'security.passEnvironment', at: 'waggle.yaml:4:20', value: ['NPM_TOKEN'] },
    ]);
    const path = join(root, 'waggle.yaml');
    await addGrant(home, { path, sha256: before.file?.sha256 ?? '', grantedAtMs: 1 });
    const granted = await load({ yaml: TRUSTED });
    expect(granted.withheld).toEqual([]);
    expect(granted.options.workspaces.setup).toEqual([['npm', 'ci']]);
    expect((await load({ yaml: `${TRUSTED}# changed\n` })).withheld).toHaveLength(2);
  });

  test('a file that the user names, the environment and flags need no grant', async () => {
    const file = join(root, 'mine.yaml');
    await writeFile(file, TRUSTED);
    expect((await load({ file })).options.workspaces.setup).toEqual([['npm', 'ci']]);
    const variables = { WAGGLE_SECURITY_PASS_ENVIRONMENT: 'A,B' };
    expect((await load({ variables })).options.security.passEnvironment).toEqual(['A', 'B']);
  });

  test('grants are kept where only the user reads them, one per file, and can be taken back', async () => {
    const path = join(root, 'waggle.yaml');
    await writeFile(path, TRUSTED);
    await symlink(path, join(root, 'link.yaml'));
    const [old, current] = ['0'.repeat(64), '1'.repeat(64)];
    await addGrant(home, { path, sha256: old, grantedAtMs: 1 });
    await addGrant(home, { path: join(root, 'link.yaml'), sha256: current, grantedAtMs: 2 });
    const grants = await readGrants(home);
    expect(grants.map(({ sha256 }) => sha256)).toEqual([current]);
    expect(await isGranted(grants, join(root, 'link.yaml'), current)).toBe(true);
    expect(await isGranted(grants, path, old)).toBe(false);
    expect(await isGranted(grants, join(root, 'other.yaml'), current)).toBe(false);
    const other = { path: '/elsewhere/waggle.yaml', sha256: old, grantedAtMs: 3 };
    expect(await isGranted([...grants, other], path, old)).toBe(false);
    expect(((await stat(home)).mode & 0o777).toString(8)).toBe('700');
    expect(((await stat(join(home, 'grants.json'))).mode & 0o777).toString(8)).toBe('600');
    expect([await removeGrant(home, path), await removeGrant(home, path)]).toEqual([true, false]);
    expect(await readGrants(home)).toEqual([]);
  });

  test.each([
    ['not JSON', 'GRANTS_DAMAGED'],
    ['{"version":2,"grants":[]}', 'GRANTS_DAMAGED'],
    ['{"version":1,"grants":[{"path":"/a","sha256":"x","grantedAtMs":1}]}', 'GRANTS_DAMAGED'],
    [`${'['.repeat(100)}`, 'GRANTS_DAMAGED'],
  ])('a damaged file of grants grants nothing: %s', async (text, code) => {
    await mkdir(home);
    await writeFile(join(home, 'grants.json'), text, { mode: 0o600 });
    await expect(readGrants(home)).rejects.toMatchObject({ code });
  });

  test('a file of grants that others may write grants nothing', async () => {
    await mkdir(home);
    await writeFile(join(home, 'grants.json'), '{"version":1,"grants":[]}');
    await chmod(join(home, 'grants.json'), 0o666);
    await expect(readGrants(home)).rejects.toMatchObject({ code: 'GRANTS_UNSAFE' });
  });
});

describe('the environment', () => {
  test('says where the user’s own state is', () => {
    expect(readEnvironment({ HOME: '/u' }).home).toBe('/u/.local/state/waggle');
    expect(readEnvironment({ HOME: '/u', XDG_STATE_HOME: '/s' }).home).toBe('/s/waggle');
    expect(readEnvironment({ HOME: '/u', XDG_STATE_HOME: 'relative', WAGGLE_HOME: '/w' }).home).toBe('/w');
  });

  test.each([{}, { HOME: '' }, { HOME: 'relative' }])('is the same in every folder, also with %o', (variables) => {
    expect(readEnvironment(variables).home).toMatch(/^\/.*\.local\/state\/waggle$/);
  });

  test('says about colour only what somebody set', () => {
    expect(readEnvironment({}).color).toBeUndefined();
    expect(readEnvironment({ NO_COLOR: '1', FORCE_COLOR: '1' }).color).toBe(false);
    expect(readEnvironment({ NO_COLOR: '0' }).color).toBe(false);
    expect(readEnvironment({ FORCE_COLOR: '1' }).color).toBe(true);
    expect(readEnvironment({ NO_COLOR: '' }).color).toBeUndefined();
  });
});

describe('what only a later version has', () => {
  test('is told of, never passed over', async () => {
    const yaml = `communication: { protocol: grpc }
monitoring: { tracingEnabled: true }
server: { port: 1 }
`;
    const told = await mistakes({ yaml });
    expect(told).toHaveLength(3);
    for (const one of told) expect(one).toContain('not available yet in this version');
  });

  test('and what has another name or none says so', async () => {
    const yaml = 'performance: { maxBatch: 5 }\ncoordination: { topology: mesh }\n';
    const told = await mistakes({ yaml });
    expect(told[0]).toContain('communication.batchSize');
    expect(told[1]).toContain('"coordination.topology" is no option');
  });
});

describe('switches', () => {
  test('are on and off, or true and false', async () => {
    const { options } = await load({
      yaml: 'monitoring: { alertingEnabled: false }\ncoordination: { autoScaling: true }\n',
    });
    expect(options.monitoring.alertingEnabled).toBe('off');
    expect(options.coordination.autoScaling).toBe('on');
    expect(await mistakes({ yaml: 'coordination: { algorithm: true }\n' })).toHaveLength(1);
  });

  test('that take figures away are refused where something lives on figures', async () => {
    const off = 'metricsEnabled: off';
    expect(await mistakes({ yaml: `monitoring: { ${off} }\n` })).toEqual([]);
    expect(await mistakes({ yaml: `monitoring: { ${off}, tuning: on, alertingEnabled: on }\n` })).toHaveLength(2);
    const rules = 'alerts: { full: { condition: memory_ratio > 0.9 } }\n';
    expect((await mistakes({ yaml: `monitoring: { ${off} }\n${rules}` }))[0]).toContain('"alerts" needs figures');
    expect(await mistakes({ yaml: `monitoring: { ${off}, alertingEnabled: off }\n${rules}` })).toEqual([]);
  });
});

describe('people who are asked', () => {
  test('are named, in a file and in the environment', async () => {
    const inFile = await load({ yaml: 'coordination: { approvers: [ann, ben] }\nmonitoring: { tuning: vote }\n' });
    expect(inFile.options.coordination.approvers).toEqual(['ann', 'ben']);
    const { options } = await load({ variables: { WAGGLE_COORDINATION_APPROVERS: 'ann, ben' } });
    expect(options.coordination.approvers).toEqual(['ann', 'ben']);
    for (const wrong of ['[ann, ann]', '["a b"]', '["user:ann"]', '7', '[""]']) {
      expect(await mistakes({ yaml: `coordination: { approvers: ${wrong} }\n` }), wrong).toHaveLength(1);
    }
  });

  test('are missing where the tuner should ask somebody', async () => {
    expect(await mistakes({ yaml: 'monitoring: { tuning: vote }\n' })).toEqual([
      expect.stringMatching(
        /^waggle\.yaml:1:\d+: "monitoring\.tuning" is vote, and nobody has a vote\. Write who votes/,
      ),
    ]);
  });
});

describe('a heartbeat', () => {
  test('comes at least twice in a lease', async () => {
    const told = await mistakes({ yaml: 'faultTolerance: { hostHeartbeatMs: 8s }\n' });
    expect(told).toEqual([expect.stringMatching(/^waggle\.yaml:1:\d+: A host is heard every 8s and lost after 15s/)]);
    expect(await mistakes({ yaml: 'faultTolerance: { hostLeaseMs: 1s }\n' })).toHaveLength(1);
    expect(await mistakes({ yaml: 'faultTolerance: { hostLeaseMs: 1s, hostHeartbeatMs: 500ms }\n' })).toEqual([]);
  });
});

describe('shares of the machine', () => {
  test('are amounts, in a file and in the environment', async () => {
    const amounts = { cpu: 2_500, memory: 8 * 2 ** 30 };
    const inFile = await load({ yaml: 'performance: { resourceLimits: { cpu: 2.5, memory: 8GiB } }\n' });
    expect(inFile.options.performance.resourceLimits).toEqual(amounts);
    const variables = { WAGGLE_PERFORMANCE_RESOURCE_LIMITS: 'cpu=2.5,memory=8GiB' };
    expect((await load({ variables })).options.performance.resourceLimits).toEqual(amounts);
  });

  test('that are none are refused', async () => {
    for (const wrong of ['{ cpu: 0 }', '{ cpus: 1 }', '{ memory: much }', '{ network: -1 }', '7', '[1]']) {
      expect(await mistakes({ yaml: `performance: { resourceLimits: ${wrong} }\n` }), wrong).toHaveLength(1);
    }
  });
});

describe('hosts that may be private', () => {
  test('are named with their port', async () => {
    const { options } = await load({
      variables: { WAGGLE_SECURITY_ALLOW_HOSTS: '127.0.0.1:9000,[::1]:80, Hook.local:8443' },
    });
    expect(options.security.allowHosts).toEqual(['127.0.0.1:9000', '[::1]:80', 'hook.local:8443']);
    for (const wrong of ['a', 'a:0', 'a:70000', 'a b:1', 'http://a:1', '*:80']) {
      expect(await mistakes({ variables: { WAGGLE_SECURITY_ALLOW_HOSTS: wrong } }), wrong).toHaveLength(1);
    }
  });
});

describe('notifiers of a repository', () => {
  test('count only with a grant', async () => {
    const yaml = 'notifiers: { pager: { command: [/bin/true] } }\n';
    const before = await load({ yaml });
    expect(before.notifiers).toEqual([]);
    expect(before.withheld.map(({ name }) => name)).toEqual(['notifiers.pager']);
    const sha256 = before.file?.sha256 ?? '';
    await addGrant(home, { path: join(root, 'waggle.yaml'), sha256, grantedAtMs: 1 });
    expect((await load({ yaml })).notifiers.map(({ name }) => name)).toEqual(['pager']);
  });
});
