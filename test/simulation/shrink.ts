import type { SwarmInput } from '../../src/core/inputs.ts';
import type { Plan, RemoteHost, Request, StreamProfile } from '../../src/simulation/plan.ts';
import { play } from './play.ts';

const MAX_RUNS = 2_000;
const MAX_MS = 120_000;

/** A smaller plan, or none when there is nothing to leave out here. */
type Part = Readonly<{
  name: string;
  size: (plan: Plan) => number;
  without: (plan: Plan, from: number, to: number) => Plan;
}>;

const cut = <Item>(items: readonly Item[], from: number, to: number): readonly Item[] => [
  ...items.slice(0, from),
  ...items.slice(to),
];

const PARTS: readonly Part[] = [
  {
    name: 'faults',
    size: ({ faults }) => faults.length,
    without: (plan, from, to) => ({ ...plan, faults: cut(plan.faults, from, to) }),
  },
  {
    name: 'targeted faults',
    size: ({ targeted }) => targeted.length,
    without: (plan, from, to) => ({ ...plan, targeted: cut(plan.targeted, from, to) }),
  },
  {
    name: 'requests',
    size: ({ requests }) => requests.length,
    without: (plan, from, to) => ({ ...plan, requests: cut(plan.requests, from, to) }),
  },
  {
    name: 'poison',
    size: ({ poison }) => poison.length,
    without: (plan, from, to) => ({ ...plan, poison: cut(plan.poison, from, to) }),
  },
  { name: 'tasks', size: (plan) => taskNames(plan).length, without: withoutTasks },
  {
    name: 'agents',
    // The first one can do everything.
    size: ({ agents }) => agents.length - 1,
    without: (plan, from, to) => ({ ...plan, agents: cut(plan.agents, from + 1, to + 1) }),
  },
  { name: 'hosts', size: ({ remote }) => remote?.hosts.length ?? 0, without: withoutHosts },
  {
    name: 'coordinators',
    size: ({ clockRates }) => clockRates.length - 1,
    without: (plan, from, to) => ({ ...plan, clockRates: cut(plan.clockRates, from + 1, to + 1) }),
  },
];

/** A world without any host is none of hosts. */
function withoutHosts(plan: Plan, from: number, to: number): Plan {
  const { remote } = plan;
  if (remote === undefined) return plan;
  return { ...plan, remote: { ...remote, hosts: cut(remote.hosts, from, to) } };
}

/** Leaves out and simplifies whatever the same broken promise does not need. */
export async function shrink(plan: Plan, invariant: string, say: (line: string) => void): Promise<Plan> {
  const endMs = performance.now() + MAX_MS;
  let runs = 0;
  const stillFails = async (candidate: Plan): Promise<boolean> => {
    runs++;
    const { violation } = await play(candidate);
    return violation?.invariant === invariant;
  };
  const mayGoOn = (): boolean => runs < MAX_RUNS && performance.now() < endMs;
  let best = plan;
  for (let before = ''; before !== JSON.stringify(best) && mayGoOn();) {
    before = JSON.stringify(best);
    for (const part of PARTS) best = await leaveOut(best, part, { stillFails, mayGoOn });
    for (const simpler of simplerPlans(best)) {
      const candidate = simpler(best);
      if (mayGoOn() && JSON.stringify(candidate) !== JSON.stringify(best) && (await stillFails(candidate)))
        best = candidate;
    }
    say(`${runs} runs: ${PARTS.map(({ name, size }) => `${size(best)} ${name}`).join(', ')}`);
  }
  return best;
}

type Trial = Readonly<{ stillFails: (candidate: Plan) => Promise<boolean>; mayGoOn: () => boolean }>;

/** Delta debugging: halves first, then ever smaller pieces. */
async function leaveOut(plan: Plan, { size, without }: Part, { stillFails, mayGoOn }: Trial): Promise<Plan> {
  let best = plan;
  for (let piece = size(best); piece >= 1; piece = Math.floor(piece / 2)) {
    for (let from = 0; from < size(best) && mayGoOn();) {
      const candidate = without(best, from, Math.min(from + piece, size(best)));
      if (await stillFails(candidate)) best = candidate;
      else from += piece;
    }
  }
  return best;
}

function taskNames({ requests }: Plan): readonly string[] {
  return requests.flatMap(({ input }) =>
    input.type === 'run.submit' ? input.tasks.map(({ name }) => `${input.runId}/${name}`) : [],
  );
}

/** Whoever needs a task that is gone goes on without that need. */
function withoutTasks(plan: Plan, from: number, to: number): Plan {
  const gone = new Set(taskNames(plan).slice(from, to));
  const smaller = (input: SwarmInput): SwarmInput => {
    if (input.type !== 'run.submit') return input;
    const isThere = (name: string): boolean => !gone.has(`${input.runId}/${name}`);
    const tasks = input.tasks
      .filter(({ name }) => isThere(name))
      .map((task) => ({ ...task, needs: task.needs.filter(isThere) }));
    return { ...input, tasks };
  };
  return { ...plan, requests: plan.requests.map((request) => ({ ...request, input: smaller(request.input) })) };
}

/** Changes that make a plan easier to read, one at a time. */
function simplerPlans(plan: Plan): readonly ((best: Plan) => Plan)[] {
  const { behaviours } = plan.profile;
  const calm = { lostPermille: 0, doubledPermille: 0, delayMs: 1 };
  const quick = { latencyMs: 0, replyLostPermille: 0 };
  return [
    (best) => ({ ...best, profile: { ...best.profile, network: calm } }),
    (best) => ({ ...best, profile: { ...best.profile, store: quick } }),
    (best) => ({ ...best, profile: { ...best.profile, store: { ...best.profile.store, replyLostPermille: 0 } } }),
    (best) => ({ ...best, profile: { ...best.profile, swappedPermille: 0 } }),
    (best) => ({ ...best, clockRates: best.clockRates.map(() => 1_000) }),
    ...Object.keys(behaviours).map((name) => (best: Plan): Plan => {
      return { ...best, profile: { ...best.profile, behaviours: { ...best.profile.behaviours, [name]: 0 } } };
    }),
    (best) => withStreams(best, { breakEveryMs: 0 }),
    (best) => withStreams(best, { delayMs: 1 }),
    (best) => withStreams(best, { halfOpenPermille: 0 }),
    (best) =>
      best.remote === undefined
        ? best
        : { ...best, remote: { ...best.remote, hosts: best.remote.hosts.map(plainHost) } },
    ...plan.faults.map((_, index) => (best: Plan): Plan => ({
      ...best,
      faults: best.faults.map((fault, at) => (at === index ? halved(fault) : fault)),
    })),
    ...plan.requests.map((_, index) => (best: Plan): Plan => ({
      ...best,
      requests: best.requests.map((request, at) => (at === index ? plainer(request) : request)),
    })),
  ];
}

function withStreams(plan: Plan, change: Partial<StreamProfile>): Plan {
  const { remote } = plan;
  return remote === undefined ? plan : { ...plan, remote: { ...remote, streams: { ...remote.streams, ...change } } };
}

function plainHost(host: RemoteHost): RemoteHost {
  return { ...host, rate: 1_000, agents: host.agents.slice(0, 1) };
}

function halved<Fault extends object>(fault: Fault): Fault {
  const shorter: Record<string, unknown> = Object.fromEntries(Object.entries(fault));
  for (const key of ['downMs', 'forMs', 'byMs']) {
    const value = shorter[key];
    if (typeof value === 'number') shorter[key] = Math.floor(value / 2);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same keys with other numbers
  return shorter as Fault;
}

/** Tasks without anything that they could do without. */
function plainer(request: Request): Request {
  const { input } = request;
  if (input.type !== 'run.submit') return request;
  const tasks = input.tasks.map(({ prefers: _prefers, priority: _priority, ...task }) => task);
  return { ...request, input: { ...input, tasks } };
}
