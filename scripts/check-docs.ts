/** Fails when the documentation names what does not exist: files, headings, commands, scripts, benchmarks. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { problemsOf } from './check-docs-rules.ts';

const GENERATOR = 'scripts/generate-reference.ts';

const paths = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', 'bench/*.md'])
  .map((path) => path.replaceAll('\\', '/'))
  .toSorted();
const problems = [
  ...problemsOf(
    '.',
    paths.map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  ),
];
if (existsSync(GENERATOR)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [GENERATOR, '--check'], { encoding: 'utf8' });
  if (status !== 0) problems.push(`the generated reference is stale: ${`${stdout}${stderr}`.trim()}`);
}
for (const problem of problems) console.error(problem);
console.log(`${paths.length} pages, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
