import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { AttemptResult, TaskFailure, Usage } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { AgentDriver, Assignment, Probe, RunContext } from '../ports/agent-driver.ts';
import type { ReceivedMessage } from '../ports/run-messages.ts';
import type { AttemptVote } from '../ports/run-proposals.ts';
import { isIn } from './care.ts';
import type { Failpoints } from './failpoints.ts';
import type { Life, SimNode } from './node.ts';
import { talk } from './mail.ts';
import { remember } from './memory-steps.ts';
import type { Behaviours, DelegationPart, MailPart, MemoryPart, Plan } from './plan.ts';
import type { Providers } from './providers.ts';
import type { AttemptSign, Watcher } from './watcher.ts';

export type Behaviour = keyof Behaviours | 'normal' | 'poison';

/** What an attempt says in the votes and the mail of its run; stands in the input of a function task. */
export type SpokenPart = Readonly<{
  propose?: ProposalSpec;
  vote?: AttemptVote;
  /** Names of proposals whose outcome it waits for. */
  wait?: readonly string[];
  mail?: MailPart;
  delegate?: DelegationPart;
  memory?: MemoryPart;
}>;

/** Of 1,000 attempts that must end, so many come to their end all the same and say so. */
const ENDS_ANYWAY_PERMILLE = 200;
const SLOW_FACTOR = 8;
const BEAT_US = 2_000_000;
const MEASURED_US = 600_000;

/** Which attempts told the truth, and which run in processes that live. Shared by all coordinators of a world. */
export class AttemptFacts {
  readonly #true = new Set<string>();
  readonly #running = new Map<string, { life: Life; sign: AttemptSign }>();

  isTrue(taskId: string, attempt: number): boolean {
    return this.#true.has(`${taskId} ${attempt}`);
  }

  noteTrue({ taskId, attempt }: AttemptSign): void {
    this.#true.add(`${taskId} ${attempt}`);
  }

  begin(life: Life, sign: AttemptSign): void {
    this.#running.set(keyOf(life, sign), { life, sign });
  }

  end(life: Life, sign: AttemptSign): void {
    this.#running.delete(keyOf(life, sign));
  }

  /** Agents die with the process that has started them. */
  get running(): readonly AttemptSign[] {
    return [...this.#running.values()].filter(({ life }) => life.isAlive).map(({ sign }) => sign);
  }
}

function keyOf({ bornUs }: Life, { node, taskId, attempt }: AttemptSign): string {
  return `${node} ${bornUs} ${taskId} ${attempt}`;
}

export type DriverParts = Readonly<{
  node: SimNode;
  life: Life;
  plan: Plan;
  failpoints: Failpoints;
  facts: AttemptFacts;
  watcher: Watcher;
  providers: Providers;
  /** A result that comes in once more, from outside. */
  echo: (input: SwarmInput, afterUs: number) => void;
}>;

/** Agents by script: what an attempt does hangs on its task and number alone. */
export class ScriptedDriver implements AgentDriver {
  readonly kind = 'function';
  readonly #parts: DriverParts;

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  async probe(): Promise<Probe> {
    return { ok: true, detail: 'simulated' };
  }

  run(assignment: Assignment, context: RunContext): Promise<AttemptResult> {
    const { node, failpoints, watcher } = this.#parts;
    const { taskId, attempt, agentId } = assignment;
    const before = failpoints.hit(node, 'run', 'before');
    if (before.throws) throw new Error('the driver has a bug');
    // The process has died of it.
    if (!this.#parts.life.isAlive) return never();
    const sign: AttemptSign = { taskId, attempt, agentId, node: node.name };
    node.world.note(node.name, `runs ${taskId} attempt ${attempt} on ${agentId}`);
    watcher.started(sign);
    const result = new ScriptedAttempt(this.#parts, sign, assignment).run(context, before.delayUs);
    failpoints.hit(node, 'run', 'after');
    return result;
  }
}

class ScriptedAttempt {
  readonly #parts: DriverParts;
  readonly #sign: AttemptSign;
  readonly #assignment: Assignment;
  readonly #key: string;
  #hasEnded = false;

  constructor(parts: DriverParts, sign: AttemptSign, assignment: Assignment) {
    this.#parts = parts;
    this.#sign = sign;
    this.#assignment = assignment;
    this.#key = `${sign.taskId} ${sign.attempt}`;
  }

  async run(context: RunContext, delayUs: number): Promise<AttemptResult> {
    const { life, facts, watcher } = this.#parts;
    facts.begin(life, this.#sign);
    const behaviour = this.#behaviour();
    if (behaviour === 'garbage' && this.#whole('garbage', 1) === 1) {
      facts.end(life, this.#sign);
      watcher.left(this.#sign);
      throw new Error('garbage instead of a result');
    }
    const stopped = this.#stopped(context, behaviour);
    const result = await Promise.race([this.#work(context, behaviour, delayUs), stopped]);
    this.#hasEnded = true;
    facts.end(life, this.#sign);
    if (life.isAlive) watcher.left(this.#sign);
    this.#echo(result);
    return result;
  }

  #behaviour(): Behaviour {
    const { plan, node } = this.#parts;
    const provider = plan.agents.find(({ id }) => id === this.#assignment.agentId)?.provider;
    const whom = { id: this.#assignment.agentId, ...(provider === undefined ? {} : { provider }) };
    const isBad = isIn(plan.care, whom, { kind: 'fails', nowUs: node.world.nowUs });
    return isBad ? 'fail' : behaviourOf(this.#parts, this.#sign);
  }

  /** Some results are told twice, and some that failed are told as a success by whoever missed the end. */
  #echo(result: AttemptResult): void {
    const { plan, node, echo } = this.#parts;
    if (!node.world.draw.chance('echo', this.#key, plan.profile.echoedPermille)) return;
    const { attempt } = this.#sign;
    const { taskId } = this.#assignment;
    const told: AttemptResult = result.ok
      ? result
      : { ok: true, outputs: { by: attempt }, evidence: [{ check: 'returned', ok: true }] };
    echo({ type: 'attempt.end', taskId, attempt, result: told }, this.#whole('echo after', 15_000_000));
  }

  async #work(context: RunContext, behaviour: Behaviour, delayUs: number): Promise<AttemptResult> {
    const workUs = this.#workUs(behaviour);
    const refusal = this.#ask();
    this.#use(context, 0);
    await this.#sleep(delayUs + Math.floor(workUs / 2));
    if (refusal !== undefined) return { ok: false, failure: refusal, usage: NOTHING_USED };
    if (behaviour === 'silent') this.#beat(context);
    if (behaviour === 'hang' || behaviour === 'silent') return never();
    if (behaviour === 'crash' || behaviour === 'poison') return { ok: false, failure: CRASHED, usage: this.#usage() };
    if (behaviour !== 'liar') this.#act(context);
    await this.#speak(context);
    const late = this.#whole('asks again', 3) === 0 ? this.#ask() : undefined;
    await this.#sleep(Math.ceil(workUs / 2));
    if (late !== undefined) return { ok: false, failure: late, usage: this.#usage() };
    return this.#result(behaviour);
  }

  /** A request to the provider of its account. */
  #ask(): TaskFailure | undefined {
    const refusal = this.#parts.providers.refusalOf(this.#sign.agentId);
    if (refusal !== undefined) this.#parts.node.world.note(this.#parts.node.name, `${this.#key} has no quota`);
    return refusal;
  }

  /** A deed outside, where the task says that it does one. Who must end does none any more. */
  #act({ signal }: RunContext): void {
    const { effect } = this.#assignment.spec;
    if ((effect !== 'D' && effect !== 'C') || signal.aborted) return;
    const { watcher, node } = this.#parts;
    const { taskId, attempt } = this.#sign;
    node.world.note(node.name, `acts for ${taskId} attempt ${attempt}`);
    watcher.done({ kind: 'attempt', id: taskId, attempt, contentHash: '', node: node.name });
  }

  #result(behaviour: Behaviour): AttemptResult {
    const { facts, watcher, node } = this.#parts;
    const usage = this.#usage();
    if (behaviour === 'garbage') return { ok: false, failure: { reason: 'no-result', missing: ['result'] }, usage };
    if (behaviour === 'fail') return { ok: false, failure: failureOf(this.#whole('failure', 5)), usage };
    const isTrue = behaviour !== 'liar';
    if (isTrue) facts.noteTrue(this.#sign);
    watcher.claimed(this.#sign, isTrue);
    node.world.note(node.name, `claims ${this.#key}${isTrue ? '' : ', a lie'}`);
    return { ok: true, outputs: { by: this.#sign.attempt }, evidence: [{ check: 'returned', ok: true }], usage };
  }

  /** Proposals and votes; an agent that cannot get through goes on without. */
  async #speak(context: RunContext): Promise<void> {
    const { work } = this.#assignment;
    if (work.kind !== 'function' || work.input === undefined) return;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only plans write these inputs
    const part = work.input as SpokenPart;
    try {
      if (part.propose !== undefined) await context.proposals.open([part.propose]);
      if (part.vote !== undefined) await context.proposals.vote([part.vote]);
      if (part.wait !== undefined) await context.proposals.outcomes(part.wait);
      if (part.mail !== undefined) await this.#talk(context, part.mail);
      if (part.memory !== undefined) await this.#remember(context, part.memory);
      if (part.delegate !== undefined) await this.#delegate(context, part.delegate);
    } catch {
      this.#parts.node.world.note(this.#parts.node.name, `${this.#key} is not heard`);
    }
  }

  /** Some go on after their end, as if nobody had told them. */
  async #remember({ memory }: RunContext, part: MemoryPart): Promise<void> {
    const { node, life, watcher } = this.#parts;
    const clock = node.clockOf(life);
    const clocks = { nowUs: () => node.world.nowUs, wallMs: () => clock.wallTimeMs() };
    const who = { sign: this.#sign, life: life.number, watcher, memory, ...clocks };
    if (part.afterMs !== undefined) void this.#sleep(part.afterMs * 1_000).then(() => remember(who, part));
    await remember(who, part);
  }

  /** The same again, whether or not it was heard the first time, is the same sub-tasks. */
  async #delegate({ tasks }: RunContext, { subtasks, isAwaited, isRepeated }: DelegationPart): Promise<void> {
    const answer = await tasks.delegate(subtasks);
    if (!answer.ok) this.#parts.watcher.called(`refusal ${answer.refusal.reason}`);
    if (isRepeated) await tasks.delegate(subtasks);
    if (answer.ok && isAwaited) await tasks.outcomes(subtasks.map(({ name }) => name));
  }

  #talk(context: RunContext, part: MailPart): Promise<void> {
    const { node, watcher } = this.#parts;
    const onReceived = (messages: readonly ReceivedMessage[]): void => {
      node.world.note(node.name, `${this.#key} receives ${messages.map(({ id }) => id).join(' ')}`);
      watcher.received(this.#sign, messages);
    };
    const onRefused = (reason: string): void => watcher.called(`refusal ${reason}`);
    return talk(context.messages, {
      name: this.#assignment.spec.name,
      part,
      draw: node.world.draw,
      onReceived,
      onRefused,
    });
  }

  /** What it uses is measured, while there is chaos; some use nearly all of their host. */
  #use(context: RunContext, forUs: number): void {
    const { node, life, plan } = this.#parts;
    const { world } = node;
    if (this.#hasEnded || world.nowUs >= plan.chaosMs * 1_000) return;
    const isGreedy = world.draw.chance('greedy', this.#key, plan.profile.greedyPermille ?? 0);
    const memoryBytes = isGreedy ? this.#whole('memory used', 1_000) : 10;
    context.measured?.({ cpuMs: Math.floor((forUs * (isGreedy ? 1_700 : 50)) / 1_000_000), memoryBytes });
    node.after(life, MEASURED_US, () => this.#use(context, forUs + MEASURED_US));
  }

  #beat(context: RunContext): void {
    if (context.signal.aborted) return;
    context.report({ kind: 'progress', percentage: null, step: 'still here' });
    this.#parts.node.after(this.#parts.life, BEAT_US, () => this.#beat(context));
  }

  /** Most end soon when they must; some come to their end instead, and one that hangs does not listen. */
  #stopped({ signal }: RunContext, behaviour: Behaviour): Promise<AttemptResult> {
    if (behaviour === 'hang') return never();
    const { promise, resolve } = Promise.withResolvers<AttemptResult>();
    const { draw } = this.#parts.node.world;
    const onAbort = (): void => {
      const why: unknown = signal.reason;
      if (behaviour === 'normal' && draw.chance('ends anyway', this.#key, ENDS_ANYWAY_PERMILLE)) return;
      const failure = stopFailure(why);
      this.#parts.node.after(this.#parts.life, this.#whole('stop', 4_000_000), () => resolve({ ok: false, failure }));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  }

  #workUs(behaviour: Behaviour): number {
    const { spec } = this.#assignment;
    const usual = this.#parts.node.world.draw.around('work', this.#key, (spec.estimateMs ?? 400) * 1_000);
    return 1 + (behaviour === 'slow' ? usual * SLOW_FACTOR : usual);
  }

  /** At most what was granted; sometimes nobody knows. */
  #usage(): Usage {
    if (this.#whole('usage is known', 3) === 0) return {};
    const grant: TaskSpec['grant'] = this.#assignment.spec.grant;
    const tokens = this.#whole('tokens', grant?.tokens ?? 0);
    return {
      inputTokens: tokens >> 1,
      outputTokens: tokens - (tokens >> 1),
      costMicros: this.#whole('cost', grant?.costMicros ?? 0),
    };
  }

  #whole(topic: string, most: number): number {
    return this.#parts.node.world.draw.whole(topic, this.#key, [0, most]);
  }

  #sleep(us: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.node.after(this.#parts.life, us, resolve));
  }
}

/** Once the chaos is over, whoever can behave does. */
function behaviourOf({ plan, node }: DriverParts, { taskId, attempt }: AttemptSign): Behaviour {
  if (plan.poison.includes(taskId)) return 'poison';
  if (node.world.nowUs >= plan.chaosMs * 1_000) return 'normal';
  let left = node.world.draw.word('behaviour', `${taskId} ${attempt}`) % 1_000;
  for (const behaviour of BEHAVIOURS) {
    left -= plan.profile.behaviours[behaviour];
    if (left < 0) return behaviour;
  }
  return 'normal';
}

const BEHAVIOURS: readonly (keyof Behaviours)[] = ['slow', 'hang', 'silent', 'fail', 'crash', 'garbage', 'liar'];

const NOTHING_USED: Usage = { inputTokens: 0, outputTokens: 0, costMicros: 0 };

const CRASHED: TaskFailure = { reason: 'crashed', signal: 'SIGSEGV', command: 'work', tail: '' };

function failureOf(which: number): TaskFailure {
  if (which === 0) return { reason: 'start-failed', message: 'not found' };
  if (which === 1) return { reason: 'limit-exceeded', limit: 'memory', message: 'too much' };
  if (which === 2) return { reason: 'agent-lost' };
  return which === 3
    ? { reason: 'threw', message: 'no luck' }
    : { reason: 'exit-non-zero', exitCode: 1, command: 'work', tail: '' };
}

function stopFailure(why: unknown): TaskFailure {
  if (why === 'timed-out') return { reason: 'timed-out', afterMs: 0, tail: '' };
  if (why === 'cancelled' || why === 'paused') return { reason: 'stopped', why };
  return { reason: 'stopped', why: 'draining' };
}

function never<Value>(): Promise<Value> {
  return new Promise(() => undefined);
}
