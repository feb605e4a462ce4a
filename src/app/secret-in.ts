import { SECRET_PATTERNS } from '../analysers/secret-patterns.ts';
import { REDACTED, redactText, secretsOf } from '../util/redact.ts';

/** Says in one sentence which kind of secret stands in `text`; undefined when none is known. */
export function secretIn(text: string): string | undefined {
  const lower = text.toLowerCase();
  const found = SECRET_PATTERNS.find(({ hint, pattern, hasChecksum = () => true }) => {
    if (!lower.includes(hint)) return false;
    return [...text.matchAll(pattern)].some(([all, own = all]) => hasChecksum(own));
  });
  return found === undefined ? undefined : `It holds what looks like a secret (${found.name}): memory keeps none.`;
}

/** Takes these values out of texts, and whatever has the form of a secret. */
export function redactorOf(values: readonly string[]): (text: string) => string {
  const secrets = secretsOf(values);
  return (text) => {
    const lower = text.toLowerCase();
    const found = SECRET_PATTERNS.filter(({ hint }) => lower.includes(hint)).flatMap(({ pattern, hasChecksum }) =>
      [...text.matchAll(pattern)].map(([all, own = all]) => own).filter((own) => hasChecksum?.(own) !== false),
    );
    const clean = found.reduce((rest, own) => rest.replaceAll(own, REDACTED), text);
    return redactText(clean, secrets);
  };
}
