export type UserErrorFields = Readonly<{
  /** Stable, for programs: `CONFIG_RANGE`, `WORKFLOW_CYCLE`. */
  code: string;
  /** One sentence: what is wrong, with the value in quotes. */
  message: string;
  /** Where: `"path:line:column"`, `"--budget"`, or a path. Absent when the whole command is meant. */
  at?: string;
  /** One sentence: what to do. */
  fix: string;
}>;

/** A mistake that the user can mend: exit code 2, HTTP 400 or 422. Shown without a stack. */
export class UserError extends Error {
  readonly code: string;
  readonly at: string | undefined;
  readonly fix: string;

  constructor(fields: UserErrorFields, options?: ErrorOptions) {
    super(fields.message, options);
    this.name = 'UserError';
    this.code = fields.code;
    this.at = fields.at;
    this.fix = fields.fix;
  }
}

/** All mistakes of one file or command line at once, in the order in which they should be shown. Never empty. */
export class UserErrors extends Error {
  readonly errors: readonly UserError[];

  constructor(errors: readonly UserError[], options?: ErrorOptions) {
    super(errors.map(describeUserError).join('\n'), options);
    this.name = 'UserErrors';
    this.errors = errors;
  }
}

export type UnavailableFields = Readonly<{
  /** What is away: `journal`, `leader`, `disk`. */
  port: string;
  message: string;
  fix?: string;
  /** ms after which a new try makes sense; absent when nobody knows. */
  retryAfterMs?: number;
}>;

/** Outside trouble that did not recover: a full disk, a store in use, a leader that is gone. Exit code 3, HTTP 503. */
export class Unavailable extends Error {
  readonly port: string;
  readonly fix: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(fields: UnavailableFields, options?: ErrorOptions) {
    super(fields.message, options);
    this.name = 'Unavailable';
    this.port = fields.port;
    this.fix = fields.fix;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** Makes a `UserError`; reads better than `new` at the place where the mistake is found. */
export function userError(fields: UserErrorFields): UserError {
  return new UserError(fields);
}

/** The mistakes in `error`, one or many; empty when it is something else. */
export function userErrorsIn(error: unknown): readonly UserError[] {
  if (error instanceof UserErrors) return error.errors;
  return error instanceof UserError ? [error] : [];
}

/** `where: what. What to do.`, on one line. */
export function describeUserError(error: UserError): string {
  const where = error.at === undefined ? '' : `${error.at}: `;
  return `${where}${error.message} ${error.fix}`;
}
