import type { AgentSpec } from '../core/agents/agent-spec.ts';
import { Stream } from './draw.ts';
import type { AccountPlan } from './plan.ts';

/** In some worlds agents work on accounts at providers, which take only so many requests at a time. */
export function drawAccounts(seed: number): readonly AccountPlan[] {
  const stream = new Stream(seed, 'accounts');
  if (stream.chance(700)) return [];
  return Array.from({ length: stream.whole(1, 2) }, (_, index): AccountPlan => ({
    account: `account-${index + 1}`,
    requests: stream.whole(1, 20),
    windowMs: stream.whole(500, 12_000),
    kind: stream.pick('requests', 'tokens', 'spend', 'overloaded'),
    says: stream.pick('when', 'when', 'when', 'when', 'too-early', 'nothing'),
  }));
}

/** Most agents work on one of the accounts. */
export function withAccounts(
  seed: number,
  agents: readonly AgentSpec[],
  accounts: readonly AccountPlan[],
): readonly AgentSpec[] {
  if (accounts.length === 0) return agents;
  return agents.map((agent) => {
    const stream = new Stream(seed, `account of ${agent.id}`);
    return stream.chance(300) ? agent : { ...agent, account: stream.of(accounts).account };
  });
}
