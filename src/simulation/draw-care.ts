import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { Scene } from './draw-faults.ts';
import { Stream } from './draw.ts';
import type { Plan, Request, Stretch } from './plan.ts';

/** Of 1,000 worlds, in so many agents are looked after. */
const WITH_CARE_PERMILLE = 250;

/** In some worlds agents and their providers have bad times. All draws are of a stream of their own. */
export function withCare(scene: Scene, plan: Plan): Plan {
  const stream = new Stream(scene.seed, 'care');
  if (!stream.chance(WITH_CARE_PERMILLE)) return plan;
  // The first one can do everything, and has no bad times: nothing waits for ever.
  const [able, ...others] = plan.agents.slice(0, 1 + stream.whole(1, 8));
  const agents = [...(able === undefined ? [] : [able]), ...others.map((agent) => supervised(stream, agent))];
  const breaker = { threshold: stream.whole(2, 5), openMs: stream.whole(300, 6_000), successes: stream.whole(1, 3) };
  return {
    ...plan,
    agents,
    requests: [...plan.requests, ...drawRevivals(scene, agents)],
    rules: {
      ...plan.rules,
      breaker,
      health: { ...plan.rules.health, responseMs: 500, maxRestarts: stream.pick(1, 2, 5) },
    },
    care: { intervalMs: stream.pick(1_000, 2_000), maxMissed: 3, stretches: drawStretches(stream, scene, agents) },
  };
}

/** People who want agents back that were drained or given up. */
function drawRevivals({ seed, clients, chaosMs }: Scene, agents: readonly AgentSpec[]): readonly Request[] {
  const stream = new Stream(seed, 'revivals');
  return Array.from({ length: stream.pick(0, 2, 6) }, (_, index): Request => {
    const input = { type: 'agent.revive', agentId: stream.of(agents).id } as const;
    return { id: `revival ${index + 1}`, client: stream.of(clients), atMs: stream.whole(1, chaosMs), input };
  });
}

function supervised(stream: Stream, agent: AgentSpec): AgentSpec {
  const provider = stream.pick(undefined, 'p1', 'p1', 'p2');
  return { ...agent, supervised: true, slots: stream.pick(1, 2, 3), ...(provider === undefined ? {} : { provider }) };
}

function drawStretches(stream: Stream, { chaosMs }: Scene, agents: readonly AgentSpec[]): readonly Stretch[] {
  const minded = agents.filter(({ supervised: isOne }) => isOne === true);
  const names = minded.flatMap(({ id, provider = id }) => [id, provider]);
  if (names.length === 0) return [];
  return Array.from({ length: stream.whole(1, 8) }, (): Stretch => {
    const fromMs = stream.whole(0, chaosMs);
    const kind = stream.pick('fails', 'fails', 'fails', 'silent', 'ails', 'slow');
    return { whom: stream.of(names), kind, fromMs, toMs: Math.min(chaosMs, fromMs + 500 + stream.around(8_000)) };
  });
}
