import { posix } from 'node:path';
import { isProduction } from './classify.ts';
import type { PackageEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { asText, type JsonRecord } from './json-value.ts';
import type { TextReader } from './read-text.ts';
import { isMemberOf, workspaceRoots } from './workspaces.ts';

/** A package in one of these is a result itself. */
const MADE = /(?:^|\/)(?:dist|build|built|out|output)\//;

/**
 * Two packages of one repository under the same name. Where there is a workspace, its members alone count; elsewhere
 * those with a version that may be published. A `package.json` that only says of which kind its modules are is none.
 */
export function checkNames(
  known: readonly (readonly [PackageEntry | undefined, JsonRecord])[],
  reader: TextReader,
): readonly Detected[] {
  const named = known.flatMap(([entry, value]) =>
    entry !== undefined && entry.name !== '' && asText(value['version']) !== undefined ? [entry] : [],
  );
  const packages = known.flatMap(([entry]) => entry ?? []);
  const roots = workspaceRoots(packages, [''], reader).filter(({ dir }) => dir === '');
  const own = named.filter(({ context, dir }) => isProduction(context) && !MADE.test(`${dir}/`));
  const real = own.filter(({ dir, isPrivate }) =>
    roots.length === 0 ? !isPrivate : roots.some((root) => isMemberOf(dir, root)),
  );
  return [...Map.groupBy(real, ({ name }) => name)].flatMap(([name, [first, second]]) => {
    if (first === undefined || second === undefined) return [];
    const file = posix.join(second.dir, 'package.json');
    return [
      {
        kind: 'package-name-twice',
        severity: 'medium' as const,
        confidence: 0.7,
        title: `${name.slice(0, 40)} is the name of two packages`,
        file,
        line: 0,
        anchor: name,
        evidence: [{ source: 'manifests', text: `Also in ${posix.join(first.dir, 'package.json')}.`, ref: file }],
        fix: 'Give one of them another name: workspaces find packages by name.',
      },
    ];
  });
}
