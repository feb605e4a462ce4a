import { readFileSync } from 'node:fs';
import type { Handlers } from './program/handlers.ts';

/** One line per command: only the one asked for is loaded. */
const HANDLERS: Handlers = {
  check: async () => (await import('./commands/check.ts')).check,
  run: async () => (await import('./commands/run.ts')).run,
  runsList: async () => (await import('./commands/runs.ts')).runsList,
  runsShow: async () => (await import('./commands/runs.ts')).runsShow,
  runsWatch: async () => (await import('./commands/runs-follow.ts')).runsWatch,
  runsCancel: async () => (await import('./commands/runs-steer.ts')).runsCancel,
  runsPause: async () => (await import('./commands/runs-steer.ts')).runsPause,
  runsResume: async () => (await import('./commands/runs-follow.ts')).runsResume,
  runsRetry: async () => (await import('./commands/runs-follow.ts')).runsRetry,
  runsPrune: async () => (await import('./commands/runs-prune.ts')).runsPrune,
  tasksWrites: async () => (await import('./commands/tasks-writes.ts')).tasksWrites,
  tasksList: async () => (await import('./commands/tasks.ts')).tasksList,
  tasksShow: async () => (await import('./commands/tasks.ts')).tasksShow,
  tasksLogs: async () => (await import('./commands/task-logs.ts')).tasksLogs,
  tasksAwait: async () => (await import('./commands/tasks-delegate.ts')).tasksAwait,
  tasksDelegate: async () => (await import('./commands/tasks-delegate.ts')).tasksDelegate,
  tasksDrop: async () => (await import('./commands/tasks-delegate.ts')).tasksDrop,
  tasksCancel: async () => (await import('./commands/tasks.ts')).tasksCancel,
  tasksSettle: async () => (await import('./commands/tasks.ts')).tasksSettle,
  proposalsList: async () => (await import('./commands/proposals.ts')).proposalsList,
  proposalsShow: async () => (await import('./commands/proposals.ts')).proposalsShow,
  proposalsVote: async () => (await import('./commands/proposals-vote.ts')).proposalsVote,
  memoryGet: async () => (await import('./commands/memory.ts')).memoryGet,
  memorySet: async () => (await import('./commands/memory.ts')).memorySet,
  memoryList: async () => (await import('./commands/memory.ts')).memoryList,
  memorySearch: async () => (await import('./commands/memory.ts')).memorySearch,
  memoryInvalidate: async () => (await import('./commands/memory.ts')).memoryInvalidate,
  memoryStats: async () => (await import('./commands/memory.ts')).memoryStats,
  memoryNotes: async () => (await import('./commands/memory.ts')).memoryNotes,
  messagesList: async () => (await import('./commands/messages.ts')).messagesList,
  messagesShow: async () => (await import('./commands/messages.ts')).messagesShow,
  messagesTail: async () => (await import('./commands/messages-tail.ts')).messagesTail,
  messagesSend: async () => (await import('./commands/messages-send.ts')).messagesSend,
  messagesReceive: async () => (await import('./commands/messages-send.ts')).messagesReceive,
  messagesSubscribe: async () => (await import('./commands/messages-send.ts')).messagesSubscribe,
  messagesUnsubscribe: async () => (await import('./commands/messages-send.ts')).messagesUnsubscribe,
  agentsList: async () => (await import('./commands/agents.ts')).agentsList,
  replay: async () => (await import('./commands/replay.ts')).replay,
  agentsShow: async () => (await import('./commands/agents.ts')).agentsShow,
  alertsHistory: async () => (await import('./commands/alerts.ts')).alertsHistory,
  alertsList: async () => (await import('./commands/alerts.ts')).alertsList,
  alertsShow: async () => (await import('./commands/alerts.ts')).alertsShow,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  agentsRevive: async () => (await import('./commands/agents-revive.ts')).agentsRevive,
  agentsDrain: async () => (await import('./commands/agents-drain.ts')).agentsDrain,
  worker: async () => (await import('./commands/worker.ts')).worker,
  init: async () => (await import('./commands/init.ts')).init,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  configShow: async () => (await import('./commands/config.ts')).configShow,
  configChanges: async () => (await import('./commands/config-live.ts')).configChanges,
  configReset: async () => (await import('./commands/config-live.ts')).configReset,
  configTuning: async () => (await import('./commands/config-live.ts')).configTuning,
  configSet: async () => (await import('./commands/config-live.ts')).configSet,
  configExplain: async () => (await import('./commands/config.ts')).configExplain,
  trustList: async () => (await import('./commands/trust.ts')).trustList,
  trustGrant: async () => (await import('./commands/trust.ts')).trustGrant,
  trustRevoke: async () => (await import('./commands/trust.ts')).trustRevoke,
};

/** From the package that this file belongs to: `src/cli` and `dist/cli` stand equally deep. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

/** The first word of the command line that `bin/waggle.js` gives to a Node that it starts. */
const LAUNCHED = 'waggle:launched';

async function launcherGone(): Promise<AbortSignal | undefined> {
  if (process.argv0 !== LAUNCHED) return undefined;
  return (await import('./launcher.ts')).launcherSignal();
}

async function main(argv: readonly string[]): Promise<void> {
  const version = readVersion();
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    (await import('./watch-stdout.ts')).watchStdout();
    process.stdout.write(`${version}\n`);
    return;
  }
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(argv, { handlers: HANDLERS, version, launcherGone: await launcherGone() });
}

await main(process.argv.slice(2));
