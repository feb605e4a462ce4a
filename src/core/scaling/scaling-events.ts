import type { AgentSpec } from '../agents/agent-spec.ts';
import type { AgentId, RunId } from '../ids.ts';
import type { GroupLoad } from './load.ts';
import type { ScaleReason } from './plan-scale.ts';

/** How the number of agents of a group follows the work. Samples are not stored: only what was decided on them is. */
export type ScalingEvent =
  /** `joining` are being made; `leaving` take nothing more, finish what they have, and go. */
  | Readonly<{
      type: 'scaling.decided';
      runId: RunId;
      role: string;
      from: number;
      to: number;
      because: ScaleReason;
      joining: readonly AgentId[];
      leaving: readonly AgentId[];
    }>
  /** Agents have joined or left, or could not be made. `size`: how many the group has now. */
  | Readonly<{
      type: 'scaling.settled';
      runId: RunId;
      role: string;
      size: number;
      cause: 'joined' | 'left' | 'failed';
      /** What stood in the way. */
      detail?: string;
    }>;

export type ScalingInput =
  /** How loaded the groups of a run are, and for how long the load has been low. */
  | Readonly<{ type: 'scaling.look'; runId: RunId; groups: readonly GroupLook[] }>
  /** What came of making agents: all that the group has now. */
  | Readonly<{ type: 'scaling.provisioned'; runId: RunId; role: string; outcome: ProvisionOutcome }>;

export type GroupLook = Readonly<{ role: string; load: GroupLoad; lowForMs: number }>;

export type ProvisionOutcome =
  | Readonly<{ ok: true; agents: readonly AgentSpec[] }>
  | Readonly<{ ok: false; detail: string }>;
