import type { AgentSpec } from '../agents/agent-spec.ts';
import { blockAgent, unblockAgent } from '../agents/availability.ts';
import type { AgentId } from '../ids.ts';
import type { Context } from '../inputs.ts';
import { accept, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import type { AccountEvent } from './account-events.ts';

/** An attempt met an empty quota: nobody uses the account until it is over. A later end of the pause wins. */
export function withPause(swarm: Swarm, agentId: AgentId, ruling: Ruling): Ruling {
  if (!ruling.ok) return ruling;
  const [event] = ruling.events;
  if (event?.type !== 'attempt.failed' || event.failure.reason !== 'quota-exceeded') return ruling;
  const account = swarm.registry.agents.get(agentId)?.spec.account;
  const untilMs = event.retryAtMs;
  if (account === undefined || untilMs <= (swarm.accounts.get(account)?.untilMs ?? -1)) return ruling;
  const { kind } = event.failure;
  return accept(...ruling.events, { type: 'account.paused', account, kind, untilMs });
}

/** A pause may be over. */
export function decideAccount(swarm: Swarm, input: Readonly<{ account: string }>, { nowMs }: Context): Ruling {
  const paused = swarm.accounts.get(input.account);
  if (paused === undefined || paused.untilMs > nowMs) return accept();
  return accept({ type: 'account.resumed', account: input.account });
}

export function applyAccount(swarm: Swarm, event: AccountEvent): void {
  const { accounts, registry } = swarm;
  const isPause = event.type === 'account.paused';
  if (isPause) accounts.set(event.account, { kind: event.kind, untilMs: event.untilMs });
  else accounts.delete(event.account);
  for (const { spec } of registry.agents.values()) {
    if (spec.account !== event.account) continue;
    if (isPause) blockAgent(swarm, spec.id, 'quota');
    else unblockAgent(swarm, spec.id, 'quota');
  }
}

/** Agents that come while their account is paused wait like the others. */
export function admitToAccounts({ accounts, registry }: Swarm, agents: readonly AgentSpec[]): void {
  if (accounts.size === 0) return;
  for (const { id, account } of agents) {
    if (account !== undefined && accounts.has(account)) registry.block(id, 'quota');
  }
}
