import type { agentsDrain } from '../commands/agents-drain.ts';
import type { agentsRevive } from '../commands/agents-revive.ts';
import type { agentsList, agentsShow } from '../commands/agents.ts';
import type { alertsHistory, alertsList, alertsShow } from '../commands/alerts.ts';
import type { check } from '../commands/check.ts';
import type { configChanges, configReset, configSet, configTuning } from '../commands/config-live.ts';
import type { configExplain, configShow } from '../commands/config.ts';
import type { doctor } from '../commands/doctor.ts';
import type { init } from '../commands/init.ts';
import type {
  memoryGet,
  memorySet,
  memoryList,
  memorySearch,
  memoryInvalidate,
  memoryStats,
  memoryNotes,
} from '../commands/memory.ts';
import type { messagesList, messagesShow } from '../commands/messages.ts';
import type {
  messagesReceive,
  messagesSend,
  messagesSubscribe,
  messagesUnsubscribe,
} from '../commands/messages-send.ts';
import type { messagesTail } from '../commands/messages-tail.ts';
import type { proposalsList, proposalsShow } from '../commands/proposals.ts';
import type { proposalsVote } from '../commands/proposals-vote.ts';
import type { replay } from '../commands/replay.ts';
import type { run } from '../commands/run.ts';
import type { runsCancel, runsPause } from '../commands/runs-steer.ts';
import type { runsPrune } from '../commands/runs-prune.ts';
import type { runsResume, runsRetry, runsWatch } from '../commands/runs-follow.ts';
import type { runsList, runsShow } from '../commands/runs.ts';
import type { simulate } from '../commands/simulate.ts';
import type { tasksLogs } from '../commands/task-logs.ts';
import type { tasksAwait, tasksDelegate, tasksDrop } from '../commands/tasks-delegate.ts';
import type { tasksCancel, tasksList, tasksSettle, tasksShow } from '../commands/tasks.ts';
import type { tasksWrites } from '../commands/tasks-writes.ts';
import type { trustGrant, trustList, trustRevoke } from '../commands/trust.ts';
import type { worker } from '../commands/worker.ts';
import type { Cli } from '../cli.ts';
import type { ExitCode } from '../exit-codes.ts';

type Load<Command> = () => Promise<Command>;

/** Loads the one command that was asked for. */
export type Handlers = Readonly<{
  check: Load<typeof check>;
  run: Load<typeof run>;
  runsList: Load<typeof runsList>;
  runsShow: Load<typeof runsShow>;
  runsWatch: Load<typeof runsWatch>;
  runsCancel: Load<typeof runsCancel>;
  runsPause: Load<typeof runsPause>;
  runsResume: Load<typeof runsResume>;
  runsRetry: Load<typeof runsRetry>;
  runsPrune: Load<typeof runsPrune>;
  tasksList: Load<typeof tasksList>;
  tasksWrites: Load<typeof tasksWrites>;
  tasksShow: Load<typeof tasksShow>;
  tasksLogs: Load<typeof tasksLogs>;
  tasksAwait: Load<typeof tasksAwait>;
  tasksDelegate: Load<typeof tasksDelegate>;
  tasksDrop: Load<typeof tasksDrop>;
  tasksCancel: Load<typeof tasksCancel>;
  tasksSettle: Load<typeof tasksSettle>;
  proposalsList: Load<typeof proposalsList>;
  proposalsShow: Load<typeof proposalsShow>;
  proposalsVote: Load<typeof proposalsVote>;
  memoryGet: Load<typeof memoryGet>;
  memorySet: Load<typeof memorySet>;
  memoryList: Load<typeof memoryList>;
  memorySearch: Load<typeof memorySearch>;
  memoryInvalidate: Load<typeof memoryInvalidate>;
  memoryStats: Load<typeof memoryStats>;
  memoryNotes: Load<typeof memoryNotes>;
  messagesList: Load<typeof messagesList>;
  messagesShow: Load<typeof messagesShow>;
  messagesTail: Load<typeof messagesTail>;
  messagesSend: Load<typeof messagesSend>;
  messagesReceive: Load<typeof messagesReceive>;
  messagesSubscribe: Load<typeof messagesSubscribe>;
  messagesUnsubscribe: Load<typeof messagesUnsubscribe>;
  agentsList: Load<typeof agentsList>;
  agentsShow: Load<typeof agentsShow>;
  replay: Load<typeof replay>;
  alertsHistory: Load<typeof alertsHistory>;
  alertsList: Load<typeof alertsList>;
  alertsShow: Load<typeof alertsShow>;
  simulate: Load<typeof simulate>;
  agentsDrain: Load<typeof agentsDrain>;
  agentsRevive: Load<typeof agentsRevive>;
  worker: Load<typeof worker>;
  init: Load<typeof init>;
  doctor: Load<typeof doctor>;
  configChanges: Load<typeof configChanges>;
  configReset: Load<typeof configReset>;
  configSet: Load<typeof configSet>;
  configShow: Load<typeof configShow>;
  configTuning: Load<typeof configTuning>;
  configExplain: Load<typeof configExplain>;
  trustList: Load<typeof trustList>;
  trustGrant: Load<typeof trustGrant>;
  trustRevoke: Load<typeof trustRevoke>;
}>;

/** Makes the action of a command: loads it, runs it, keeps its exit code. */
export type Act = <Args extends unknown[]>(
  load: Load<(cli: Cli, ...args: Args) => Promise<ExitCode>>,
) => (...args: Args) => Promise<void>;
