import { agentId, runId } from '../core/ids.ts';
import type { HostTimes } from '../core/hosts/frames.ts';
import type { Scene } from './draw-faults.ts';
import { Stream } from './draw.ts';
import type { HostFault, Plan, RemoteHost, RemotePlan, Request, Targeted } from './plan.ts';

/** Of 1,000 worlds, so many have hosts. */
const WITH_HOSTS_PERMILLE = 180;
/** Agents of the coordinator itself in such a world: most work shall go to hosts. */
const LOCAL_AGENTS = 2;

/** The machine of the coordinators. */
const HOME = 'm1';

const QUICK: HostTimes = { leaseMs: 3_000, heartbeatMs: 1_000, orphanMs: 8_000 };
const SHORT: HostTimes = { leaseMs: 6_000, heartbeatMs: 2_000, orphanMs: 20_000 };
const USUAL: HostTimes = { leaseMs: 15_000, heartbeatMs: 5_000, orphanMs: 120_000 };

/** In some worlds most agents are on hosts. All draws are of streams of their own: other worlds stay as they were. */
export function withHosts(scene: Scene, plan: Plan): Plan {
  const stream = new Stream(scene.seed, 'hosts');
  if (!stream.chance(WITH_HOSTS_PERMILLE)) return plan;
  const remote = onMachines(scene, drawRemote(stream));
  const names = remote.hosts.map(({ name }) => name);
  return {
    ...plan,
    hosts: plan.hosts.map((host, index) => (index === 0 ? { ...host, machine: HOME } : host)),
    remote,
    agents: plan.agents.slice(0, 1 + stream.whole(0, LOCAL_AGENTS)),
    requests: [...plan.requests, ...drawOrders(scene, names)],
    faults: [...plan.faults, ...drawHostFaults(scene, names)],
    targeted: [...plan.targeted, ...drawTargetedAtHosts(scene)],
  };
}

function drawRemote(stream: Stream): RemotePlan {
  const count = Math.min(stream.whole(1, 6), stream.whole(1, 6));
  const isCalm = stream.chance(500);
  return {
    times: stream.pick(QUICK, QUICK, SHORT, USUAL),
    hosts: Array.from({ length: count }, (_, index) => drawHost(stream, `k${index + 1}`)),
    streams: {
      delayMs: 1 + stream.around(stream.pick(2, 20, 150)),
      breakEveryMs: isCalm ? 0 : stream.whole(2_000, 60_000),
      halfOpenPermille: stream.pick(0, 300, 800),
    },
  };
}

/** In some worlds hosts share a machine, the first one with agents of the coordinator. */
function onMachines({ seed }: Scene, remote: RemotePlan): RemotePlan {
  const stream = new Stream(seed, 'machines');
  if (stream.chance(400)) return remote;
  const hosts = remote.hosts.map((host) => {
    const machine = stream.pick(HOME, HOME, 'm2');
    return { ...host, capacity: { ...host.capacity, machine } };
  });
  return { ...remote, hosts };
}

function drawHost(stream: Stream, name: string): RemoteHost {
  const agents = Array.from({ length: stream.whole(1, 3) }, (_, index) => ({
    id: agentId(`${name}.a${index + 1}`),
    role: 'worker',
    capabilities: stream.pick(['work', 'extra', 'vote', 'function:work'], ['work', 'function:work'], ['work', 'vote']),
    slots: stream.pick(1, 1, 2),
  }));
  const rate = stream.chance(500) ? 1_000 : stream.whole(800, 1_250);
  return { name, rate, agents, capacity: { cpu: 2_000, memory: 1_000 } };
}

type Without<T> = T extends unknown ? Omit<T, 'id' | 'atMs'> : never;
type Kind = Readonly<{ most: number; draw: (stream: Stream, host: string, scene: Scene) => Without<HostFault> }>;

const KINDS: Readonly<Record<string, Kind>> = {
  'host-crash': {
    most: 6,
    draw: (stream, host) => ({ kind: 'host-crash', host, downMs: 50 + stream.around(6_000) }),
  },
  'host-drain': { most: 3, draw: (_stream, host) => ({ kind: 'host-drain', host }) },
  'host-pause': {
    most: 5,
    draw: (stream, host) => ({ kind: 'host-pause', host, forMs: 500 + stream.around(12_000) }),
  },
  isolate: {
    most: 4,
    draw: (stream, host, { nodes }) => ({
      kind: 'isolate',
      node: stream.chance(700) ? host : stream.of(nodes),
      forMs: 500 + stream.around(15_000),
    }),
  },
  'stream-break': { most: 6, draw: (_stream, host) => ({ kind: 'stream-break', host }) },
};

function drawHostFaults(scene: Scene, hosts: readonly string[]): Plan['faults'] {
  const struck = Object.entries(KINDS).flatMap(([kind, { most, draw }]) => {
    const stream = new Stream(scene.seed, `fault ${kind}`);
    if (stream.chance(500)) return [];
    return Array.from({ length: stream.whole(1, most) }, (_, index): HostFault => {
      const atMs = stream.whole(1, scene.chaosMs);
      return { id: `${kind}-${index + 1}`, atMs, ...draw(stream, stream.of(hosts), scene) };
    });
  });
  return [...struck, ...drawClogs(scene, hosts), ...drawTwoLeads(scene, hosts)];
}

/** One way only, and several at once that are freed in another order. */
function drawClogs(scene: Scene, hosts: readonly string[]): Plan['faults'] {
  const stream = new Stream(scene.seed, 'fault clog');
  if (stream.chance(500)) return [];
  return Array.from({ length: stream.whole(1, 5) }, (_, index) => {
    const [host, node] = [stream.of(hosts), stream.of(scene.nodes)];
    const [from, to] = stream.chance(500) ? [host, node] : [node, host];
    const forMs = 500 + stream.around(12_000);
    return { id: `clog-${index + 1}`, atMs: stream.whole(1, scene.chaosMs), kind: 'cut', from, to, forMs } as const;
  });
}

/** Somebody takes the lead while the leader does not know yet, and hosts come and go between the two. */
function drawTwoLeads(scene: Scene, hosts: readonly string[]): Plan['faults'] {
  const stream = new Stream(scene.seed, 'fault two leads');
  if (scene.nodes.length < 2 || stream.chance(400)) return [];
  return Array.from({ length: stream.whole(1, 3) }, (_, index) => {
    const atMs = stream.whole(1, scene.chaosMs);
    const id = `two-leads-${index + 1}`;
    const unseenMs = stream.whole(2_000, 15_000);
    const usurp = { id, atMs, kind: 'usurp', node: stream.of(scene.nodes), unseenMs } as const;
    const host = stream.of(hosts);
    const breaks = Array.from({ length: stream.whole(2, 8) }, (_nothing, nth) => ({
      id: `${id}-${nth + 1}`,
      atMs: atMs + stream.whole(500, unseenMs),
      kind: 'stream-break' as const,
      host,
    }));
    return [usurp, ...breaks];
  }).flat();
}

/** Hosts write seldom and start attempts more often. */
function drawTargetedAtHosts({ seed }: Scene): readonly Targeted[] {
  const stream = new Stream(seed, 'targeted hosts');
  return Array.from({ length: stream.whole(0, 2) }, (_, index): Targeted => ({
    id: `targeted-host-${index + 1}`,
    method: 'keep',
    when: stream.pick('before', 'after'),
    nth: stream.whole(1, 30),
    what: stream.pick('crash', 'crash', 'pause'),
    forMs: 50 + stream.around(8_000),
  }));
}

/** People who want a host to take nothing new. */
function drawOrders(scene: Scene, hosts: readonly string[]): readonly Request[] {
  const stream = new Stream(scene.seed, 'orders to hosts');
  if (stream.chance(500)) return [];
  return Array.from({ length: stream.whole(1, 3) }, (_, index): Request => ({
    id: `order ${index + 1}`,
    client: stream.of(scene.clients),
    atMs: stream.whole(1, scene.chaosMs),
    input: stream.chance(800)
      ? { type: 'host.drain', host: stream.of(hosts), reason: 'a person asked' }
      : { type: 'run.pause', runId: runId('r1'), reason: 'lunch' },
  }));
}
