import type { FindingEvidence } from '../core/findings/finding-evidence.ts';

/** Begins the evidence that says where somebody else's value comes in. */
export const FROM_OUTSIDE = 'From outside: ';
/** Stands in its place where nothing of the kind is seen. */
export const UNSEEN = 'Nothing here shows that somebody else chooses the value: it matters only where that is so.';
/** Dangerous only with values of somebody else. */
export const NEEDS_ORIGIN: ReadonlySet<string> = new Set([
  'eval-of-variable',
  'shell-string',
  'html-from-variable',
  'sql-by-concatenation',
]);

/** Of those where no origin is seen: after everything else. */
export const UNSEEN_CONFIDENCE = 0.2;

export function isOriginSeen(evidence: readonly FindingEvidence[]): boolean {
  return !evidence.some(({ text }) => text === UNSEEN);
}

/** What each kind of risk is called, and what to do about it. */
export const RISK_TEXTS: Readonly<Record<string, Readonly<{ title: string; fix: string }>>> = {
  'eval-of-variable': {
    title: 'Runs a text as code',
    fix: 'Make sure that nobody else can choose the text, or do without: look names up in an object, parse data with a parser.',
  },
  'shell-string': {
    title: 'Puts values into a command for the shell',
    fix: 'Start the program with a list of arguments and without a shell: then spaces, quotes and ; in a value stay text.',
  },
  'tls-check-off': {
    title: 'Switches off the check of TLS certificates',
    fix: 'Leave the check on. For a certificate of your own, name its authority (ca) instead.',
  },
  'weak-password-hash': {
    title: 'Hashes a secret with MD5 or SHA-1',
    fix: 'Use scrypt, argon2 or bcrypt for passwords; HMAC with SHA-256 for tokens.',
  },
  'html-from-variable': {
    title: 'Makes HTML from a value',
    fix: 'Escape the values that are put in, or clean the whole with a sanitizer (DOMPurify or the like) before it becomes HTML.',
  },
  'sql-by-concatenation': {
    title: 'Puts values into the text of an SQL query',
    fix: 'Give the values as parameters of the query (?, $1, :name), so that they cannot become part of it.',
  },
};
