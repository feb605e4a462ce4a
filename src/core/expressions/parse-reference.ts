import { NAME_PATTERN } from '../ids.ts';
import type { Reference } from './expression.ts';

/** Names of inputs, matrix axes and outputs. */
export const FIELD_PATTERN: RegExp = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** Names of environment variables. */
export const VARIABLE_PATTERN: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

type Resolved = Readonly<{ ok: true; reference: Reference }> | Readonly<{ ok: false; message: string }>;

const ROOTS = 'inputs, matrix, env, run.id and tasks';

/** What a dotted name means. A task's name may hold dots: the last `.state` or `.outputs.<name>` ends it. */
export function resolveReference(name: string, at: number): Resolved {
  const [root = '', ...rest] = name.split('.');
  const field = rest.join('.');
  switch (root) {
    case 'inputs':
      return FIELD_PATTERN.test(field) ? found({ kind: 'input', name: field, at }) : refuse(name, 'inputs.<name>');
    case 'matrix':
      return FIELD_PATTERN.test(field) ? found({ kind: 'matrix', name: field, at }) : refuse(name, 'matrix.<name>');
    case 'env':
      return VARIABLE_PATTERN.test(field) ? found({ kind: 'env', name: field, at }) : refuse(name, 'env.<NAME>');
    case 'run':
      return field === 'id' ? found({ kind: 'run-id', at }) : refuse(name, 'run.id');
    case 'tasks':
      return resolveTask(name, rest, at);
    default:
      return { ok: false, message: `"${name}" is not known: there are ${ROOTS}; texts stand in quotes.` };
  }
}

function resolveTask(name: string, rest: readonly string[], at: number): Resolved {
  const form = 'tasks.<name>.state" or "tasks.<name>.outputs.<name>';
  const last = rest.at(-1) ?? '';
  if (rest.at(-2) === 'outputs' && FIELD_PATTERN.test(last)) {
    const task = rest.slice(0, -2).join('.');
    return NAME_PATTERN.test(task) ? found({ kind: 'task-output', task, output: last, at }) : refuse(name, form);
  }
  const task = rest.slice(0, -1).join('.');
  return last === 'state' && NAME_PATTERN.test(task) ? found({ kind: 'task-state', task, at }) : refuse(name, form);
}

function found(reference: Reference): Resolved {
  return { ok: true, reference };
}

function refuse(name: string, form: string): Resolved {
  return { ok: false, message: `"${name}" is not known: write "${form}".` };
}
