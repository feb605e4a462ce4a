import type { TaskSpec } from './task-spec.ts';

/** A sub-task as its parent asks for it. Names in `needs` are those of other sub-tasks of the same parent. */
export type SubtaskSpec = Omit<TaskSpec, 'type' | 'needs' | 'requires' | 'if' | 'matrix' | 'child'> &
  Readonly<{
    /** What history knows it by. @default that of the parent with its name */
    type?: string;
    needs?: readonly string[];
    /** Capabilities besides the work's own. */
    requires?: readonly string[];
  }>;
