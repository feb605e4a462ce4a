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
    what: 'cost of a task, 100,000 against 1,000 tasks, durable',
    bench: 'growth',
    figure: 'durable, 100000 against 1000 tasks',
    most: 1.3,
  },
  { what: 'the same, in memory', bench: 'growth', figure: 'in memory, 100000 against 1000 tasks', most: 1.3 },
  { what: 'last need done → next attempt started, durable, low load, p50', bench: 'dispatch', figure: 'p50', most: 1 },
  { what: 'the same, p99', bench: 'dispatch', figure: 'p99', most: 3 },
  {
    what: 'replay of a journal, 100 runs of 1,000 tasks, verified from disk',
    bench: 'replay',
    figure: '100 runs, verified from disk, warm',
    least: 250_000,
  },
  { what: 'the same, in memory', bench: 'replay', figure: '100 runs, in memory, warm', least: 1_000_000 },
  {
    what: 'the same, in memory, plain tasks',
    bench: 'replay',
    figure: '100 runs of plain tasks, in memory, warm',
    least: 1_000_000,
  },
  {
    what: 'start of a coordinator, open run of 100,000 tasks, after a stop (snapshot)',
    bench: 'replay',
    figure: 'start of a coordinator, stopped, run open',
    most: 1,
  },
  {
    what: 'the same, after a kill (snapshot and tail, or all of it)',
    bench: 'replay',
    figure: 'start of a coordinator, killed, run open',
    most: 1,
  },
  {
    what: 'the same, 100,000 finished tasks',
    bench: 'replay',
    figure: 'start of a coordinator, run ended',
    most: 1,
  },
  { what: 'memory: hits of tier 1', bench: 'tiered-memory', figure: 'tier 1 hit, a number', least: 1_000_000 },
  { what: 'memory: read of tier 3, 10,000 entries, p99', bench: 'tiered-memory', figure: 'tier 3 read, p99', most: 1 },
  { what: 'message from one agent to another, durable, p50', bench: 'messages', figure: 'durable hop, p50', most: 2 },
  { what: 'the same, p99', bench: 'messages', figure: 'durable hop, p99', most: 10 },
  { what: 'durable messages between 16 pairs of agents', bench: 'messages', figure: 'throughput, warm', least: 20_000 },
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
  ...makespanGoals('identical agents, exact times', 'same, exact', [1.01, 1.015, 1.012]),
  ...makespanGoals('times wrong by up to ×/÷4', 'same, ×/÷4 wrong', [1.014, 1.021, 1.028]),
  ...makespanGoals('times learned in the run only', 'same, no prior times', [1.035, 1.049, 1.052]),
  ...makespanGoals('specialists, times wrong by up to ×/÷2', 'specialists, ×/÷2 wrong', [1.34, 1.15, 1.1]),
  { what: 'simulation of 1,000,000 tasks on 1,000 agents', bench: 'simulate', figure: 'whole time', most: 60 },
  { what: 'its peak memory', bench: 'simulate', figure: 'peak memory', most: 1_500 },
  { what: '`waggle check`, 109,000 lines, 3,000 commits, p50', bench: 'check', figure: 'drawn, p50', most: 3_000 },
  { what: 'the same, p95', bench: 'check', figure: 'drawn, p95', most: 10_000 },
  { what: 'the same, peak memory', bench: 'check', figure: 'drawn, peak memory', most: 400 },
  { what: 'the same, first task on screen', bench: 'check', figure: 'drawn, first task on screen, p95', most: 1_000 },
  {
    what: 'the same, over its functions in one loop, time',
    bench: 'check',
    figure: 'drawn, over the loop, time',
    most: 15,
  },
  {
    what: 'the same with one agent, which gives a task at a time, as the loop does',
    bench: 'check',
    figure: 'drawn, over the loop, one agent, time',
    most: 15,
  },
  {
    what: 'the same with one agent, processor time of all threads',
    bench: 'check',
    figure: 'drawn, over the loop, one agent, processor time',
    most: 15,
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

/** Geometric means over the recorded graphs. */
function makespanGoals(what: string, figure: string, most: readonly [number, number, number]): readonly Goal[] {
  const agents = [4, 16, 64];
  return most.map((ratio, place): Goal => {
    const name = `makespan / bound, ${what}, ${agents[place]} agents`;
    return { what: name, bench: 'makespan', figure: `${figure}, ${agents[place]} agents`, most: ratio };
  });
}
