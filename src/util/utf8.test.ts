import assert from 'node:assert/strict';
import { test } from 'vitest';
import { digestOf, utf8Bytes } from './utf8.ts';

test('counts the bytes of UTF-8 as an encoder does', () => {
  for (const text of ['', 'plain', 'é', '€uro', '😀 and é', 'a\u0000b', '\u07ff\u0800\uffff']) {
    assert.equal(utf8Bytes(text), Buffer.byteLength(text), JSON.stringify(text));
  }
});

test('a digest is the published FNV-1a of ASCII text, and differs when one character does', () => {
  assert.equal(digestOf('foobar'), 0xbf_9c_f9_68);
  assert.notEqual(digestOf('{"a":1}'), digestOf('{"a":2}'));
});
