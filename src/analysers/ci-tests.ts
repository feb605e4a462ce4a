import { withMatrix } from './ci-matrix.ts';
import type { CiFile } from './ci-steps.ts';
import type { Detected } from './detected.ts';
import { asRecord, asText, parseJson } from './json-value.ts';
import type { TextReader } from './read-text.ts';
import { countOf } from './words.ts';

/** The tests of a repository, and where a command of CI may lead to: its manifests, and the files it starts. */
export type Tested = Readonly<{ tests: number; manifests: readonly string[]; reader: TextReader }>;

/** Words that may stand for running tests, loosely: a script of the project, or an image, may do it. */
const MAY_TEST =
  /\b(?:tests?|spec|check|verify|ci|tox|nox|pytest|jest|vitest|mocha|make|just|task|invoke|mise|moon|earthly|dagger|nix(?:-build)?|docker|podman|cmake|ctest|meson|bazel(?:isk)?|buck2?|mvnw?|gradlew?|rake|hatch|pdm|cibuildwheel|coverage|e2e|all|validate|turbo|nx|lage|wireit|act)\b|test:|:test|\.sh\b|(?:^|\s)\.\//i;
/** What is run is only known when it runs. */
const MADE_LATER =
  /(?:^|[\n;&|]|\b(?:run|run-script|npx|exec|yarn|pnpm|bun|uv|poetry)\b)[ \t]*(?:-\S+[ \t]+)*["']?\$\{\{/;
const SCRIPT = /\b(?:npm|pnpm|yarn|bun|node --run)\s+(?:-\S+\s+)*(?:run(?:-script)?\s+)?([\w:.-]+)/g;
const PROGRAM =
  /\b(?:node|tsx|ts-node|deno run|bun|python3?|ruby|php|perl|pwsh)\s+(?:-\S+\s+)*((?:[\w.-]+\/)*[\w-]+\.[cm]?(?:js|ts|py|rb|php|pl|ps1))\b/g;
const MAX_DEPTH = 4;
const MAX_MANIFESTS = 50;

/** There are tests, and no build service that we can read runs them. */
export function noTestStep(files: readonly CiFile[], tested: Tested): readonly Detected[] {
  const [first] = files;
  const steps = files.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps.map((step) => ({ job, ...step }))));
  if (first === undefined || tested.tests < 3 || steps.length === 0) return [];
  const leads = { ...tested, scripts: once(() => scriptsOf(tested)) };
  const isUnclear =
    files.some(({ service, jobs }) => service === 'other' || jobs.length === 0) ||
    steps.some(
      ({ run, uses, job }) =>
        mayCallTests(uses?.text ?? '') ||
        (run !== undefined && withMatrix(run.text, job.matrix).some((text) => mayTest(text, leads))),
    );
  if (isUnclear) return [];
  const count = countOf(files.length, 'file');
  return [
    {
      kind: 'no-test-step',
      severity: 'medium',
      confidence: 0.8,
      title: 'There are tests, and CI does not run them',
      file: first.path,
      line: 0,
      anchor: 'no test step',
      evidence: [
        {
          source: 'ci',
          text: `${steps.length === 1 ? 'The only step' : `None of the ${steps.length} steps`} in ${count} ${steps.length === 1 ? 'runs no' : 'runs'} tests.`,
          ref: first.path,
        },
        { source: 'inventory', text: `${countOf(tested.tests, 'file')} look like tests.` },
      ],
      fix: 'Add a step that runs the tests on every push and pull request.',
    },
  ];
}

/** The commands of all manifests, by the name of their script. */
function scriptsOf({ manifests, reader }: Tested): Scripts {
  const all = manifests
    .slice(0, MAX_MANIFESTS)
    .flatMap((path) => Object.entries(asRecord(asRecord(parseJson(reader.text(path) ?? ''))['scripts'])));
  const named = Map.groupBy(all, ([name]) => name);
  return new Map([...named].map(([name, entries]) => [name, entries.flatMap(([, command]) => asText(command) ?? [])]));
}

type Scripts = ReadonlyMap<string, readonly string[]>;
type Leads = Tested & Readonly<{ scripts: () => Scripts }>;

/** Manifests are read where a command needs them, and then once. */
function once(read: () => Scripts): () => Scripts {
  let known: Scripts | undefined;
  return () => (known ??= read());
}

/** Whether the command may run tests, by itself or by the scripts and files that it starts. */
function mayTest(command: string, leads: Leads, depth: number = 0): boolean {
  const text = command.replaceAll(/\bnpm ci\b/g, '');
  if (MAY_TEST.test(text) || MADE_LATER.test(text)) return true;
  if (depth === MAX_DEPTH) return false;
  const started = [
    ...matches(text, SCRIPT).flatMap((name) => leads.scripts().get(name) ?? []),
    ...matches(text, PROGRAM).map((path) => leads.reader.text(path) ?? ''),
  ];
  return started.some((one) => mayTest(one, leads, depth + 1));
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

/** A workflow somewhere else, or an action of the project: what it does is not seen here. */
function mayCallTests(uses: string): boolean {
  if (uses.startsWith('actions/')) return false;
  return (
    uses.startsWith('./') ||
    uses.startsWith('docker://') ||
    uses.includes('/.github/workflows/') ||
    /test|cypress|playwright|coverage|check/i.test(uses)
  );
}
