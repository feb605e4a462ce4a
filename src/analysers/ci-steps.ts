import type { Matrix } from './ci-matrix.ts';

/** One thing that a build service is told to do, whatever the service. */
export type CiStep = Readonly<{
  /** For people: its name, or how its command begins. */
  name: string;
  line: number;
  /** The commands it runs, in a shell or as a script. */
  run?: Readonly<{ text: string; line: number; isScript: boolean }>;
  /** The action it uses, as written. */
  uses?: Readonly<{ text: string; line: number }>;
  /** Where it says that its failure does not count. */
  ignoresFailureAt?: number;
  /** What it hands to its action, by name. */
  with: ReadonlyMap<string, string>;
  /** Its condition, as written. */
  condition: string;
  id: string;
}>;

export type CiJob = Readonly<{
  name: string;
  line: number;
  steps: readonly CiStep[];
  ignoresFailureAt?: number;
  condition: string;
  /** What its cells are made of. */
  matrix: Matrix;
  /** As it stands in the file. */
  text: string;
  /** What its token may write, by scope; undefined where neither the job nor the workflow says. */
  writes?: ReadonlySet<string>;
}>;

export type CiFile = Readonly<{
  path: string;
  text: string;
  service: 'GitHub' | 'GitLab' | 'CircleCI' | 'Azure' | 'Travis' | 'other';
  /** What starts it, where the service says so. */
  triggers: ReadonlySet<string>;
  jobs: readonly CiJob[];
}>;

/** A word that ends a command, or the whole. */
const END = '(?=[\\s;&|:)"\'`]|$)';
const RUNNERS = '(?:npm|pnpm|yarn|bun|deno task|rushx?|nx|turbo|lerna|wireit)';
const TESTING: readonly string[] = [
  `${RUNNERS}(?:\\s+-[\\w-]+(?:[= ][@\\w./*][@\\w./*-]*)?)*\\s+(?:run(?:-script)?\\s+|run-many\\s+(?:-t|--target)[= ])?(?:-[\\w-]+\\s+)*(?:ci:)?(?:test|t|check|lint|typecheck|type-check|verify|e2e|unit|spec|build)(?:[:_-][\\w:.-]+)?`,
  '(?:npx|pnpm exec|yarn|bunx|pnpm|pnpm dlx)\\s+(?:jest|vitest|mocha|ava|tap|eslint|oxlint|biome|tsc|playwright|cypress|prettier)',
  '(?:jest|vitest|mocha|eslint|oxlint|tsc|pytest|py\\.test|tox|nox|ruff|mypy|pyright|flake8|pylint|rspec|rubocop|phpunit|phpstan|psalm|ctest|golangci-lint|staticcheck|shellcheck|hadolint)',
  'python3?\\s+(?:-\\S+\\s+)*-m\\s+(?:pytest|unittest|tox|nox|mypy|flake8|pylint)',
  'go\\s+(?:test|vet|build)',
  'cargo\\s+(?:\\+\\S+\\s+)?(?:test|clippy|build|check|fmt|nextest)',
  '(?:\\./)?(?:mvnw?|gradlew?)\\b[^\\n;&|]*\\s(?:test|verify|check|build|package|install)',
  'make\\s+(?:-\\S+\\s+)*(?:test|check|lint|build|all)[\\w-]*',
  '(?:dotnet|swift|mix|deno|flutter|dart|zig|meson|bazel|sbt|stack|cabal|composer|rake|(?:bundle exec )?rake|bin/rails)\\s+(?:run\\s+)?(?:test|build|lint|spec|analyze|check)',
  'bundle\\s+exec\\s+(?:rspec|rubocop|rake)',
  'node\\s+--test',
];
const TEST_COMMAND = new RegExp(`(?:^|[\\s;&|(\`'"])(?:${TESTING.join('|')})${END}`, 'i');
/** Commands that only speak of others. */
const SPEAKS = /^(?:echo|printf|grep|gh|git|cat|rm|mkdir|cp|curl|export|if|\w+=)(?:\s|$)|^\w+="?\$\(/;
const MAX_COMMAND = 2_000;

/** Whether the command tests, checks or builds the project: its failure should stop the build. */
export function findCheck(command: string): string | undefined {
  if (SPEAKS.test(command)) return undefined;
  const found = TEST_COMMAND.exec(command.slice(0, MAX_COMMAND));
  if (found === null) return undefined;
  return found[0].replace(/^[\s;&|('"`]+/, '').trim();
}

/** Commands that hand something out under the project's name. */
const PUBLISHING =
  /\b(?:(?:npm|pnpm|yarn|yarn npm|cargo|poetry|uv|dart pub|flit|hatch) publish|gem push|rake release|twine upload|docker push|gh release (?:create|upload)|semantic-release|changeset publish|goreleaser|mvnw? [^\n;&|]*\bdeploy|gradlew? [^\n;&|]*\bpublish\w*|vsce publish|git push)\b/;

/** The command of a script that publishes or pushes; undefined when none does. */
export function publishes(script: string): string | undefined {
  return commandsOf(script.slice(0, 50_000))
    .filter(({ command }) => !SPEAKS_ONLY.test(command))
    .flatMap(({ command }) => PUBLISHING.exec(command.slice(0, MAX_COMMAND))?.[0] ?? [])[0];
}

const SPEAKS_ONLY = /^(?:echo|printf|#)/;

/** Commands of a script, one for each line: continued lines are put together, comments are left out. */
export function commandsOf(text: string): readonly Readonly<{ command: string; line: number }>[] {
  const commands: { command: string; line: number }[] = [];
  let open: { command: string; line: number } | undefined;
  for (const [line, raw] of text.split('\n').entries()) {
    const part = raw.trim();
    const isContinued = part.endsWith('\\');
    const command = isContinued ? part.slice(0, -1) : part;
    if (open === undefined && (part === '' || part.startsWith('#'))) continue;
    open = open === undefined ? { command, line } : { ...open, command: `${open.command} ${command}` };
    if (isContinued) continue;
    commands.push(open);
    open = undefined;
  }
  if (open !== undefined) commands.push(open);
  return commands;
}
