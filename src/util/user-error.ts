/** A mistake of the user: what, where and what to do. Plain sentences; quoted values. */
export type UserError = Readonly<{
  /** Stable name for tests and scripts: `CONFIG_RANGE`, `STORE_IN_USE`. */
  code: string;
  /** One sentence: what is wrong. */
  message: string;
  /** `file:line:column`, or the option or path it is about. */
  at?: string;
  /** One sentence: what to do. */
  fix: string;
}>;

/** All mistakes found, thrown together where a value cannot be given back. Commands show each one and exit with 2. */
export class UserErrors extends Error {
  override readonly name = 'UserErrors';
  readonly problems: readonly UserError[];

  constructor(problems: readonly UserError[]) {
    super(problems.map(({ at, message, fix }) => `${at === undefined ? '' : `${at}: `}${message} ${fix}`).join('\n'));
    this.problems = problems;
  }
}

/** Trouble outside that did not recover: a full disk, a damaged store. Commands show it and exit with 3. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}
