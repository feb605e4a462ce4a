/** Heads of functions and methods, in the languages that people copy code in. */
const HEAD =
  /^\s*(?:(?:export|default|pub(?:\([^)]*\))?|public|private|protected|internal|static|final|abstract|override|virtual|async|const|unsafe|inline|get|set)\s+)*(?:(?:function|fn|func|fun|def|sub)\b|(?!(?:if|else|for|foreach|while|switch|return|new|throw|catch|case|do|try|using|with|match|select|when|loop|until|unless)\b)(?:[\w<>[\],.?:&*]+\s+)*#?[\w$]+\s*(?:<[^>]*>)?\([^;]*\)[^;=]*\{\s*$)/;
const MANY = 3;
/** Lines of one function, on average. */
const SMALL = 11;

/**
 * Whether a passage is a row of small functions: what types that stand side by side offer looks the same on purpose, and
 * each of them is nothing to share.
 */
export function areSmallFunctions(lines: readonly string[]): boolean {
  const heads = lines.filter((line) => HEAD.test(line)).length;
  return heads >= MANY && lines.filter((line) => line.trim() !== '').length / heads < SMALL;
}

/** Whether it holds what a type of Rust offers: each type has to have its own, there is none to inherit from. */
export function hasPublicMethod(lines: readonly string[]): boolean {
  return /\bpub(?:\([^)]*\))?\s+(?:const\s+|async\s+|unsafe\s+)*fn\s+\w+(?:<[^>]*>)?\(\s*&?(?:'\w+\s+)?(?:mut\s+)?self\b/.test(
    lines.join('\n'),
  );
}
