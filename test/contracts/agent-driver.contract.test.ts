import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { SystemProcessRunner } from '../../src/adapters/system/system-process-runner.ts';
import { CommandDriver } from '../../src/agents/drivers/command/command-driver.ts';
import { FunctionDriver } from '../../src/agents/drivers/function/function-driver.ts';
import type { FunctionCall, FunctionRegistry } from '../../src/agents/drivers/function/registered-function.ts';
import type { Work } from '../../src/core/tasks/task-spec.ts';
import type { AgentDriver } from '../../src/ports/agent-driver.ts';
import {
  AGENT_DRIVER_CONTRACT,
  type AgentDriverSubject,
  type ContractWork,
} from '../../src/testing/agent-driver-contract.ts';
import { MESSAGING_DRIVER_CONTRACT, type MessagingWork } from '../../src/testing/messaging-driver-contract.ts';
import { VOTING_DRIVER_CONTRACT, type VotingWork } from '../../src/testing/voting-driver-contract.ts';
import {
  giveUpMail,
  sendInAnotherForm,
  talk,
  vote,
  voteInAnotherForm,
  waitForMail,
  waitForOutcome,
} from '../support/worker-functions.ts';
import { assignmentOf } from '../support/assignments.ts';
import { onHost } from '../support/host-beside.ts';
import { MemoryArtifacts } from '../support/memory-artifacts.ts';

let project: string;
let processes: SystemProcessRunner;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'waggle-drivers-'));
  processes = await SystemProcessRunner.open();
});
afterAll(() => rm(project, { recursive: true, force: true }));

const NODE_ECHO = `
  const { inputs, needs } = JSON.parse(require('node:fs').readFileSync(process.env.WAGGLE_INPUT, 'utf8'));
  const outputs = { given: inputs.word, before: needs.first.word };
  require('node:fs').writeFileSync(process.env.WAGGLE_OUTPUT, JSON.stringify(outputs));`;

function commandFor(work: ContractWork): Work {
  const shell = (script: string): Work => ({ kind: 'command', shell: script });
  switch (work.does) {
    case 'nothing':
      return { kind: 'command', argv: ['true'] };
    case 'answer':
      return shell(`printf '{"answer":42,"text":"é"}' > "$WAGGLE_OUTPUT"`);
    case 'echo':
      return { kind: 'command', argv: [process.execPath, '-e', NODE_ECHO] };
    case 'fail':
      return shell('exit 3');
    case 'hang':
      return shell(`${work.isDeaf ? "trap '' TERM; " : ''}echo '::waggle step=hanging'; while :; do sleep 60; done`);
    case 'report':
      return shell('echo "::waggle progress=40 step=half"');
    case 'unknown':
      return { kind: 'command', argv: ['no-such-thing'] };
  }
}

const hanging = { kind: 'progress', percentage: null, step: 'hanging' } as const;

const untilStopped = ({ signal, report }: FunctionCall): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    report(hanging);
  });

const forEver = ({ report }: FunctionCall): Promise<never> => {
  report(hanging);
  return new Promise(() => {});
};

const FUNCTIONS: FunctionRegistry = {
  nothing: { run: () => undefined },
  answer: { run: async () => ({ answer: 42, text: 'é' }) },
  echo: { run: ({ inputs, needs }) => ({ given: inputs['word'], before: needs['first']?.['word'] }) },
  fail: { run: () => Promise.reject(new Error('no')) },
  hang: { run: untilStopped },
  'hang-deaf': { run: forEver },
  report: { run: ({ report }) => report({ kind: 'progress', percentage: 40, step: 'half' }) },
};

function functionFor(work: ContractWork): Work {
  if (work.does === 'unknown') return { kind: 'function', function: 'no-such-thing' };
  return { kind: 'function', function: work.does === 'hang' && work.isDeaf ? 'hang-deaf' : work.does };
}

const WORKERS = new URL('../support/worker-functions.ts', import.meta.url).href;
const NAMES = ['nothing', 'answer', 'echo', 'fail', 'hang', 'report'];
const IN_WORKERS: FunctionRegistry = Object.fromEntries(
  NAMES.map((name) => [name, { worker: { module: WORKERS, export: name } }]),
);
const workerFor = (work: ContractWork): Work =>
  work.does === 'hang' ? { kind: 'function', function: 'hang' } : functionFor(work);

type Open = () => Readonly<{ driver: AgentDriver; workFor: (work: ContractWork) => Work; close?: () => Promise<void> }>;

/** A new driver adds one line here, and passes or fails as a whole. */
const DRIVERS: Readonly<Record<string, Open>> = {
  command: () => {
    const ports = { processes, artifacts: new MemoryArtifacts(), clock: new SystemClock() };
    return { driver: new CommandDriver({ ...ports, environment: { PATH: '/usr/bin:/bin' } }), workFor: commandFor };
  },
  function: () => {
    const driver = new FunctionDriver({ functions: FUNCTIONS, clock: new SystemClock() });
    return { driver, workFor: functionFor };
  },
  'function in a worker thread': () => {
    const driver = new FunctionDriver({ functions: IN_WORKERS, clock: new SystemClock() });
    return { driver, workFor: workerFor, close: () => driver.close() };
  },
  'command on a host': () => {
    const ports = { processes, artifacts: new MemoryArtifacts(), clock: new SystemClock() };
    const command = new CommandDriver({ ...ports, environment: { PATH: '/usr/bin:/bin' } });
    return { ...onHost(project, command), workFor: commandFor };
  },
  'function on a host': () => {
    const driver = new FunctionDriver({ functions: FUNCTIONS, clock: new SystemClock() });
    return { ...onHost(project, driver), workFor: functionFor };
  },
};

const VOTING_FUNCTION: Readonly<Record<VotingWork, string>> = {
  vote: 'vote',
  'vote-in-another-form': 'voteInAnotherForm',
  wait: 'waitForOutcome',
};
const VOTING_FUNCTIONS: FunctionRegistry = Object.fromEntries(
  Object.values(VOTING_FUNCTION).map((name) => [name, { worker: { module: WORKERS, export: name } }]),
);

/** Drivers whose agents can vote. */
const VOTING: Readonly<Record<string, FunctionRegistry>> = {
  function: {
    vote: { run: vote },
    voteInAnotherForm: { run: voteInAnotherForm },
    waitForOutcome: { run: waitForOutcome },
  },
  'function in a worker thread': VOTING_FUNCTIONS,
};

for (const [name, functions] of Object.entries(VOTING)) {
  describe(`AgentDriver contract, votes: ${name}`, () => {
    for (const { name: sentence, run } of VOTING_DRIVER_CONTRACT) {
      test(sentence, async () => {
        const driver = new FunctionDriver({ functions, clock: new SystemClock() });
        await run({ driver, assign: (work) => assignmentOf({ kind: 'function', function: VOTING_FUNCTION[work] }) });
        await driver.close();
      });
    }
  });
}

const MESSAGING_FUNCTION: Readonly<Record<MessagingWork, string>> = {
  talk: 'talk',
  'send-in-another-form': 'sendInAnotherForm',
  'give-up': 'giveUpMail',
  wait: 'waitForMail',
};

/** Drivers whose agents have mail. */
const MESSAGING: Readonly<Record<string, FunctionRegistry>> = {
  function: {
    talk: { run: talk },
    sendInAnotherForm: { run: sendInAnotherForm },
    giveUpMail: { run: giveUpMail },
    waitForMail: { run: waitForMail },
  },
  'function in a worker thread': Object.fromEntries(
    Object.values(MESSAGING_FUNCTION).map((name) => [name, { worker: { module: WORKERS, export: name } }]),
  ),
};

for (const [name, functions] of Object.entries(MESSAGING)) {
  describe(`AgentDriver contract, messages: ${name}`, () => {
    for (const { name: sentence, run } of MESSAGING_DRIVER_CONTRACT) {
      test(sentence, async () => {
        const driver = new FunctionDriver({ functions, clock: new SystemClock() });
        await run({ driver, assign: (work) => assignmentOf({ kind: 'function', function: MESSAGING_FUNCTION[work] }) });
        await driver.close();
      });
    }
  });
}

describe('AgentDriver contract, votes: function on a host', () => {
  for (const { name: sentence, run } of VOTING_DRIVER_CONTRACT) {
    test(sentence, async () => {
      const inner = new FunctionDriver({ functions: VOTING['function'] ?? {}, clock: new SystemClock() });
      const { driver, close } = onHost(project, inner);
      await run({ driver, assign: (work) => assignmentOf({ kind: 'function', function: VOTING_FUNCTION[work] }) });
      await close();
    });
  }
});

for (const [name, open] of Object.entries(DRIVERS)) {
  describe(`AgentDriver contract: ${name}`, () => {
    for (const { name: sentence, run } of AGENT_DRIVER_CONTRACT) {
      test(sentence, async () => {
        const { driver, workFor, close } = open();
        const assign: AgentDriverSubject['assign'] = (work, { outputs, word = '' } = {}) =>
          assignmentOf(workFor(work), {
            project,
            inputs: { word },
            needs: { first: { word: 'from first' } },
            ...(outputs !== undefined && { spec: { outputs } }),
          });
        await run({ driver, assign });
        await close?.();
      });
    }
  });
}
