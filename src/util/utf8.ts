/** How many bytes `text` takes in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    // Each half of a pair counts two, together four.
    bytes += code < 0x800 || isSurrogate(code) ? 1 : 2;
  }
  return bytes;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** A whole number from 0 to 2^32 - 1 that is most likely another one for another text. FNV-1a over its code units. */
export function digestOf(text: string): number {
  let digest = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) {
    digest = Math.imul(digest ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return digest >>> 0;
}
