/**
 * Everything at once, for real: a lead that delegates, mail, three votes, a breaker that opens and closes, a worker
 * process that is killed, a group that grows and shrinks, a budget that refuses, a memory that is cleared, an alert that
 * acts. At the end the journal alone gives the same state and the same effects.
 *
 *     node examples/whole-swarm.ts
 */
import { strict as assert } from 'node:assert';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { log } from 'node:console';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineWorkflow, Swarm, type SwarmEvent } from '../src/index.ts'; // in your program: from 'waggle-swarm'
import { functions } from './whole-swarm/functions.ts';
import { tellWhatHappened } from './whole-swarm/seen.ts';

const RUN = 'expedition';
const VOTERS = ['north', 'south', 'east'];
/** The program that is installed as `waggle`: in your program `node_modules/waggle-swarm/bin/waggle.js`. */
const WAGGLE = join(import.meta.dirname, '../src/cli/main.ts');

const project = mkdtempSync(join(tmpdir(), 'waggle-whole-'));
writeFileSync(
  join(project, 'waggle.yaml'),
  `alerts:
  letters_lost:
    condition: increase(messages_died, "1m") >= 1
    severity: warning
    description: Somebody writes to those who have left.
    actions: [pause-runs]
`,
);

const workflow = defineWorkflow(
  {
    name: 'expedition',
    agents: {
      scouts: { driver: 'function', supervised: true },
      painters: { driver: 'function', scale: { min: 0, max: 3 } },
      // Nobody of it is here: processes of their own join.
      camp: { driver: 'remote', capabilities: ['field'] },
    },
  },
  ({ task }) => {
    const scouted = ['hill', 'lake', 'wood', 'moor'].map((place) =>
      task(`scout-${place}`, { agent: 'scouts', function: 'scout', retry: { maxAttempts: 10, firstDelay: '1ms' } }),
    );
    const measured = task('survey', {
      function: 'survey',
      delegate: true,
      budget: { tokens: 1_000 },
      subscribes: ['found.*'],
    });
    const painted = ['map', 'view', 'seal'].map((what) => task(what, { agent: 'painters', function: 'paint' }));
    const asked = task('ask', { function: 'ask', input: VOTERS });
    const voted = VOTERS.map((name) => task(name, { needs: [asked], function: 'vote' }));
    const counted = task('count', { needs: voted, function: 'count' });
    const remembered = task('remember', { function: 'remember' });
    const reread = task('reread', { needs: [remembered], function: 'reread' });
    // Done by whoever joins with this capability: a process of its own.
    const dug = task('dig', { shell: 'sleep 1; echo found', requires: ['field'], retry: { maxAttempts: 2 } });
    const all = [...scouted, measured, ...painted, counted, reread, dug];
    const farewell = task('farewell', { needs: all, function: 'farewell' });
    task('home', { needs: [farewell], function: 'home' });
  },
);

/** Short, so that the example does not take a minute. */
const options = {
  'coordination.maxAgents': 8,
  'coordination.coolDownMs': 300,
  'coordination.scaleWindowMs': 100,
  'faultTolerance.circuitBreakerThreshold': 3,
  'faultTolerance.circuitBreakerSuccesses': 2,
  'faultTolerance.recoveryTimeout': 200,
};

/** A process that joins as a host of its own. */
function setUpCamp(name: string): ChildProcess {
  const argv = [
    WAGGLE,
    'worker',
    '--cwd',
    project,
    '--capabilities',
    'field',
    '--agents',
    '1',
    '--name',
    name,
    '--quiet',
  ];
  // What goes wrong there is told here: without workers the run waits.
  return spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
}

const workers: ChildProcess[] = [];
try {
  const events: SwarmEvent[] = [];
  {
    await using swarm = await Swarm.open({ dir: project, functions, options });
    workers.push(setUpCamp('camp-1'));
    const run = await swarm.run(workflow, { id: RUN });
    for await (const { event } of run.events()) {
      if (event.type === 'attempt.assigned' && event.taskId === `${RUN}/dig` && event.attempt === 1) {
        // The first camp is lost while it works; another one is set up.
        workers[0]?.kill('SIGKILL');
        workers.push(setUpCamp('camp-2'));
      }
      // The alert has paused the run: a person looks, and lets it go on.
      if (event.type === 'run.paused') await swarm.resume();
    }
    const result = await run.finished;
    assert.equal(result.outcome.state, 'succeeded', JSON.stringify(result.outcome));
    events.push(...[...swarm.records()].map((record) => record.event));
  }
  for (const line of tellWhatHappened(events)) log(line);
  const told = execFileSync(process.execPath, [WAGGLE, 'replay', RUN, '--cwd', project, '--json'], {
    encoding: 'utf8',
  });
  const proof = told.split('\n').find((line) => line.includes('replay.proof'));
  assert.match(proof ?? '', /"isSame":true/);
  log('The journal alone gives the same state and the same effects.');
} finally {
  for (const worker of workers) worker.kill();
  rmSync(project, { recursive: true, force: true });
}
