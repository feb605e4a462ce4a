/** Something put into a repository on purpose, to see what a check makes of it. */
export type Plant = Readonly<{
  /** The kind of finding that it is, or looks like. */
  kind: string;
  /** The file that the finding is about. */
  file: string;
  /** False: a finding of this kind in this file would be wrong, or not worth knowing. */
  isTrue: boolean;
  /** What makes it one, or what only makes it look like one. */
  why: string;
  /** Files by path, `file` among them. Paths are unique over all plants: many stand in one repository. */
  files: Readonly<Record<string, string>>;
  /** Files that were there until a commit removed them, 200 days ago. */
  gone?: readonly string[];
  /**
   * Commits that changed `file`, oldest first; without any it comes in with the first commit of the repository. `files`:
   * what they made of these files; without it only the end of `file` changes.
   */
  past?: readonly Readonly<{
    daysAgo: number;
    author: string;
    message: string;
    files?: Readonly<Record<string, string>>;
  }>[];
}>;
