import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { drawFrom } from './scenarios.ts';

export type DrawnRepository = Readonly<{ files: number; linesPerFile: number; commits: number }>;

const FIRST_COMMIT_S = 1_700_000_000;
const S_BETWEEN_COMMITS = 7_200;
const AUTHORS = 12;
/** Every so many-th source has a test. */
const SOURCES_PER_TEST = 3;
const FOLDERS = 24;

/**
 * Makes a git repository of TypeScript sources with imports, tests, pages and a manifest, and a history in which few
 * files change often. The same size gives the same repository.
 */
export async function drawRepository(folder: string, size: DrawnRepository): Promise<void> {
  await run('git', ['init', '--quiet', '--initial-branch=main', folder]);
  const stream = spawn('git', ['-C', folder, 'fast-import', '--quiet'], { stdio: ['pipe', 'inherit', 'inherit'] });
  const done = ended(stream, 'git fast-import');
  for (const part of history(size)) if (!stream.stdin.write(part)) await once(stream.stdin, 'drain');
  stream.stdin.end();
  await done;
  await run('git', ['-C', folder, 'reset', '--quiet', '--hard']);
}

function* history({ files, linesPerFile, commits }: DrawnRepository): Generator<string> {
  const draw = drawFrom(files);
  const contents = new Map<string, string[]>();
  for (let index = 0; index < files; index++) contents.set(pathOf(index), sourceOf(index, linesPerFile, draw));
  for (let index = 0; index < files; index += SOURCES_PER_TEST) contents.set(testOf(index), testLines(index));
  contents.set('package.json', manifest());
  contents.set('README.md', ['# Drawn', '', 'See [the first source](src/part-0/unit-0.ts).']);
  yield commit(0, 'first', [...contents.keys()], contents);
  for (let at = 1; at < commits; at++) {
    const touched = Array.from({ length: 1 + Math.floor(draw() * 4) }, () => pathOf(skewed(draw, files)));
    for (const path of touched) contents.get(path)?.push(`export const change${at} = ${at};`);
    const isFix = draw() < 0.3;
    yield commit(at, isFix ? `fix: case ${at}` : `feat: part ${at}`, [...new Set(touched)], contents);
  }
}

function commit(
  at: number,
  message: string,
  paths: readonly string[],
  contents: ReadonlyMap<string, string[]>,
): string {
  const who = `author${at % AUTHORS} <author${at % AUTHORS}@example.org> ${FIRST_COMMIT_S + at * S_BETWEEN_COMMITS} +0000`;
  const head = `commit refs/heads/main\ncommitter ${who}\ndata ${message.length}\n${message}\n`;
  const changes = paths.map((path) => {
    const text = `${(contents.get(path) ?? []).join('\n')}\n`;
    return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  });
  return head + changes.join('');
}

/** The lower the index, the more often it is drawn. */
function skewed(draw: () => number, below: number): number {
  return Math.floor(draw() ** 3 * below);
}

function pathOf(index: number): string {
  return `src/part-${index % FOLDERS}/unit-${index}.ts`;
}

function testOf(index: number): string {
  return `test/unit-${index}.test.ts`;
}

function sourceOf(index: number, lines: number, draw: () => number): string[] {
  const imported = [...new Set(Array.from({ length: Math.min(3, index) }, () => Math.floor(draw() * index)))];
  const text = imported.map((other) => `import { call${other} } from '../part-${other % FOLDERS}/unit-${other}.ts';`);
  text.push('', `export function call${index}(value: number): number {`);
  text.push(
    ...imported.map((other) => `  if (value === ${other}) return call${other}(value - 1);`),
    '  return value;',
    '}',
  );
  for (let block = 0; text.length < lines; block++) text.push('', ...blockOf(index, block, draw));
  return text;
}

function blockOf(index: number, block: number, draw: () => number): readonly string[] {
  const [low, high] = [Math.floor(draw() * 90), 100 + Math.floor(draw() * 900)];
  const name = `step${index}x${block}`;
  return [
    `/** Part ${block} of unit ${index}. */`,
    `export function ${name}(list: readonly number[], limit = ${high}): number {`,
    `  let total = ${low};`,
    '  for (const one of list) {',
    `    if (one > limit && total < ${high + low}) total += one - ${low};`,
    `    else if (one === ${low}) total -= ${1 + (block % 7)};`,
    `    else total = total > limit ? ${low} : total + ${block};`,
    '  }',
    `  return total > 0 ? total : -${high};`,
    '}',
  ];
}

function testLines(index: number): string[] {
  return [
    "import { expect, it } from 'vitest';",
    `import { call${index} } from '../${pathOf(index)}';`,
    '',
    `it('gives what it was given', () => expect(call${index}(-1)).toBe(-1));`,
  ];
}

function manifest(): string[] {
  const content = { name: 'drawn', private: true, type: 'module', scripts: { test: 'vitest run' } };
  return JSON.stringify({ ...content, devDependencies: { vitest: '^3.0.0' } }, undefined, 2).split('\n');
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await ended(spawn(program, args, { stdio: 'inherit' }), program);
}

function ended(child: ChildProcess, name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', reject);
  child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}`))));
  return promise;
}
