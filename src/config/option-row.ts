import type { ResourceAmounts } from '../core/tasks/task-spec.ts';

type Described = Readonly<{
  /** One sentence for people: what a change does. */
  effect: string;
  /** Why the default is what it is. */
  reason: string;
  /**
   * `start`: when the leading process starts next. `run`: for runs submitted from then on. `live`: like `start`, and at
   * once with `waggle config set`.
   */
  applies: 'start' | 'run' | 'live';
  /** Set where a repository could harm its reader with it: in a project file it counts only with the user's grant. */
  needsGrant?: true;
}>;

/** `null` means no value: unlimited, or decided elsewhere. */
type Ranged = Readonly<{ default: number | null; min: number; max: number }>;

/** One row of the table. Figures are whole numbers. */
export type OptionRow = Described &
  (
    | (Ranged & Readonly<{ type: 'count'; unit: string }>)
    /** As many as the machine has processor cores. */
    | Readonly<{ type: 'count'; unit: string; default: 'cores'; min: number; max: number }>
    /** ms; written as a figure in ms or with a unit, `5m`. */
    | (Ranged & Readonly<{ type: 'duration' }>)
    /** bytes; written as a figure in bytes or with a unit, `512MiB`. */
    | (Ranged & Readonly<{ type: 'bytes' }>)
    /** Where the choices are `on` and `off`, true and false mean them. `later`: what is told whoever wants one of these. */
    | Readonly<{
        type: 'choice';
        choices: readonly string[];
        default: string;
        later?: Readonly<Record<string, string>>;
      }>
    /** Names of environment variables. */
    | Readonly<{ type: 'names'; default: readonly string[]; most: number }>
    /** Names of people. */
    | Readonly<{ type: 'people'; default: readonly string[]; most: number }>
    /** `host:port`, exactly. */
    | Readonly<{ type: 'hosts'; default: readonly string[]; most: number }>
    /** Shares of a machine, each unlimited unless it is given: `{ cpu: 4, memory: 8GiB }`. */
    | Readonly<{ type: 'amounts'; default: ResourceAmounts }>
    /** Programs with their arguments. */
    | Readonly<{ type: 'commands'; default: readonly (readonly string[])[]; most: number }>
  );
