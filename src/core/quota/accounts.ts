import type { AgentSpec } from '../agents/agent-spec.ts';
import { blockAgent, unblockAgent } from '../agents/availability.ts';
import type { AgentId } from '../ids.ts';
import type { Context, TaskInput } from '../inputs.ts';
import { accept, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import type { AccountEvent } from './account-events.ts';
import { pauseMs } from './pause.ts';

/**
 * An attempt met an empty quota: nobody uses the account until it is over, whatever that means for the task. A later
 * end of the pause wins.
 */
export function withPause(swarm: Swarm, agentId: AgentId, ruling: Ruling, end: AttemptEnd): Ruling {
  const { input, nowMs } = end;
  if (!ruling.ok || input.type !== 'attempt.end' || input.result.ok) return ruling;
  const { failure } = input.result;
  const account = swarm.registry.agents.get(agentId)?.spec.account;
  if (failure.reason !== 'quota-exceeded' || account === undefined) return ruling;
  const untilMs = nowMs + pauseMs(failure);
  if (untilMs <= (swarm.accounts.get(account)?.untilMs ?? -1)) return ruling;
  return accept(...ruling.events, { type: 'account.paused', account, kind: failure.kind, untilMs });
}

type AttemptEnd = Readonly<{ input: TaskInput; nowMs: number }>;

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
