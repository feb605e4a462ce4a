import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT: string = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = {
  extends: '../../../tsconfig.json',
  compilerOptions: { noEmit: false, declaration: false, isolatedDeclarations: false, rootDir: '../../..', outDir: '.' },
  include: ['../../../src', '../../../bench'],
  exclude: ['../../../bench/peers', '../../../**/*.test.ts', '../../../dist'],
};

/**
 * Compiles sources and benchmarks as a release is compiled, and gives the path of the program. Running TypeScript
 * directly costs about 40 MB for the compiler in the threads: a user of the package does not pay that.
 */
export function builtProgram(name: string): string {
  const folder = join(ROOT, 'reports/built-bench', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder, '--noCheck'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The benchmarks do not compile:\n${stdout}`);
  return join(folder, 'bench', `${name}.js`);
}
