/**
 * What a user gets: packs the project, installs the file into an empty folder without development packages, and
 * measures size and start there. Node itself is not part of it. Builds first; needs the registry or npm's cache.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { printFigure, printMachine } from './figure.ts';
import { timeProgram } from './time-program.ts';

const BENCH = 'install';
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });
const packed = z.tuple([z.object({ filename: z.string(), size: z.number(), unpackedSize: z.number() })]);

printMachine(BENCH);
const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
try {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const pack = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
  });
  const line: unknown = JSON.parse(pack);
  const [{ filename, size, unpackedSize }] = packed.parse(line);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const install = [
    'install',
    '--omit=dev',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--silent',
    join(folder, filename),
  ];
  execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const files = globSync('node_modules/**/*', { cwd: folder }).map((path) => statSync(join(folder, path)));
  const bytes = files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0);
  const packages = globSync(['node_modules/*/package.json', 'node_modules/@*/*/package.json'], { cwd: folder });
  const figure = (name: string, value: number, unit: string): void =>
    printFigure({ bench: BENCH, figure: name, value, unit });
  figure('packed file', size / 1e6, 'MB');
  figure('packed file, unpacked', unpackedSize / 1e6, 'MB');
  figure('production install', bytes / 1e6, 'MB');
  figure('packages of a production install', packages.length, 'packages');
  const program = join(folder, 'node_modules/waggle-swarm/bin/waggle.js');
  timeProgram(BENCH, program, { rounds: values.smoke ? 1 : 20, installed: true });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
