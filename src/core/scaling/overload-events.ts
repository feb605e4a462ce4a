import type { AgentId } from '../ids.ts';
import type { LoadSample, Overload } from './load.ts';

/** Who has too much to do gets nothing new as long as others can take it. */
export type OverloadEvent =
  | Readonly<{ type: 'agent.overloaded'; agentId: AgentId; of: Overload; permille: number }>
  | Readonly<{ type: 'agent.relieved'; agentId: AgentId }>;

/** What was measured of agents. One of which nothing is known any more comes without figures. Not stored. */
export type OverloadInput = Readonly<{
  type: 'agents.load';
  samples: readonly (LoadSample & Readonly<{ agentId: AgentId }>)[];
}>;
