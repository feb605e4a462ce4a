/** What a repository has, looked at quickly before its check is planned. */
export type CheckFacts = Readonly<{
  /** Absolute path of the folder, links resolved. */
  root: string;
  /** Its name for people. */
  name: string;
  git: 'none' | 'no-commits' | 'shallow' | 'full';
  /** Hash of the oldest commit, which stays the same in every clone; null without full history. */
  rootCommit: string | null;
  /** Files that would be looked at. */
  files: number;
  /** Files of languages that are parsed, and their bytes. */
  parsed: Readonly<{ files: number; bytes: number }>;
  /** Manifests of package managers that are read, outside examples, tests and other people's code. */
  manifests: number;
  /** Markdown files. */
  docs: number;
  /** Lock files of package managers outside examples, tests and other people's code. */
  locks: number;
  /** Files that tell a build service what to do. */
  ci: number;
  /** Absolute path of the oxlint in PATH, never one of the repository itself; null when there is none. */
  linter: string | null;
  /** What its packages are managed with, for words about lock files that fit; absent where nobody looked. */
  packaging?: Packaging;
  /** A lock file at the top that npm, pnpm or Yarn can audit. */
  hasAudit?: true;
  /** The user allows questions over the network: waggle check --online. */
  isOnline?: true;
  /** Test files with code, in any language. */
  tests: number;
}>;

export type Ecosystem = 'npm' | 'Ruby' | 'PHP' | 'Python' | 'Rust' | 'Go' | 'Maven' | 'Gradle';

export type Packaging = Readonly<{
  /** Those that have a manifest at the top; those of other folders when there is none. */
  ecosystems: readonly Ecosystem[];
  /** Lock files that are looked at, the first few. */
  locks: readonly string[];
  /** Lock files of pages, examples and tests, the first few. */
  otherLocks: readonly string[];
  /** Where the project says that it keeps no lock file. */
  keepsNone?: string;
}>;
