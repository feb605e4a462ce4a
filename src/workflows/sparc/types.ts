/**
 * What each SPARC phase delivers. Model-facing shapes: no optional fields (null instead), no unions of objects, no
 * recursion, ids are text. Whatever a schema cannot say is the business of a gate.
 */
export type Check = 'test' | 'command' | 'http' | 'inspect';
export type Priority = 'must' | 'should' | 'could';
export type Size = 'S' | 'M' | 'L';

export type Criterion = {
  readonly id: string;
  readonly given: string;
  readonly when: string;
  /** The observable result. Not called `then`: an object with that field looks like a promise. */
  readonly expected: string;
  readonly check: Check;
  /** Test name, command line or URL; empty only for `inspect`. */
  readonly how: string;
};

export type Requirement = {
  readonly id: string;
  readonly text: string;
  readonly kind: 'functional' | 'quality' | 'constraint';
  readonly priority: Priority;
  readonly criteria: readonly Criterion[];
};

export type Specification = {
  readonly title: string;
  readonly problem: string;
  readonly goals: readonly string[];
  readonly nonGoals: readonly string[];
  readonly assumptions: readonly { readonly text: string; readonly ifWrong: string }[];
  readonly openQuestions: readonly {
    readonly question: string;
    readonly blocking: boolean;
    readonly defaultAnswer: string | null;
  }[];
  readonly requirements: readonly Requirement[];
  readonly risks: readonly string[];
};

export type Unit = {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly requirementIds: readonly string[];
  readonly inputs: readonly string[];
  readonly output: string;
  readonly steps: readonly string[];
  readonly errors: readonly { readonly when: string; readonly behaviour: string }[];
  readonly edgeCases: readonly { readonly case: string; readonly expected: string }[];
  readonly tests: readonly { readonly name: string; readonly criterionId: string }[];
};

export type Pseudocode = {
  readonly types: readonly { readonly name: string; readonly shape: string }[];
  readonly units: readonly Unit[];
};

export type Module = {
  readonly id: string;
  readonly responsibility: string;
  readonly owns: readonly string[];
  readonly unitIds: readonly string[];
  readonly dependsOn: readonly string[];
  readonly exports: readonly { readonly name: string; readonly signature: string }[];
};

export type Contract = {
  readonly id: string;
  readonly provider: string;
  readonly consumers: readonly string[];
  readonly kind: 'function' | 'http' | 'event' | 'file' | 'cli';
  readonly file: string;
  readonly signature: string;
};

export type PlannedTask = {
  readonly id: string;
  readonly title: string;
  readonly role: 'coder' | 'tester' | 'architect' | 'integrator';
  readonly requirementIds: readonly string[];
  readonly criterionIds: readonly string[];
  readonly moduleIds: readonly string[];
  /** Files, or directories ending in "/". Nothing else, so that overlap can be decided. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  readonly dependsOn: readonly string[];
  readonly verify: readonly string[];
  readonly size: Size;
};

export type Architecture = {
  readonly decisions: readonly {
    readonly id: string;
    readonly choice: string;
    readonly why: string;
    readonly rejected: readonly string[];
  }[];
  readonly modules: readonly Module[];
  readonly contracts: readonly Contract[];
  readonly tasks: readonly PlannedTask[];
};

/** What a gate says: an empty list opens it. Each complaint is sent back to the author word for word. */
export type Complaints = readonly string[];
