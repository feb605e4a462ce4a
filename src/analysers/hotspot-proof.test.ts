import { expect, it } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { proofOf } from './hotspot-proof.ts';
import { TextReader } from './read-text.ts';

it('a long function that fixes changed is proven, and its own lines are counted once', async () => {
  const body = Array.from({ length: 160 }, (_, at) => `  a.b${at}();\n\n  // And on.\n`).join('');
  using repository = new TestRepository({ 'src/a.js': `function run(a) {\n${body}}\n` });
  const fixes = ['one', 'two', 'three'].map((word) => ({ commit: `${word}0000000`, atMs: 0, subject: `fix ${word}` }));
  const suspect = { file: 'src/a.js', line: 1, lines: 482, decisions: 3, ownLines: undefined };
  const known = { reader: new TextReader(repository.path), own: { fixesOf: () => Promise.resolve(fixes) } };
  const proof = await proofOf(suspect, known);
  expect(proof).toMatchObject({ isProven: true, ownLines: 162 });
  expect(proof.text).toMatch(/^3 fixes changed it within a year, by their subjects: one00000 "fix one", two/);
  expect(proof.text).not.toContain('162');
});
