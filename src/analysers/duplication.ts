import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isProduction } from './classify.ts';
import { Apart } from './copy-apart.ts';
import { bondOf, changesOf, isMended, type CopyBond } from './copy-changes.ts';
import { CloneIndex } from './clones.ts';
import { codeLines } from './code-lines.ts';
import { isBundle } from './copy-purpose.ts';
import { oneOfFamily } from './copy-families.ts';
import { Places } from './copy-places.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { languageOf } from './languages.ts';
import { TextReader } from './read-text.ts';
import { repeatedBlocks } from './repeated-blocks.ts';
import { BRACES, MIN_LINES, MIN_WORDY, ShownCopies, type Copies } from './shown-copies.ts';
import { countOf } from './words.ts';

/** Compared at most; 24 bytes each. */
const MAX_LINES = 1_500_000;
/** The largest say enough: who mends them finds the others. */
const MAX_FINDINGS = 8;
const MAX_REPEATED = 3;
const MAX_PLACES = 6;
/** Fewer lines that do something are seldom worth a function of their own. */
const MIN_LOGIC = 10;
/** More are not opened again: the longest come first. */
const MAX_CLONES = 400;
/** Files that say the same on purpose: types of what stands elsewhere, one text in many languages, steps of a database. */
const ON_PURPOSE =
  /(?:[-_.](?:aix|android|bsd|darwin|freebsd|hpux|ios|linux|macos|netbsd|openbsd|osx|posix|solaris|sunos|unix|win32|windows)\.\w+$)|\.(?:d\.[cm]?ts|pyi)$|(?:^|\/)(?:locales?|i18n|l10n|lang|langs|languages|translations?|migrations?)\//i;
/** Code in files of these is compared too. */
const ALSO = new Set(['Vue', 'Svelte', 'Astro']);
/** Helpers of tests that stand beside the code. */
const HELPS_TESTS = /(?:^|\/)(?:[\w.-]*[-_.])?test(?:ing)?(?:[-_.](?:utils?|helpers?|kit|support|tools?))?\.\w+$/i;

/** Groups of files whose past is looked at. */
const MAX_ASKED = 24;
/** Copies of which nobody knows whether they are meant. */
const MAX_UNKNOWN = 3;

/** Finds code that was copied: the same lines at several places, comments and white space aside. */
export async function duplication({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const index = new CloneIndex(MAX_LINES);
  const compared: string[] = [];
  const repeated: Detected[] = [];
  let tooMany = 0;
  const places = new Places(files, reader);
  for (const { path } of files.filter((file) => isCompared(file) && places.isShipped(file.path))) {
    signal.throwIfAborted();
    const text = reader.text(path);
    if (text === undefined || isBundle(text)) continue;
    repeated.push(...blocksIn(path, text));
    if (index.add(codeLines(path, text))) compared.push(path);
    else tooMany += 1;
  }
  const shown = new ShownCopies({ index, paths: compared, reader, places, apart: new Apart(files, reader) });
  const clones = index
    .clones(MIN_LOGIC)
    .filter(({ length }) => length >= MIN_WORDY)
    .slice(0, MAX_CLONES);
  const copies = shown.withoutBundles(clones.flatMap((clone) => shown.verified(clone) ?? []));
  const byFiles = [...Map.groupBy(copies, (one) => shown.files(one).join('\0')).values()];
  const groups = await withBonds(
    shown,
    byFiles.toSorted((a, b) => weight(b) - weight(a)),
    { ...input, signal },
  );
  const told = oneOfFamily(groups, (group) => shown.familyOf(group.copies));
  const chosen = mostTelling(told, shown).slice(0, MAX_FINDINGS);
  const data: FindingsData = {
    findings: [
      ...chosen.flatMap(({ copies: own, ...past }) => shown.finding(own, past) ?? []),
      ...repeated.slice(0, MAX_REPEATED),
    ],
    looked: index.size,
    ...(tooMany === 0 && !index.isCut ? { total: weight(copies) } : {}),
    leftOut: leftOut({ tooMany, rest: byFiles.length - chosen.length, isCut: index.isCut }),
  };
  const summary = { lines: index.size, passages: copies.length, found: data.findings.length };
  return { file: writeData(input.data, 'duplication', data), summary };
}

/** Copies in the same files, and what shows that they should be one. */
type Group = Readonly<{ copies: readonly Copies[]; bond: CopyBond | undefined; isMended: boolean | undefined }>;

async function withBonds(
  shown: ShownCopies,
  groups: readonly (readonly Copies[])[],
  asking: Parameters<typeof changesOf>[0],
): Promise<readonly Group[]> {
  const asked = groups.filter((group) => shown.isAcross(group)).slice(0, MAX_ASKED);
  const within = groups.filter((group) => !shown.isAcross(group)).slice(0, MAX_FINDINGS);
  const filesOf = (some: readonly (readonly Copies[])[]): readonly string[] => [
    ...new Set(some.flatMap((group) => shown.shared(group).files)),
  ];
  const [changes = [], own] = await Promise.all([
    changesOf(asking, filesOf(asked)),
    changesOf(asking, filesOf(within)),
  ]);
  return groups.map((copies) => ({
    copies,
    bond: asked.includes(copies) ? bondOf(changes, shown.shared(copies)) : undefined,
    isMended: own !== undefined && within.includes(copies) ? isMended(own, shown.shared(copies)) : undefined,
  }));
}

/** What people have to change twice, then what is twice in one file, then a few of which nobody knows. */
function mostTelling(groups: readonly Group[], shown: ShownCopies): readonly Group[] {
  const bound = groups.filter(({ bond }) => bond !== undefined);
  const within = groups.filter(({ copies, bond }) => bond === undefined && !shown.isAcross(copies));
  const unknown = groups.filter(({ copies, bond }) => bond === undefined && shown.isAcross(copies));
  return [...bound, ...within, ...unknown.slice(0, MAX_UNKNOWN)];
}

/** One block, written several times in one function with other names. */
function blocksIn(path: string, text: string): readonly Detected[] {
  const found = BRACES.test(path) ? repeatedBlocks(text) : undefined;
  if (found === undefined || found.size * found.lines.length < MIN_LINES) return [];
  const { lines, size } = found;
  const [line = 1] = lines;
  const name = path.split('/').slice(-2).join('/').slice(-36);
  return [
    {
      kind: 'duplicate-code',
      severity: 'low',
      confidence: 0.8,
      title: `One block of ${size} lines ${lines.length} times in ${name}, with other names`,
      file: path,
      line,
      anchor: text
        .split('\n')
        .slice(line - 1, line + 3)
        .join('\n'),
      evidence: lines.slice(0, MAX_PLACES).map((at) => ({
        source: 'duplication',
        text: `${path} lines ${at} to ${at + size - 1}.`,
        ref: `${path}:${at}`,
      })),
      fix: 'Make it one function that is given the names, and call it from each place.',
    },
  ];
}

function isCompared({ path, context, isText, isCopied }: FileEntry): boolean {
  const language = languageOf(path);
  const isCode = language?.kind === 'code' || ALSO.has(language?.name ?? '');
  const isOwn = isProduction(context) && isCopied !== true && !HELPS_TESTS.test(path);
  return isText && isCode && isOwn && !ON_PURPOSE.test(path);
}

/** Lines that would be gone if each passage stood once. */
function weight(copies: readonly Copies[]): number {
  return copies.reduce((sum, { length, places }) => sum + length * (places.length - 1), 0);
}

function leftOut(counts: Readonly<{ tooMany: number; rest: number; isCut: boolean }>): readonly string[] {
  const { tooMany, rest, isCut } = counts;
  const limit = MAX_LINES.toLocaleString('en-US');
  return [
    ...(tooMany === 0
      ? []
      : [`Copies in ${countOf(tooMany, 'file')}: more than ${limit} lines to compare (too-large).`]),
    ...(rest === 0
      ? []
      : [
          `${countOf(rest, 'further group of files', 'further groups of files')} with shorter passages of code in common.`,
        ]),
    ...(isCut ? ['Some code that repeats itself endlessly was not followed to its end (too-large).'] : []),
  ];
}
