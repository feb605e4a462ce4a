import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const programs = readdirSync(EXAMPLES).filter((name) => name.endsWith('.ts'));

test('there are examples', () => {
  expect(programs.length).toBeGreaterThanOrEqual(3);
});

test.each(programs)('%s runs to its end and says something', { timeout: 60_000 }, async (name) => {
  const home = await mkdtemp(join(tmpdir(), 'waggle-example-'));
  try {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, WAGGLE_HOME: home };
    const { stdout } = await promisify(execFile)(process.execPath, [join(EXAMPLES, name)], { env, cwd: home });
    expect(stdout).not.toBe('');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
