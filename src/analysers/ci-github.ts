import { matrixOf, NO_MATRIX } from './ci-matrix.ts';
import type { CiFile, CiJob, CiStep } from './ci-steps.ts';
import { entriesAt, itemsAt, textAt, textsAt, valueAt, type YamlEntry, type YamlNode } from './yaml-text.ts';

/** A workflow, or an action of the repository made of steps. */
export function githubFile(path: string, text: string, root: YamlNode): CiFile {
  const steps = valueAt(root, 'runs', 'steps');
  const action =
    steps === undefined
      ? []
      : [{ name: path, line: 1, steps: stepsOf(steps), condition: '', text: '', matrix: NO_MATRIX }];
  const entries = entriesAt(valueAt(root, 'jobs'));
  const lines = text.split('\n');
  const general = writesOf(valueAt(root, 'permissions'));
  const jobs = entries.map((entry, index): CiJob => {
    const job = jobOf(entry);
    const writes = writesOf(valueAt(entry.value, 'permissions')) ?? general;
    const own = lines.slice(entry.line - 1, (entries[index + 1]?.line ?? lines.length + 1) - 1).join('\n');
    return { ...job, text: own, ...(writes === undefined ? {} : { writes }) };
  });
  return { path, text, service: 'GitHub', triggers: triggersOf(valueAt(root, 'on')), jobs: [...jobs, ...action] };
}

/** `permissions: write-all`, or a map of scopes; undefined where nothing is said. */
function writesOf(node: YamlNode | undefined): ReadonlySet<string> | undefined {
  if (node === undefined) return undefined;
  if (textAt(node) === 'write-all') return new Set(['all']);
  return new Set(entriesAt(node).flatMap(({ key, value }) => (textAt(value) === 'write' ? [key] : [])));
}

/** `on: push`, `on: [push]` or `on: { push: ... }` */
function triggersOf(node: YamlNode | undefined): ReadonlySet<string> {
  return new Set([...textsAt(node), ...entriesAt(node).map(({ key }) => key)]);
}

function jobOf({ key, line, value }: YamlEntry): Omit<CiJob, 'text' | 'writes'> {
  const uses = usesOf(value);
  const called: readonly CiStep[] =
    uses === undefined ? [] : [{ name: key, line, uses, with: new Map(), condition: '', id: '' }];
  return {
    // With a value in it that is only known when it runs, the name says less than the key.
    name: plainName(value) ?? key,
    line,
    steps: [...called, ...stepsOf(valueAt(value, 'steps'))],
    condition: wordAt(value, 'if'),
    matrix: matrixOf(value),
    ...ignoredAt(value, 'continue-on-error'),
  };
}

function plainName(job: YamlNode): string | undefined {
  const name = textAt(valueAt(job, 'name'));
  return name?.includes('${{') === true ? undefined : name;
}

function stepsOf(node: YamlNode | undefined): readonly CiStep[] {
  return itemsAt(node).map((step): CiStep => {
    const uses = usesOf(step);
    const run = runOf(step, uses?.text ?? '');
    const given = entriesAt(valueAt(step, 'with')).map(({ key, value }) => [key, textAt(value) ?? ''] as const);
    return {
      name: nameOf(step, run?.text ?? uses?.text ?? ''),
      line: step.line,
      with: new Map(given),
      condition: wordAt(step, 'if'),
      id: wordAt(step, 'id'),
      ...(uses === undefined ? {} : { uses }),
      ...(run === undefined ? {} : { run }),
      ...ignoredAt(step, 'continue-on-error'),
    };
  });
}

function wordAt(node: YamlNode, key: string): string {
  return textAt(valueAt(node, key)) ?? '';
}

/** Its own name, or how its command begins. */
function nameOf(step: YamlNode, command: string): string {
  return textAt(valueAt(step, 'name')) ?? (command.trim().split('\n')[0] ?? '').slice(0, 80);
}

function usesOf(node: YamlNode): CiStep['uses'] {
  const uses = valueAt(node, 'uses');
  const text = textAt(uses);
  return uses === undefined || text === undefined || text === '' ? undefined : { text, line: uses.line };
}

/** What a shell runs, or the script that `actions/github-script` runs. */
function runOf(step: YamlNode, uses: string): CiStep['run'] {
  const isScript = uses.startsWith('actions/github-script@');
  const entry = isScript ? entryAt(valueAt(step, 'with'), 'script') : entryAt(step, 'run');
  const text = textAt(entry?.value);
  if (entry === undefined || text === undefined) return undefined;
  return { text, line: firstLineOf(entry), isScript };
}

function entryAt(node: YamlNode | undefined, name: string): YamlEntry | undefined {
  return entriesAt(node).find(({ key }) => key === name);
}

/** A block text (`run: |`) begins on the line after its key. */
function firstLineOf({ line, value }: YamlEntry): number {
  return value.kind === 'text' && value.text.includes('\n') ? line + 1 : value.line;
}

function ignoredAt(node: YamlNode, key: string): Readonly<{ ignoresFailureAt?: number }> {
  const entry = entryAt(node, key);
  return textAt(entry?.value) === 'true' && entry !== undefined ? { ignoresFailureAt: entry.line } : {};
}
