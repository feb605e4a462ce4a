import type { SettingValue } from '../settings/setting-events.ts';

/** What holds a swarm up. */
export type Bottleneck = 'task-distribution' | 'communication' | 'caching' | 'memory';

/** What the scheduler, run ahead in virtual time, says of a change. */
export type Forecast = 'better' | 'worse' | 'unknown';

export type TuningEvent =
  /**
   * A change was thought of because of a bottleneck. `tried`: it counts from now on, and is looked at again at `untilMs`;
   * the change itself is the `config.changed` beside it. `dropped`: the forecast speaks against it, or it does not fit any
   * more. `asked`: it is voted on as `_swarm/tuning-<no>`, and what comes of that is told under the same number; `refused`: not approved.
   */
  | Readonly<{
      type: 'tuning.decided';
      no: number;
      bottleneck: Bottleneck;
      option: string;
      from: SettingValue;
      to: SettingValue;
      figure: number;
      forecast: Forecast;
      outcome: 'tried' | 'dropped' | 'asked' | 'refused';
      untilMs: number;
    }>
  /** Its window is over. `reverted`: the figure is worse than before, so the option has its old value again. */
  | Readonly<{ type: 'tuning.ended'; no: number; outcome: 'kept' | 'reverted'; before: number; after: number | null }>;
