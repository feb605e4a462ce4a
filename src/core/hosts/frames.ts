import type { AgentId, RunId, TaskId } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { AgentReport, AttemptResult } from '../tasks/attempt.ts';
import type { TaskSpec, Work } from '../tasks/task-spec.ts';

/** Version of the worker protocol. Both ends must have the same. */
export const WORKER_PROTOCOL = 1;

/** The token of an attempt: whatever a host says or does about one is compared with it. */
export type AttemptKey = Readonly<{ taskId: TaskId; attempt: number }>;

/** One agent of a host, as the host describes it. */
export type HostAgent = Readonly<{ id: AgentId; role: string; capabilities: readonly string[]; slots: number }>;

/** What a host offers. `machine`: the same for all hosts of one machine, which share what it has. */
export type HostCapacity = Readonly<{ cpu: number; memory: number; machine?: string }>;

/** Who joins. `instance` rises with each process that takes the name. */
export type HostDescription = Readonly<{
  host: string;
  instance: number;
  /** Of the process, where that means something to the coordinator; for people. */
  pid?: number;
  agents: readonly HostAgent[];
  capacity: HostCapacity;
  /** Set when it was started for a group of this run, and serves nobody else. */
  runId?: RunId;
}>;

/** All that a host needs to run one attempt. */
export type Offer = Readonly<{
  taskId: TaskId;
  runId: RunId;
  agentId: AgentId;
  attempt: number;
  spec: TaskSpec;
  work: Work;
  project: string;
  needs: Readonly<Record<string, JsonObject>>;
  inputs: JsonObject;
}>;

/** An attempt that a host has: it runs, or has ended and its result is not known to be taken. */
export type Hold = AttemptKey & Readonly<{ state: 'running' | 'ended' }>;

/** Why an attempt on a host must end. `stale`: it is not the current one any more; it ends at once. */
export type HostStop = 'cancelled' | 'paused' | 'timed-out' | 'draining' | 'stale';

/** Why an offer was not taken: nothing of it began. */
export type DeclineReason = 'draining' | 'no-slot';

/** What the processes of an attempt use: processor time since its start, and memory as it is now. */
export type HostUse = AttemptKey & Readonly<{ cpuMs: number; memoryBytes: number }>;

/** What a running attempt asks of an ability of its run. `canGiveUp`: a `give-up` for it may follow. */
export type Question = Readonly<{ ability: string; question: string; given?: Json; canGiveUp?: true }>;
export type QuestionAnswer = Readonly<{ ok: true; value?: Json }> | (Readonly<{ ok: false }> & WhyNot);

/** Why there is no answer. `code` and `fix`: it is a mistake of the one who asked, who can mend it. */
export type WhyNot = Readonly<{ message: string; code?: string; fix?: string }>;

/** What a host says, in order and each once. */
export type HostBody =
  | (AttemptKey & Readonly<{ type: 'accept' }>)
  | (AttemptKey & Readonly<{ type: 'decline'; reason: DeclineReason }>)
  | (AttemptKey & Readonly<{ type: 'report'; report: AgentReport }>)
  | (AttemptKey & Readonly<{ type: 'ask'; id: number; question: Question }>)
  /** Whoever asked waits no longer: the answer is the one that there is. */
  | (AttemptKey & Readonly<{ type: 'give-up'; id: number }>)
  /** Repeated in each new session until the coordinator says `taken` or `stale`. */
  | (AttemptKey & Readonly<{ type: 'result'; result: AttemptResult }>)
  /** It takes nothing new. */
  | Readonly<{ type: 'draining' }>
  /** It has nothing left and goes. */
  | Readonly<{ type: 'leaving' }>;

/** What a coordinator says, in order and each once. */
export type CoordinatorBody =
  | Readonly<{ type: 'offer'; offer: Offer }>
  | (AttemptKey & Readonly<{ type: 'cancel'; why: HostStop; graceMs: number }>)
  /** Somebody else shall have it, if nothing of it has begun; else it goes on. */
  | (AttemptKey & Readonly<{ type: 'withdraw' }>)
  /** Its result is stored: the host may forget it. */
  | (AttemptKey & Readonly<{ type: 'taken' }>)
  /** Not the current attempt: end it at once; what it did is evidence and nothing else. */
  | (AttemptKey & Readonly<{ type: 'stale' }>)
  | (AttemptKey & Readonly<{ type: 'answer'; id: number; answer: QuestionAnswer }>)
  | Readonly<{ type: 'drain' }>;

export type Packet<Body> = Readonly<{ seq: number; body: Body }>;

/** `ack`: everything up to this seq of the other side has arrived. */
type Data<Body> = Readonly<{ type: 'data'; session: string; ack: number; packets: readonly Packet<Body>[] }>;

/** What crosses the wire from a host. Frames may be lost, doubled and reordered. */
export type HostFrame =
  | (HostDescription &
      Readonly<{
        type: 'hello';
        version: number;
        /** Counts the greetings of this instance: an older one that comes late is ignored. */
        greeting: number;
        /** The session it would go on with, and what it has got in it. */
        session?: string;
        received: number;
        holds: readonly Hold[];
        isDraining: boolean;
      }>)
  | Readonly<{ type: 'heartbeat'; session: string; beat: number; uses: readonly HostUse[] }>
  | Data<HostBody>;

/** What a host is told to keep to, ms. */
export type HostTimes = Readonly<{
  /** Without a message for so long an attempt is given to somebody else. */
  leaseMs: number;
  heartbeatMs: number;
  /** How long a host goes on without a coordinator. */
  orphanMs: number;
}>;

/** What crosses the wire to a host. A host takes no order of a lower epoch than it has seen. */
export type CoordinatorFrame = Readonly<{ epoch: number }> &
  (
    | Readonly<{ type: 'welcome'; greeting: number; session: string; resumeFrom: number; times: HostTimes }>
    | Readonly<{ type: 'heartbeat'; session: string; beat: number }>
    /** There is no such session: greet again; or never, when `reason` cannot change. */
    | Readonly<{ type: 'bye'; session?: string; reason: 'session-unknown' | 'version' | 'refused'; message: string }>
    | Data<CoordinatorBody>
  );

export function keyOf({ taskId, attempt }: AttemptKey): string {
  return `${taskId}#${attempt}`;
}
