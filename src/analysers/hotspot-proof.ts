import { codeOnly } from './code-only.ts';
import { countedFunctions } from './counted-functions.ts';
import type { FileEntry } from './data.ts';
import type { OwnPast, OwnRange } from './own-past.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

/** Lines of code of its own from which a function is worth taking apart, and where it decides much. */
const LONG = 150;
const LONG_AND_HARD = 100;
const HARD = 40;
const MIN_FIXES = 3;
/** Lines for the preprocessor. */
const DIRECTIVE = /^\s*#\s*(?:if|ifdef|ifndef|else|elif|endif|define|undef|include|pragma|region|endregion)\b/;
const COMMENT = /^\s*(?:\/\/|\/\*|\*|#(?!\[)|--)/;
/** What those who keep a project start by hand. */
const FOR_KEEPERS =
  /(?:^|\/)(?:scripts?|releases?|build|builds?|buildtools|tools?|tooling|bench(?:es|marks?)?|examples?|dev|hack|ci|tasks?)\//i;
const GOLFED = /"(?:bundlesize|size-limit|bundlewatch)"\s*:|["' ](?:bundlesize|size-limit|bundlewatch)(?=["' ])/;
const GOLF_FILES = /^(?:mangle\.json|\.size-limit(?:\.\w+)?|\.bundlewatch\.config\.\w+|bundlesize\.config\.\w+)$/;

/** A function that may be told: `ownLines` without those of functions inside it, where they were counted. */
export type Suspect = OwnRange & Readonly<{ decisions: number; ownLines: number | undefined }>;

/** `text`: what shows it; or why it is only asked about. */
export type Proof = Readonly<{ isProven: boolean; text: string; ownLines?: number }>;

/** Whether each byte of the code is counted: splitting it up costs some. */
export function isGolfed(files: readonly FileEntry[], reader: TextReader): boolean {
  return files.some(({ path }) => GOLF_FILES.test(path)) || GOLFED.test(reader.text('package.json') ?? '');
}

/** Whether it is one long function that fixes had to change again and again: then it is worth taking apart. */
export async function proofOf(
  suspect: Suspect,
  { reader, own }: Readonly<{ reader: TextReader; own: Pick<OwnPast, 'fixesOf'> }>,
): Promise<Proof> {
  if (FOR_KEEPERS.test(suspect.file)) return { isProven: false, text: 'it is for those who keep the project.' };
  const lines = ownCodeLines(suspect, reader.text(suspect.file) ?? '');
  const decisions = suspect.decisions * (lines.ratio < 1 && suspect.ownLines === undefined ? lines.ratio : 1);
  const isLong = lines.count >= LONG || (lines.count >= LONG_AND_HARD && decisions > HARD);
  if (!isLong) return { isProven: false, text: `the function has ${lines.count} lines of code of its own.` };
  const fixes = (await own.fixesOf(suspect)) ?? [];
  const told = `${countOf(fixes.length, 'fix', 'fixes')} changed it within a year`;
  if (fixes.length < MIN_FIXES) return { isProven: false, text: `only ${told}, by the subjects of the commits.` };
  const some = fixes.slice(0, 3).map(({ commit, subject }) => `${commit.slice(0, 8)} "${subject.slice(0, 60)}"`);
  return {
    isProven: true,
    ownLines: lines.count,
    text: `${told}, by their subjects: ${some.join(', ')}${fixes.length > 3 ? ' and others' : ''}. Merges, releases, commits over many files and the first three months of the file do not count.`,
  };
}

/** Comments, blank lines, lines for the preprocessor and functions inside it do not count. */
function ownCodeLines(suspect: Suspect, text: string): Readonly<{ count: number; ratio: number }> {
  const { file, line, lines, ownLines } = suspect;
  const code = codeOnly(file, text).split('\n');
  const isCode = (at: number): boolean => {
    const one = code[at - 1] ?? '';
    return one.trim() !== '' && !DIRECTIVE.test(one) && !COMMENT.test(one);
  };
  const all = Array.from({ length: lines }, (_, at) => line + at).filter(isCode);
  if (ownLines !== undefined) {
    const ratio = ownLines / Math.max(1, lines);
    return { count: Math.round(all.length * ratio), ratio };
  }
  const end = line + lines - 1;
  const inside = countedFunctions(file, text).filter((one) => one.line > line && one.line + one.lines - 1 <= end);
  const own = all.filter((at) => !inside.some((one) => at > one.line && at < one.line + one.lines));
  return { count: own.length, ratio: own.length / Math.max(1, all.length) };
}
