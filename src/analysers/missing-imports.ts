import { posix } from 'node:path';
import { contextOf } from './classify.ts';
import type { Detected } from './detected.ts';
import { runGit, type GitOptions } from './git.ts';
import { type Lost, lostFiles } from './lost-files.ts';
import type { ResolvedImport } from './resolve.ts';
import { countOf } from './words.ts';

/** Folders and names that a build makes. */
const BUILT =
  /(?:^|\/)(?:dist|build|built|lib|out|output|gen|generated|__generated__|_generated|codegen|auto|\.\w[\w-]*|node_modules|types|wasm|pkg|proto|i18n|locales?)(?:\/|$)/i;
const BUILT_NAME = /(?:generated|\.gen\b|_pb\b|\.pb\b|\.wasm|version|build-?info|manifest)(?:\.\w+)?$/i;
const MAX_FINDINGS = 25;
/** Where a larger share of relative imports leads nowhere, a tool resolves them in a way of its own. */
const MAX_SHARE = 0.2;

type Options = Readonly<{ root: string; searchPath: string | undefined; signal: AbortSignal }>;

/** Relative imports in shipped code that lead to no file, unless a build or an ignored file would make it. */
export async function missingImports(
  imports: readonly ResolvedImport[],
  options: Options,
): Promise<Readonly<{ findings: readonly Detected[]; leftOut: readonly string[] }>> {
  const relative = imports.filter(({ specifier }) => specifier.startsWith('.'));
  const missing = relative.flatMap((entry) => (entry.to.kind === 'missing' ? [{ entry, path: entry.to.path }] : []));
  const shipped = missing.filter(({ entry }) => isShipped(entry));
  const likely = shipped.filter(({ path }) => !BUILT.test(posix.dirname(path)) && !BUILT_NAME.test(path));
  if (likely.length === 0) return { findings: [], leftOut: leftOut(shipped.length) };
  if (likely.length > MAX_FINDINGS || likely.length > relative.length * MAX_SHARE + 2) {
    return { findings: [], leftOut: leftOut(shipped.length) };
  }
  const ignored = await ignoredPaths(
    likely.map(({ path }) => path),
    options,
  );
  const real = likely.filter(({ path }) => !ignored.has(path));
  const lost = await lostTargets(
    real.map(({ path }) => path),
    options,
  );
  const found = real.flatMap(({ entry, path }) => lost(path).map((one) => finding(entry, path, one)));
  return { findings: found, leftOut: leftOut(shipped.length - found.length) };
}

const ENDINGS = ['', '.js', '.ts', '.mjs', '/index.js', '/index.ts'];

/**
 * What stood at a path once, in any form that an import may mean. What never did is made by a build, or found by a
 * loader with ways of its own: a program that could never load it would not have been kept.
 */
async function lostTargets(paths: readonly string[], options: Options): Promise<(path: string) => readonly Lost[]> {
  const stems = paths.map((path) => path.replace(/\.[cm]?[jt]sx?$/, ''));
  const asked = [...paths, ...stems.flatMap((stem) => ENDINGS.slice(1).map((ending) => stem + ending))];
  const lost = await lostFiles(options.root, asked, options);
  const byPath = new Map(lost.map((one) => [one.path, one]));
  return (path) => {
    const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
    const found = [path, ...ENDINGS.map((ending) => stem + ending)].flatMap((one) => byPath.get(one) ?? []);
    return found.slice(0, 1);
  };
}

function isShipped({ from, kind }: ResolvedImport): boolean {
  return contextOf(from) === 'production' && kind !== 'reference' && !from.endsWith('.d.ts');
}

function leftOut(count: number): readonly string[] {
  if (count === 0) return [];
  return [`${countOf(count, 'import')} of files that are not there, but look as if a build makes them.`];
}

/** Paths that git would ignore, so that a build may make them. Asks for the usual endings too. */
async function ignoredPaths(paths: readonly string[], options: Options): Promise<ReadonlySet<string>> {
  const settings: GitOptions = { searchPath: options.searchPath, signal: options.signal };
  const asked = paths.flatMap((path) => [path, `${path}.js`, `${path}.ts`]);
  const answer = await runGit(options.root, ['check-ignore', '--no-index', '--', ...asked], settings);
  const lines = answer.ok ? answer.stdout.toString('utf8').split('\n') : [];
  return new Set(lines.map((line) => line.replace(/\.[jt]s$/, '')).concat(lines));
}

function finding(entry: ResolvedImport, path: string, lost: Lost): Detected {
  const isType = entry.kind === 'type';
  return {
    kind: 'missing-import',
    severity: isType ? 'medium' : 'high',
    confidence: 0.7,
    title: `Imports "${entry.specifier}", which does not exist`,
    file: entry.from,
    line: entry.line,
    anchor: entry.specifier,
    evidence: [
      {
        source: 'graph',
        text: `Nothing stands at ${path}, with any of the usual endings.`,
        ref: `${entry.from}:${entry.line}`,
      },
      { source: 'history', text: fate(lost), ref: lost.commit },
    ],
    fix:
      lost.to === undefined
        ? 'Remove what needs it, or bring the file back.'
        : `Import it from where it is now: ${lost.to}.`,
  };
}

function fate({ path, commit, day, to }: Lost): string {
  return to === undefined ? `Commit ${commit} removed ${path} on ${day}.` : `Commit ${commit} moved ${path} to ${to}.`;
}
