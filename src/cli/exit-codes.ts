/** How a command ends: an interface, like the options. */
export const EXIT = {
  ok: 0,
  /** The work failed. */
  failed: 1,
  /** The user's mistake, or not permitted. */
  usage: 2,
  /** Trouble outside that did not recover. */
  unavailable: 3,
  /** Waits for a person. */
  waiting: 4,
  /** Our bug. */
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
