import { runGit } from './git.ts';
import type { Asking } from './line-origin.ts';
import type { TextReader } from './read-text.ts';

/** Manifests that say where the project lives, its own address first. */
const MANIFESTS = ['package.json', 'Cargo.toml', 'pyproject.toml', 'setup.cfg', 'setup.py', 'go.mod', 'composer.json'];
const ADDRESS = /github(?:\.com[/:]|:)([\w-]+)\//i;
/** The state of its own workflows, as a README shows it. */
const BADGE = /github\.com\/([\w-]+)\/[\w.-]+\/(?:actions\/)?workflows\//gi;
/** `if: github.repository == 'acme/app'`: where the workflow is at home. */
const AT_HOME = /github\.repository(?:_owner)?\s*==\s*['"]([\w-]+)/g;

/** Whose repository it is, in small letters, by its address in git, its manifests, its README and its workflows. */
export async function ownersOf(
  reader: TextReader,
  workflows: readonly string[],
  asking: Asking,
): Promise<ReadonlySet<string>> {
  const fromManifests = MANIFESTS.flatMap((path) => ADDRESS.exec(reader.text(path) ?? '')?.[1] ?? []);
  const readme = ['README.md', 'README.rst', 'Readme.md', 'readme.md']
    .map((path) => reader.text(path) ?? '')
    .join('\n');
  const all = [
    ...fromManifests,
    ...namesIn(readme, BADGE),
    ...workflows.flatMap((text) => namesIn(text, AT_HOME)),
    ...(await ownersOfClone(asking)),
  ];
  return new Set(all.map((owner) => owner.toLowerCase()));
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

/** Where it was cloned from, and where that is a fork of. */
async function ownersOfClone({ root, searchPath, signal }: Asking): Promise<readonly string[]> {
  const args = ['config', '--local', '--get-regexp', '^remote\\.(origin|upstream)\\.url$'];
  const told = await runGit(root, args, { searchPath, signal, maxOutput: 64 * 1024 });
  return told.ok ? namesIn(told.stdout.toString('utf8'), new RegExp(ADDRESS, 'gi')) : [];
}
