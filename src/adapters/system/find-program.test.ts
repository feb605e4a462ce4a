import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStartProblem } from './find-program.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'waggle-find-'));
  mkdirSync(join(cwd, 'bin'));
  writeFileSync(join(cwd, 'bin', 'tool'), '#!/bin/sh\n');
  writeFileSync(join(cwd, 'bin', 'data'), 'data\n');
  chmodSync(join(cwd, 'bin', 'tool'), 0o755);
  chmodSync(join(cwd, 'bin', 'data'), 0o644);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const problem = (argv: readonly string[], env: Readonly<Record<string, string>> = {}, folder = cwd): string =>
  findStartProblem({ argv, cwd: folder, env }) ?? 'none';

test('finds programs by path and in PATH, also relative to the folder', () => {
  expect(problem(['bin/tool', '--help'])).toBe('none');
  expect(problem(['tool'], { PATH: '/nowhere:bin' })).toBe('none');
});

test.each([
  [[], {}, 'No program was given.'],
  [['tool'], {}, 'The program "tool" was not found in PATH (which is empty).'],
  [['tool'], { PATH: '/nowhere' }, 'The program "tool" was not found in PATH (/nowhere).'],
  [['./tool'], {}, 'The program "./tool" does not exist.'],
  [['bin/data'], {}, '"bin/data" is not executable.'],
  [['./bin'], {}, '"./bin" is a folder, not a program.'],
  [['bin/tool', 'a\0b'], {}, 'An argument or environment value holds a NUL character, which no program can receive.'],
  [['bin/tool'], { 'A.B': '1' }, 'The environment variable "A.B" cannot be passed on: use letters, digits and _ only.'],
])('%j with %j cannot start: %s', (argv, env, message) => {
  expect(problem(argv, env)).toBe(message);
});

test('names a file in PATH that is there but not executable, and a folder that is missing', () => {
  expect(problem(['data'], { PATH: 'bin' })).toBe(`${cwd}/bin/data is not executable.`);
  expect(problem(['bin/tool'], {}, `${cwd}/gone`)).toBe(`The folder ${cwd}/gone does not exist.`);
  expect(problem(['bin/tool'], {}, `${cwd}/bin/tool`)).toBe(`${cwd}/bin/tool is not a folder.`);
  expect(problem(['bin/tool'], {}, 'bin')).toBe('The folder "bin" is not an absolute path.');
});

test('a path that nothing can have, or that leads back to itself, is told like any other', () => {
  const long = 'x'.repeat(300);
  symlinkSync(join(cwd, 'loop'), join(cwd, 'loop'));
  expect(problem([long], { PATH: cwd })).toBe(`The program "${long}" was not found in PATH (${cwd}).`);
  expect(problem([`./${long}`])).toBe(`The program "./${long}" has a name that is too long.`);
  expect(problem(['./loop'])).toBe('The program "./loop" is a link that leads back to itself.');
  expect(problem(['tool'], {}, `/${'a/'.repeat(3_000)}`)).toContain('has a name that is too long.');
});
