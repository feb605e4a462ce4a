/** A whole number below 2 ** 32 that is the same for the same text (FNV-1a, mixed once more). */
export function hashWord(text: string): number {
  let word = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) word = Math.imul(word ^ text.charCodeAt(index), 0x01000193);
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d);
  return (word ^ (word >>> 13)) >>> 0;
}
