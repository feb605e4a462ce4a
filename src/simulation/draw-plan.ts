import { DEFAULT_RULES } from '../core/swarm-state.ts';
import { withCare } from './draw-care.ts';
import { withCrowd } from './draw-crowd.ts';
import { withHosts } from './draw-hosts.ts';
import { drawAlerts, liveOptionsOf } from './draw-alerts.ts';
import { drawMemory } from './draw-memory.ts';
import { drawAccounts } from './draw-quota.ts';
import { drawApproval, withApprovals } from './draw-approvals.ts';
import { drawProvision, drawScalingRules } from './draw-scaling.ts';
import { drawFaults, drawTargeted } from './draw-faults.ts';
import { drawWork } from './draw-work.ts';
import { Stream } from './draw.ts';
import type { Behaviours, Plan, Profile } from './plan.ts';

/** The world of a seed: the same for ever, whatever is drawn for other topics. */
export function drawPlan(seed: number): Plan {
  const sizes = new Stream(seed, 'sizes');
  const chaosMs = sizes.whole(8_000, 60_000);
  const coordinators = sizes.pick(1, 1, 2, 2, 3);
  const clients = Array.from({ length: sizes.whole(1, 3) }, (_, index) => `u${index + 1}`);
  const nodes = Array.from({ length: coordinators }, (_, index) => `c${index + 1}`);
  const accounts = drawAccounts(seed);
  const scene = { seed, chaosMs, nodes, clients, accounts };
  const strategy = sizes.pick('adaptive', 'capability-based', 'least-loaded', 'round-robin');
  const retry = { ...DEFAULT_RULES.retry, firstDelayMs: sizes.whole(10, 2_000), maxDelayMs: 10_000 };
  const maxWaitMs = sizes.pick(500, 5_000, 600_000);
  const maxMailboxMessages = sizes.pick(3, 1_000);
  const scaling = drawScalingRules(seed);
  const plan: Plan = {
    format: 'waggle-simulation/1',
    seed,
    rules: {
      ...DEFAULT_RULES,
      retry,
      strategy,
      maxWaitMs,
      scaling,
      approval: drawApproval(seed),
      vetoCheckMs: 2_000,
      maxOpenProposals: 20,
      maxMailboxMessages,
      maxOpenRuns: new Stream(seed, 'limits').pick(1_000, 1_000, 1_000, 1_000, 1),
      alerts: drawAlerts(seed),
      live: liveOptionsOf({ maxWaitMs, strategy, scaling }),
      tuner: {
        isOn: new Stream(seed, 'tuner').chance(250),
        asks: new Stream(seed, 'tuner asks').chance(600),
        windowMs: 5_000,
      },
    },
    profile: drawProfile(seed),
    clockRates: nodes.map(() => drawRate(sizes)),
    clients,
    ...drawWork(scene),
    accounts,
    provision: drawProvision(seed),
    memory: drawMemory(seed),
    faults: drawFaults(scene),
    targeted: drawTargeted(scene),
    chaosMs,
  };
  return withCrowd(scene, withCare(scene, withHosts(scene, withApprovals(plan))));
}

function drawRate(sizes: Stream): number {
  if (sizes.chance(500)) return 1_000;
  return sizes.chance(50) ? sizes.whole(500, 2_000) : sizes.whole(800, 1_250);
}

/** Each trouble is absent in half of all worlds. */
function drawProfile(seed: number): Profile {
  const chance = new Stream(seed, 'profile');
  const sometimes = (most: number): number => (chance.chance(500) ? chance.whole(1, most) : 0);
  const network = { lostPermille: sometimes(300), doubledPermille: sometimes(300), delayMs: 1 + sometimes(300) };
  const store = { latencyMs: chance.pick(0, 1, 5, 50), replyLostPermille: sometimes(60) };
  const behaviours: Behaviours = {
    slow: sometimes(200),
    hang: sometimes(60),
    silent: sometimes(60),
    fail: sometimes(200),
    crash: sometimes(100),
    garbage: sometimes(60),
    liar: sometimes(200),
  };
  const greedyPermille = new Stream(seed, 'greedy').pick(0, 0, 100, 500);
  const others = { swappedPermille: sometimes(400), echoedPermille: sometimes(200), greedyPermille };
  return { network, store, behaviours, ...others };
}
