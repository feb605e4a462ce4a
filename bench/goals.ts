/** What a release should reach on two cores. `least`: this or more; `most`: this or less. In the unit of the figure. */
export type Goal = Readonly<{ what: string; bench: string; figure: string; least?: number; most?: number }>;

export const GOALS: readonly Goal[] = [
  { what: 'durable tasks that do nothing, 10,000 wide, 64 at once', bench: 'durable', figure: 'warm', least: 20_000 },
  { what: 'the same engine in memory, 1,312 tasks', bench: 'in-memory', figure: '1312 tasks, warm', least: 100_000 },
  { what: 'the same, 7,985 tasks', bench: 'in-memory', figure: '7985 tasks, warm', least: 100_000 },
  {
    what: 'its peak memory, 1,312 tasks',
    bench: 'in-memory',
    figure: '1312 tasks, peak memory after the first run',
    most: 200,
  },
  {
    what: 'its peak memory, 7,985 tasks',
    bench: 'in-memory',
    figure: '7985 tasks, peak memory after the first run',
    most: 200,
  },
  {
    what: 'cost of a task, 100,000 against 1,000 tasks',
    bench: 'growth',
    figure: '100000 against 1000 tasks',
    most: 1.3,
  },
  { what: 'last need done → next attempt started, durable, low load, p50', bench: 'dispatch', figure: 'p50', most: 1 },
  { what: 'the same, p99', bench: 'dispatch', figure: 'p99', most: 3 },
  {
    what: 'assignments, `capability-based`, 100 agents',
    bench: 'assign',
    figure: 'capability-based, filter to booking, 100 agents',
    least: 1_000_000,
  },
  {
    what: 'the same, 1,000 agents',
    bench: 'assign',
    figure: 'capability-based, filter to booking, 1000 agents',
    least: 1_000_000,
  },
  {
    what: 'the same, 10,000 agents',
    bench: 'assign',
    figure: 'capability-based, filter to booking, 10000 agents',
    least: 500_000,
  },
  {
    what: 'assignments, `adaptive`, 1,000 agents in 64 classes',
    bench: 'assign',
    figure: 'adaptive, filter to booking, 1000 agents',
    least: 100_000,
  },
  {
    what: 'the same, 10,000 agents',
    bench: 'assign',
    figure: 'adaptive, filter to booking, 10000 agents',
    least: 100_000,
  },
  {
    what: 'the same, 1,000 agents, p99',
    bench: 'assign',
    figure: 'adaptive, filter to booking, 1000 agents, p99',
    most: 50,
  },
  {
    what: 'the same, 10,000 agents, p99',
    bench: 'assign',
    figure: 'adaptive, filter to booking, 10000 agents, p99',
    most: 50,
  },
  { what: '`waggle --version`, whole process', bench: 'install', figure: 'waggle --version, median', most: 150 },
  {
    what: '`waggle run` of one trivial command, whole process',
    bench: 'install',
    figure: 'waggle run of one trivial command, median',
    most: 450,
  },
  { what: 'memory, idle', bench: 'memory', figure: 'idle', most: 90 },
  { what: 'memory, 100,000 finished tasks', bench: 'memory', figure: '99999 finished tasks, run open', most: 250 },
  {
    what: 'production install of the packed file, without Node',
    bench: 'install',
    figure: 'production install',
    most: 40,
  },
];
