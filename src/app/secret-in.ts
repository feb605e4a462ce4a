import { SECRET_PATTERNS } from '../analysers/secret-patterns.ts';

/** Says in one sentence which kind of secret stands in `text`; undefined when none is known. */
export function secretIn(text: string): string | undefined {
  const lower = text.toLowerCase();
  const found = SECRET_PATTERNS.find(({ hint, pattern, hasChecksum = () => true }) => {
    if (!lower.includes(hint)) return false;
    return [...text.matchAll(pattern)].some(([all, own = all]) => hasChecksum(own));
  });
  return found === undefined ? undefined : `It holds what looks like a secret (${found.name}): memory keeps none.`;
}
