import type { SwarmId } from '../core/ids.ts';
import type { Samples } from '../core/metrics/core-metrics.ts';
import type { SettingValue } from '../core/settings/setting-events.ts';
import type { SwarmRules } from '../core/swarm-state.ts';
import type { AgentSupervisor } from '../ports/agent-supervisor.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Journal } from '../ports/journal.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { ProposalDuties } from '../ports/proposal-duties.ts';
import type { Provisioner } from '../ports/provisioner.ts';
import type { Random } from '../ports/random.ts';
import type { Workspaces } from '../ports/workspace.ts';
import type { AttemptPorts } from './attempts.ts';
import type { MemoryPorts } from './memory-work.ts';
import type { HealthWatchOptions } from './health-watch.ts';

/** Opened and closed by the composition root. */
export type EnginePorts = AttemptPorts &
  Readonly<{
    journal: Journal;
    sink: EventSink;
    clock: Clock;
    random: Random;
    /** Checks vetoes and does what was approved. Without it no veto is confirmed, and approved actions fail. */
    proposals?: ProposalDuties;
    /** Asks supervised agents how they are, and starts them anew. Without it nobody asks. */
    supervisor?: AgentSupervisor;
    /** Makes agents of groups whose number follows the work. Without it these groups stay as they are. */
    provisioner?: Provisioner;
    /** Figures that only the process can measure, as they are now. Without it they stay unknown. */
    measure?: () => Samples;
    /** Told which options outside the core have another value from now on. Without it they stay as they are. */
    settings?: Readonly<{ set: (name: string, value: SettingValue) => void }>;
    /** Without it nobody is told; the journal has it all. */
    notifier?: Notifier;
    /** Without it attempts have no memory, and removals remove nothing. */
    memory?: MemoryPorts;
    /** What is left of a run is cleaned up when it ends. */
    workspaces?: Pick<Workspaces, 'forget'>;
    /** Runs `turn` soon, after what is ready to run now. @default setImmediate */
    defer?: (turn: () => void) => void;
  }>;

/** Limits and rules of one swarm. */
export type EngineOptions = Readonly<{
  swarmId: SwarmId;
  rules: SwarmRules;
  /** How often supervised agents are asked. @default every 5 s, lost after 3 without an answer */
  healthWatch?: HealthWatchOptions;
  /** How often the load of such groups is looked at, ms. @default 1_000 */
  loadLookMs?: number;
  /** Inputs that may wait for a commit before new commands are turned away. @default 10_000 */
  maxBacklog?: number;
  /** Inputs per commit. @default 512 */
  maxBatch?: number;
  /**
   * True: this process ends soon. It gives no task to an agent and begins no check, because both would be broken off;
   * what was approved is done, and a drain waits for its end. @default false
   */
  isBrief?: boolean;
  /** Told when the store has become full, and when it has room again. It throws nothing. */
  onFull?: (isFull: boolean) => void;
}>;
