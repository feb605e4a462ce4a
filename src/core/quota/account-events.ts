/** What happens to an account at a provider, for all agents that work on it. */
export type AccountEvent =
  /** The provider takes nothing more on it until then, led time: `kind` says what is used up. */
  | Readonly<{
      type: 'account.paused';
      account: string;
      kind: 'requests' | 'tokens' | 'spend' | 'overloaded';
      untilMs: number;
    }>
  /** The pause is over: its agents may have work again. */
  | Readonly<{ type: 'account.resumed'; account: string }>;

/** Views of runs have nothing to show of it. */
export function isAccountEvent(event: Readonly<{ type: string }>): event is AccountEvent {
  return event.type === 'account.paused' || event.type === 'account.resumed';
}
