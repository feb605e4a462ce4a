/** A value of an option that can be changed while somebody leads. */
export type SettingValue = number | string;

/** An option that can be changed while somebody leads, with what the configuration of now says. */
export type LiveOption = Readonly<{ name: string; configured: SettingValue }> &
  (Readonly<{ min: number; max: number }> | Readonly<{ choices: readonly string[] }>);

/** A change that holds. `configured`: what the configuration said when it was made. */
export type Setting = Readonly<{ value: SettingValue; configured: SettingValue }>;

/** How an option came to another value. */
export type SettingCause =
  /** Somebody asked for it. */
  | 'asked'
  /** The configuration says something else than when it was changed: the newer word counts. */
  | 'configured'
  /** The tuner tries it. */
  | 'tuned'
  /** The tuner takes it back. */
  | 'reverted';

/** A change of an option while somebody leads. It holds over restarts, until it is taken back or the configuration changes. */
export type ConfigEvent = Readonly<{
  type: 'config.changed';
  name: string;
  before: SettingValue;
  value: SettingValue;
  /** What the configuration said at that time. */
  configured: SettingValue;
  cause: SettingCause;
  /** `user:<name>`, `tuner` or `configuration`. */
  by: string;
}>;

export type ConfigInput =
  | Readonly<{ type: 'config.set'; name: string; value: SettingValue; by: string }>
  /** Back to what the configuration says. */
  | Readonly<{ type: 'config.reset'; name: string; by: string }>;
