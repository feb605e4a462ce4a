import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { benchIn, motionOn } from '../../../../test/check/support/motions.ts';
import type { Finding } from '../../../core/findings/finding.ts';
import { secondLook } from '../shape.ts';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'waggle-looks-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What the voter on shape says of a finding of that kind at that place. */
function said(
  finding: Pick<Finding, 'kind' | 'file'> & Partial<Finding>,
  more: Readonly<{ anchor?: string }> = {},
): string {
  const { choice, reason } = secondLook(motionOn(finding, { asked: ['shape'], ...more }), benchIn(root));
  return `${choice}: ${reason}`;
}

describe('a second look at a failure that is passed over', () => {
  const file = 'ci.yml';
  const kind = 'failure-ignored';
  const JOB = 'jobs:\n  all:\n    steps:\n      - uses: a/b@v1\n';
  const STEP = '        if: always()\n        env:\n          A: 1\n        run: npm test || true\n';

  it('reads the whole comment above the step, and its name', () => {
    write(
      file,
      `${JOB}      # These tests are known to be slow.\n      # People read what they say.\n      - name: Run\n${STEP}`,
    );
    expect(said({ kind, file, line: 11 })).toMatch(/^reject: A comment says that it is meant: "These tests are known/);
    write(file, `${JOB}      - name: Lint (informational)\n${STEP}`);
    expect(said({ kind, file, line: 9 })).toBe('reject: Its name says that it is meant: "Lint (informational)".');
  });

  it('does not say that no comment says why where there is one, nor where it was meant for a while', () => {
    write(file, `${JOB}      - name: Run\n${STEP}`);
    expect(said({ kind, file, line: 9 })).toMatch(
      /passed over by "run: npm test \|\| true", and no comment says why\.$/,
    );
    write(file, `${JOB}      # Runs all of them.\n      - name: Run\n${STEP}`);
    expect(said({ kind, file, line: 10 })).toMatch(/^approve: .*"run: npm test \|\| true"\.$/);
    write(file, `${JOB}      # Allowed for now.\n      - name: Run\n${STEP}`);
    const title = '"npm test" may fail, for a while only: since 2021-12-15';
    expect(said({ kind, file, line: 10, title })).toMatch(/^approve: .*"run: npm test \|\| true"\.$/);
  });

  it('does not take the comment of another step for its own', () => {
    write(file, `${JOB}      # optional\n      - run: npm run lint || true\n      - name: Run\n${STEP}`);
    expect(said({ kind, file, line: 11 })).toMatch(/^approve: /);
  });
});

describe('a second look at what leads nowhere', () => {
  it('says that the folder does not exist, or how many names it has', () => {
    write('README.md', '[a](gone/a.md) [b](docs/b.md) [e](d/e.md)\n');
    write('docs/c.md', '');
    const to = (target: string, mend: string): string =>
      said({
        kind: 'dead-link',
        file: 'README.md',
        evidence: [{ source: 'docs', text: `Link to ${target}: ${mend}`, ref: 'README.md:1' }],
      });
    const moved = 'x became y in 1234567 (2024-01-01).';
    expect(to('gone/a.md', moved)).toMatch(/^approve: The folder gone does not exist, and forges show/);
    expect(to('docs/b.md', moved)).toMatch(/^approve: The folder docs has 1 name, none of them the/);
    expect(to('docs/b.md', 'docs/b.md does not exist.')).toBe('abstain: Nothing tells where it should lead.');
    write('src/d/e.md', '');
    const only = 'The only file of that name is src/d/e.md.';
    expect(to('d/e.md', only)).toMatch(/^approve/);
    const inPage = (file: string): string => {
      write(file, '[to](d/e.md)\n');
      const evidence = [{ source: 'docs', text: `Link to d/e.md: ${only}`, ref: `${file}:1` }];
      return said({ kind: 'dead-link', file, evidence }).split(':')[0] ?? '';
    };
    expect(inPage('doc/README-ja.md')).toBe('approve');
    expect(inPage('doc/README.md')).toBe('reject');
    expect(inPage('doc/guide.md')).toBe('reject');
    write('_redirects', '/docs/b /docs/c\n');
    expect(to('docs/b.md', moved)).toBe('reject: The site sends readers of that address on.');
    symlinkSync('gone/a', join(root, 'link'));
    expect(said({ kind: 'dead-symlink', file: 'link' })).toBe('approve: The folder gone does not exist.');
  });
});

describe('a second look at what a linter says', () => {
  const of = (rule: string, line: string): string => {
    write('a.js', `f();\n${line}\n`);
    return said({ kind: 'lint-complaint', file: 'a.js', line: 2 }, { anchor: `${rule} ${line}` });
  };

  it.each([
    ['no-compare-neg-zero', 'if (a === -0) b();'],
    ['no-sparse-arrays', 'const a = [1,, 2];'],
    ['no-new-native-nonconstructor', "const a = new Symbol('a');"],
    ['no-obj-calls', 'const a = Math();'],
    ['no-empty-character-class', 'const a = /^[]b/.test(c);'],
    ['oxc/bad-object-literal-comparison', 'if (a === {}) b();'],
    ['promise/no-new-statics', 'return new Promise.resolve(1);'],
  ])('approves where the line itself shows it: %s', (rule, line) => {
    expect(of(rule, line)).toMatch(/^approve: Its line has "/);
  });

  it.each([
    ['no-compare-neg-zero', 'if (a === -0.5) b();'],
    ['no-sparse-arrays', "const a = [1, ',,', 2]; // [,]"],
    ['no-obj-calls', 'const a = own.Math();'],
    ['no-empty-character-class', "const a = '/[]/';"],
    ['no-const-assign', 'a = 1;'],
  ])('abstains where it does not: %s', (rule, line) => {
    expect(of(rule, line)).toMatch(/^abstain: /);
  });
});

describe('a second look at old notes', () => {
  const evidence = [1, 2].map((line) => ({ source: 'hygiene', text: 'x', ref: `a.js:${line}` }));

  it('counts those that name no issue, and speaks of one as of one', () => {
    write('a.js', '// TODO: close it\n// FIXME: open it\n');
    const note = { kind: 'old-todo', file: 'a.js' } as const;
    expect(said({ ...note, evidence })).toBe('approve: 2 of 2 notes name no issue that keeps track of them.');
    expect(said({ ...note, evidence: evidence.slice(0, 1) })).toBe(
      'approve: The note names no issue that keeps track of it.',
    );
  });
});

describe('a second look at tests that are switched off', () => {
  it.each(['@pytest.mark.skip', '@unittest.skip', 'pytestmark = pytest.mark.skip', '@pytest.mark.xfail(run=False)'])(
    'knows %s',
    (mark) => {
      write('test_a.py', `${mark}\ndef test_a():\n    pass\n`);
      const evidence = [{ source: 'tests-map', text: mark, ref: 'test_a.py:1' }];
      expect(said({ kind: 'skipped-tests', file: 'test_a.py', evidence })).toBe(
        'approve: The line switches it off, and names no issue.',
      );
    },
  );

  it.each(['@pytest.mark.xfail', '@unittest.expectedFailure', '@expectedFailure'])('knows that %s runs', (mark) => {
    write('test_a.py', `${mark}\ndef test_a():\n    pass\n`);
    const evidence = [{ source: 'tests-map', text: mark, ref: 'test_a.py:1' }];
    expect(said({ kind: 'skipped-tests', file: 'test_a.py', evidence })).toBe(
      'reject: Outside comments, none of the lines switches a test off.',
    );
  });
});
