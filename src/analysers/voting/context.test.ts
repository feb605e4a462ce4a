import { afterAll, describe, expect, it } from 'vitest';
import { realpathSync } from 'node:fs';
import { benchIn, motionOn } from '../../../test/check/support/motions.ts';
import { TestRepository } from '../../../test/check/support/repository.ts';
import { contextOf } from '../classify.ts';
import { contextOfFinding } from './context.ts';

const TEXT = 'export const a = 1;\n';
const repository = new TestRepository({
  '.github/workflows/ci.yml': 'jobs:\n  test:\n    steps:\n      - run: node scripts/benchmark.tsx\n',
  'package.json': '{ "scripts": { "release": "node ./scripts/release.js" } }\n',
  'scripts/benchmark.tsx': TEXT,
  'scripts/release.js': TEXT,
  'scripts/alone.js': TEXT,
  'scripts/benchmark-alone.js': TEXT,
});
const root = realpathSync(repository.path);
afterAll(() => repository[Symbol.dispose]());

function voteOn(file: string, kind = 'missing-import'): string {
  const place = { ...motionOn({}).place, context: contextOf(file) };
  const { choice, reason } = contextOfFinding(motionOn({ kind, file }, { place }), benchIn(root));
  return `${choice}: ${reason}`;
}

describe('the voter on context', () => {
  it('takes a folder called sandbox for samples, and a program or package with the word in its name for the product', () => {
    expect(voteOn('sandbox/a.js')).toMatch(/^reject: "sandbox" in its path/);
    expect(voteOn('apps/sandboxes/a.js')).toMatch(/^reject: "sandboxes" in its path/);
    expect(voteOn('src/sandbox.ts')).toMatch(/^approve/);
    expect(voteOn('packages/js-sandbox/src/a.ts')).toMatch(/^approve/);
  });

  it('takes a script for a tool of its keepers, unless the build or the manifest starts it', () => {
    expect(voteOn('scripts/alone.js')).toBe('reject: It is a script for those who keep the project.');
    expect(voteOn('scripts/release.js')).toMatch(/^approve/);
    expect(voteOn('scripts/alone.js', 'complex-function')).toMatch(/^approve/);
  });

  it('takes what the build starts for no sample, whatever it is called', () => {
    expect(voteOn('scripts/benchmark.tsx')).toMatch(/^approve/);
    expect(voteOn('scripts/benchmark-alone.js')).toMatch(/^reject: "benchmark" in its path/);
  });
});
