/**
 * Packs the project, installs the file into an empty folder elsewhere as a user would, and checks what arrived:
 * size, install scripts, files, programs, types. Expects a fresh build: run it through `npm run check:package`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const MOST_MB = 40;
const SCRIPTS = ['preinstall', 'install', 'postinstall'];

const manifestShape = z.object({
  name: z.string(),
  version: z.string(),
  files: z.array(z.string()),
  bin: z.record(z.string(), z.string()),
});
type Manifest = z.infer<typeof manifestShape>;

const packed = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);

const CONSUMER = `
import * as library from 'waggle-swarm';
import * as testing from 'waggle-swarm/testing';
export const all: readonly object[] = [library, testing];
`;
const CONSUMER_CONFIG = {
  compilerOptions: { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, skipLibCheck: false },
  files: ['consumer.ts'],
};

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Everything that must not be in the file, or is not in it. */
function contentProblems({ files, bin }: Manifest, paths: readonly string[]): readonly string[] {
  const wanted = [...files, ...Object.values(bin), 'package.json', 'README.md', 'LICENSE'];
  const missing = wanted.filter((name) => !paths.some((path) => path === name || path.startsWith(`${name}/`)));
  const strange = paths.filter((path) => /\.test\.|^(?:src|test|bench|scripts|\.ci)\/|\.tgz$/.test(path));
  return [...missing.map((name) => `not in the package: ${name}`), ...strange.map((path) => `must not ship: ${path}`)];
}

function installProblems(folder: string): readonly string[] {
  const manifests = globSync(['node_modules/*/package.json', 'node_modules/@*/*/package.json'], { cwd: folder });
  const scripted = manifests.filter((path) => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()).optional() })
      .parse(readJson(join(folder, path)));
    return SCRIPTS.some((name) => scripts?.[name] !== undefined) || existsSync(join(folder, path, '../binding.gyp'));
  });
  const megabytes = sizeOf(join(folder, 'node_modules')) / 1e6;
  console.log(`${manifests.length} packages, ${megabytes.toFixed(1)} MB installed`);
  const problems = scripted.map((path) => `has an install script: ${path}`);
  if (megabytes > MOST_MB) problems.push(`${megabytes.toFixed(1)} MB installed, at most ${MOST_MB} MB are allowed`);
  return problems;
}

function sizeOf(folder: string): number {
  const files = globSync('**/*', { cwd: folder }).map((path) => statSync(join(folder, path)));
  return files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0);
}

function programProblems({ bin, version }: Manifest, folder: string): readonly string[] {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'hello.yaml'), 'name: hello\ntasks:\n  greet:\n    command: [echo, hello]\n');
  return Object.keys(bin).flatMap((name) => {
    const program = join(folder, 'node_modules/.bin', name);
    const answer = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 60_000 });
    const problems =
      answer.stdout.trim() === version ? [] : [`${name} --version says "${answer.stdout}${answer.stderr}"`];
    const run = spawnSync(program, ['run', 'hello.yaml'], { cwd: project, encoding: 'utf8', timeout: 60_000 });
    if (run.status !== 0) problems.push(`${name} run ends with ${run.status}: ${run.stdout}${run.stderr}`);
    const assessed = spawnSync(program, ['check'], { cwd: project, encoding: 'utf8', timeout: 60_000 });
    if (assessed.status !== 0)
      problems.push(`${name} check ends with ${assessed.status}: ${assessed.stdout}${assessed.stderr}`);
    return problems;
  });
}

/** As a user's compiler sees the package, declarations of ours included. */
function typeProblems(folder: string): readonly string[] {
  const options = { ...CONSUMER_CONFIG.compilerOptions, types: ['node'], typeRoots: [resolve('node_modules/@types')] };
  writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...CONSUMER_CONFIG, compilerOptions: options }));
  const { status, stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
  return status === 0 ? [] : [`types do not resolve:\n${stdout}`];
}

function check(folder: string): readonly string[] {
  const manifest = manifestShape.parse(readJson('package.json'));
  const pack = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
  });
  const [{ filename, files }] = packed.parse(JSON.parse(pack));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const install = ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)];
  execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return [
    ...contentProblems(
      manifest,
      files.map((file) => file.path),
    ),
    ...installProblems(folder),
    ...programProblems(manifest, folder),
    ...typeProblems(folder),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'waggle-package-'));
try {
  const problems = check(folder);
  for (const problem of problems) console.error(problem);
  console.log(`${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
