/** Where a package comes from, as the lock file says. `plain-http` and `plain-git` can be changed on the way. */
export type Origin = 'registry' | 'git' | 'plain-git' | 'tarball' | 'plain-http' | 'local' | 'unknown';

/** One package that a lock file names. */
export type LockedPackage = Readonly<{
  name: string;
  version: string;
  /** The key of its entry, where that differs from its name. */
  key?: string;
  origin: Origin;
  /** As written; `''` when the lock file does not say. */
  url: string;
  /** Whether its content is fixed by a hash; undefined where such a lock file has no place for one. */
  hasIntegrity?: boolean;
  hasInstallScript?: boolean;
  /** As the package says; undefined where the lock file does not tell. */
  licence?: string;
  isDev: boolean;
  isOptional: boolean;
}>;

/** What the manifest asks for and the lock file does not give. */
export type Drift = Readonly<{
  name: string;
  /** What the manifest asks for. */
  asked: string;
  /** What the lock file has; undefined when it has none. */
  locked: string | undefined;
}>;

/** A dependency as a manifest declares it. */
export type Asked = Readonly<{ name: string; range: string }>;

export type LockFile = Readonly<{
  /** `package-lock.json`, for people. */
  tool: string;
  /** The command that writes it anew. */
  refresh: string;
  packages: readonly LockedPackage[];
  /** Folders of the packages it was made for, relative to its own; `''` is its own. */
  folders: readonly string[];
  /** What the package in that folder asks for, and does not get. */
  drift: (folder: string, asked: readonly Asked[]) => readonly Drift[];
}>;

/** Hosts of the public registries, and of mirrors that serve the same bytes. */
const REGISTRIES =
  /^(?:registry\.npmjs\.(?:org|com)|registry\.yarnpkg\.com|npm\.pkg\.github\.com|registry\.npmmirror\.com|npm\.jsr\.io)$/;

/** Reads the address that a lock file gives for a package. */
export function originOf(url: string): Origin {
  if (url === '') return 'unknown';
  if (/^(?:file|link|workspace|portal):|^\.{1,2}\//.test(url)) return 'local';
  if (/^git:\/\/|^git\+http:\/\//.test(url)) return 'plain-git';
  if (/^(?:git\+|git@|github:|gitlab:|bitbucket:)|\.git(?:#|$)|^https:\/\/codeload\.github\.com\//.test(url))
    return 'git';
  const [, scheme, host = ''] = /^(https?):\/\/(?:[^@/]*@)?([\w.-]+)/.exec(url) ?? [];
  if (scheme === undefined) return 'unknown';
  if (scheme === 'http') return isLocalHost(host) ? 'local' : 'plain-http';
  return REGISTRIES.test(host) ? 'registry' : 'tarball';
}

function isLocalHost(host: string): boolean {
  return (
    /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:local|internal|lan|localhost)$/.test(host) ||
    !host.includes('.')
  );
}

/** The host that most packages come from is the project's registry, whatever its name. */
export function withOwnRegistry(packages: readonly LockedPackage[]): readonly LockedPackage[] {
  const hosts = new Map<string, number>();
  for (const { url, origin } of packages) {
    if (origin === 'tarball') hosts.set(hostOf(url), (hosts.get(hostOf(url)) ?? 0) + 1);
  }
  const own = new Set(
    [...hosts].filter(([, count]) => count >= 10 && count > packages.length * 0.05).map(([host]) => host),
  );
  return packages.map((one) =>
    one.origin === 'tarball' && own.has(hostOf(one.url)) ? { ...one, origin: 'registry' } : one,
  );
}

export function hostOf(url: string): string {
  return /^[\w+]+:\/\/(?:[^@/]*@)?([\w.-]+)/.exec(url)?.[1] ?? '';
}

/** Dependencies that a lock file writes in other words, or not at all. */
export function isPlainRange(range: string): boolean {
  return !/^(?:workspace|file|link|portal|patch|catalog|npm|jsr|git|github|gitlab|bitbucket|https?)\b.*[:/]|^\.|^\/|^[\w.-]+\/[\w.-]+/.test(
    range,
  );
}
