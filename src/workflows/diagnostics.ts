/** Keys and list positions from the top of the definition: `['tasks', 'build', 'needs', 0]`. */
export type DefinitionPath = readonly (string | number)[];

/** One finding about a definition. Only errors keep it from running. */
export type Diagnostic = Readonly<{
  severity: 'error' | 'warning';
  /** Stable: `WORKFLOW_UNKNOWN_KEY`. */
  code: string;
  path: DefinitionPath;
  /** Whether the key at the end of `path` is meant, or its value. @default value */
  target?: 'key' | 'value';
  /** Characters from the start of the text at `path`, for a mistake inside an expression. */
  offset?: number;
  /** One sentence: what is wrong. */
  message: string;
  /** One sentence: what to do. Holds the nearest known name where there is one. */
  fix: string;
}>;

/** Everything that a diagnostic says but its severity. */
export type Finding = Omit<Diagnostic, 'severity'>;

/** Collects findings in the order in which they are made. */
export class Findings {
  readonly #found: Diagnostic[] = [];

  get all(): readonly Diagnostic[] {
    return this.#found;
  }

  get hasErrors(): boolean {
    return this.#found.some(({ severity }) => severity === 'error');
  }

  error(finding: Finding): void {
    this.#found.push({ severity: 'error', ...finding });
  }

  warn(finding: Finding): void {
    this.#found.push({ severity: 'warning', ...finding });
  }
}

/** `tasks.build.needs[0]`, for places that have no file. */
export function formatPath(path: DefinitionPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`))
    .join('');
}

/** ` Did you mean "needs"?`, or nothing. Goes behind a fix. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}
