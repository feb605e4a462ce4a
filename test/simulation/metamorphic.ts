import type { SwarmInput } from '../../src/core/inputs.ts';
import type { RunSpec } from '../../src/core/runs/run-spec.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { drawPlan } from '../../src/simulation/draw-plan.ts';
import type { Behaviours, Plan, Request } from '../../src/simulation/plan.ts';
import type { Failure } from './failure.ts';
import { play } from './play.ts';

const HONEST: Behaviours = { slow: 0, hang: 0, silent: 0, fail: 0, crash: 0, garbage: 0, liar: 0 };
const CALM: Plan['profile'] = {
  network: { lostPermille: 0, doubledPermille: 0, delayMs: 1 },
  store: { latencyMs: 0, replyLostPermille: 0 },
  behaviours: HONEST,
  echoedPermille: 0,
  swappedPermille: 0,
};
const LONG_MS = 3_600_000;

/** What must make no difference to how tasks end, where all agents do what they should. */
const CHANGES: Readonly<Record<string, (calm: Plan, drawn: Plan) => Plan>> = {
  'delivered-twice': (calm) => {
    const network = { lostPermille: 200, doubledPermille: 300, delayMs: 200 };
    return { ...calm, profile: { ...calm.profile, network, echoedPermille: 300 } };
  },
  'submitted-in-another-order': (calm) => {
    const times = calm.requests.map(({ atMs }) => atMs).toReversed();
    const requests = calm.requests.map((request, index) => ({ ...turned(request), atMs: times[index] ?? 0 }));
    return { ...calm, requests };
  },
  'with-all-faults': (calm, { faults, targeted, clockRates, accounts = [], profile }) => {
    const { network, store } = profile;
    const behaviours = { ...HONEST, slow: profile.behaviours.slow };
    return {
      ...calm,
      faults,
      targeted,
      clockRates,
      accounts,
      profile: { ...calm.profile, network, store, behaviours },
    };
  },
};

/** Plays the work of a seed in peace, and then as changed: every task must end as before. */
export async function playChanged(seed: number): Promise<readonly Failure[]> {
  const drawn = drawPlan(seed);
  const calm = calmed(drawn);
  const before = await endsOf(calm);
  const failures: Failure[] = [];
  for (const [invariant, change] of Object.entries(CHANGES)) {
    const after = await endsOf(change(calm, drawn));
    const other = [...before].find(([id, status]) => after.get(id) !== status);
    if (other === undefined && after.size === before.size) continue;
    const [id = '', status = ''] = other ?? [];
    failures.push({ seed, invariant, message: `${id} is ${after.get(id)}, and was ${status}`, atUs: 0 });
  }
  return failures;
}

/** Only what is asked for, without anything that may end a task in another way. */
function calmed(plan: Plan): Plan {
  const requests = plan.requests.flatMap((request) =>
    request.id.startsWith('submit ') ? [{ ...request, input: plain(request.input) }] : [],
  );
  const clockRates = plan.clockRates.map(() => 1_000);
  // Agents that are looked after have no bad times.
  const care = plan.care === undefined ? {} : { care: { ...plan.care, stretches: [] } };
  // Which of two runs comes first would decide which one is refused.
  const rules = { ...plan.rules, maxOpenRuns: 1_000 };
  return {
    ...plan,
    ...care,
    rules,
    requests,
    clockRates,
    profile: CALM,
    faults: [],
    targeted: [],
    poison: [],
    accounts: [],
  };
}

function plain(input: SwarmInput): SwarmInput {
  if (input.type !== 'run.submit') return input;
  const run: RunSpec = { ...input.run, budget: {} };
  return { ...input, run, tasks: input.tasks.map(patient) };
}

/** Nothing of it has to be done in time, and all of it may be done again. */
function patient({ delegate: _delegate, grant: _grant, retry: _retry, ...task }: TaskSpec): TaskSpec {
  const isLead = _delegate !== undefined;
  return {
    ...task,
    ...(isLead ? { work: { kind: 'function', function: 'work' } } : {}),
    effect: 'A',
    timeoutMs: LONG_MS,
  };
}

function turned(request: Request): Request {
  const { input } = request;
  if (input.type !== 'run.submit') return request;
  return { ...request, input: { ...input, tasks: input.tasks.toReversed() } };
}

async function endsOf(plan: Plan): Promise<ReadonlyMap<string, string>> {
  const ends = new Map<string, string>();
  const { violation } = await play(plan, { ends });
  if (violation !== undefined) ends.set('the world', `${violation.invariant}: ${violation.message}`);
  return ends;
}
