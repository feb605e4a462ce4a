const FIX =
  /\b(?:(?:hot|bug)?fix(?:e[sd]|ing)?|bugs?|CVE|GHSA|regress\w*|revert(?:s|ed)?|crash\w*|(?:memory )?leak(?:s|ed|ing)?|guard(?:s|ed|ing)? against|deadlocks?|vulnerab\w*)\b/i;
/** Nothing was wrong with what the code does. */
const WORDS_ALONE =
  /^docs?\b|\b(?:typos?|spelling|misspell\w*|grammar|java ?docs?|whitespace|indentation|lint\w*|warnings?|comments?|prettier|phpcs|rubocop|eslint|format(?:ting)?|code ?style)\b/i;
/** A number went up, or a release was made. */
const RELEASE =
  /^(?:\w+(?:\([^)]*\))?!?:)?\W*v?\d+\.\d+(?:\.\d+)*\S*$|^(?:\w+(?:\([^)]*\))?!?:\s*)?(?:release|bump|prepare|cut|publish|tag|set version|update version|version|change version)\b.*\d|^(?:\[[^\]]*\]\s*)?(?:prepare|prepping) (?:for )?(?:next|release|development)|\bbump(?:ed|s|ing)? (?:the )?(?:version|copyright)|\bcopyright\b|\blicen[cs]e headers?\b|\bversion (?:number|bump|string)s?\b|\bmaven-release-plugin\b/i;
/** The text of the code was arranged anew. */
const FORMATTING =
  /^(?:style|chore\((?:lint|format\w*|style)\))(?:\([^)]*\))?!?:|\b(?:prettier|re-?format\w*|reindent\w*|code ?style|coding style|clang-format|gofmt|goimports|rustfmt|(?:cargo|go|dart|run) fmt|(?:run|apply|with|using) black|isort|ruff format|php-?cs(?:-fixer)?|pint|rubocop|standardrb?|spotless|whitespaces?|white spaces?|indent(?:ation|ing)?|tabs (?:to|with|for) spaces|codemod|K&R|ansi c|eslint --fix|lint(?:er|ing)? (?:fix\w*|errors?|issues?)|fix(?:ed|es|ing)? (?:all )?(?:the )?(?:lint\w*|style|format\w*))\b|^(?:formatting|format|lint|typos?|spelling)\W*$/i;

/** Something new, which may close an issue by the way; or the end of a try that was a mistake, mostly of the same days. */
const NEW_OR_UNDONE = /^feat(?:ure)?(?:\([^)]*\))?!?:|^revert\b/i;

/** Whether a commit says that it mends what the code does. */
export function isFixSubject(subject: string): boolean {
  return FIX.test(subject) && !WORDS_ALONE.test(subject) && !NEW_OR_UNDONE.test(subject);
}

/** A release, or a new arrangement of the same code: nobody had to understand the files for it. */
export function isRoutineSubject(subject: string): boolean {
  return RELEASE.test(subject) || FORMATTING.test(subject);
}
