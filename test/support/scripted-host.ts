import type { CoordinatorFrame, HostFrame, Offer, Question, QuestionAnswer } from '../../src/core/hosts/frames.ts';
import type { KeptResult } from '../../src/core/hosts/host-attempts.ts';
import { type HostAct, HostSession } from '../../src/core/hosts/host-session.ts';
import { agentId } from '../../src/core/ids.ts';
import type { AgentReport, AttemptResult } from '../../src/core/tasks/attempt.ts';
import type { RemoteDriver } from '../../src/agents/drivers/remote/remote-driver.ts';
import type { LinkUser } from '../../src/ports/worker-link.ts';
import type { ManualClock } from '../../src/testing/manual-clock.ts';

export type ScriptedHostOptions = Readonly<{
  name?: string;
  instance?: number;
  slots?: number;
  capabilities?: readonly string[];
  epoch?: number;
  kept?: readonly KeptResult[];
  /** @default its own */
  machine?: string;
}>;

/** A host that the test plays, with the real session of a host: over a link that is a function call. */
export class ScriptedHost {
  readonly session: HostSession;
  readonly begun: Offer[] = [];
  readonly acts: Exclude<HostAct, { do: 'send' | 'run' }>[] = [];
  readonly answers: QuestionAnswer[] = [];
  readonly #clock: ManualClock;
  #user: LinkUser<HostFrame> | undefined;
  /** The driver of a leader that is stopped, or a cut line: nothing goes through. */
  isCut = false;
  /** Nothing of this kind reaches it. */
  deafTo: CoordinatorFrame['type'] | undefined;

  constructor(clock: ManualClock, options: ScriptedHostOptions = {}) {
    const { name = 'h', instance = 1, slots = 2, capabilities = ['work'], epoch = 0, kept = [] } = options;
    const agents = [{ id: agentId(`${name}.1`), role: 'worker', capabilities, slots }];
    const { machine } = options;
    const capacity = { cpu: 1_000, memory: 1_000, ...(machine === undefined ? {} : { machine }) };
    const description = { host: name, instance, agents, capacity };
    this.#clock = clock;
    this.session = new HostSession({ description, epoch, kept }, clock.monotonicMs());
    this.#tick();
  }

  /** Finds the leader, as after a change of leader. */
  link(driver: RemoteDriver): void {
    const user = driver.accept({
      send: (frame) => this.#take(frame),
      close: () => {
        if (this.#user === user) this.session.unlinked();
      },
    });
    this.#user = user;
    this.#do(this.session.linked(this.#nowMs));
  }

  /** Its process dies. */
  die(): void {
    const user = this.#user;
    this.#user = undefined;
    this.isCut = true;
    user?.closed(true);
  }

  /** Its process lives, and its line breaks. */
  unlink(): void {
    const user = this.#user;
    this.#user = undefined;
    this.session.unlinked();
    user?.closed(false);
  }

  end({ taskId, attempt }: Pick<Offer, 'taskId' | 'attempt'>, result: AttemptResult): void {
    this.#do(this.session.end({ taskId, attempt }, result, this.#nowMs));
  }

  report({ taskId, attempt }: Offer, report: AgentReport): void {
    this.#do(this.session.report({ taskId, attempt }, report, this.#nowMs));
  }

  ask({ taskId, attempt }: Offer, id: number, question: Question): void {
    this.#do(this.session.ask({ taskId, attempt }, id, question, this.#nowMs));
  }

  drain(): void {
    this.#do(this.session.drain(this.#nowMs));
  }

  leave(): void {
    this.#do(this.session.leave(this.#nowMs));
  }

  get #nowMs(): number {
    return this.#clock.monotonicMs();
  }

  #take(frame: CoordinatorFrame): void {
    if (this.isCut || this.deafTo === frame.type) return;
    // As over a socket: never while the other side is still speaking.
    queueMicrotask(() => this.#do(this.session.take(frame, this.#nowMs)));
  }

  #tick(): void {
    this.#clock.wakeAfter(200, () => {
      if (!this.isCut) this.#do(this.session.tick(this.#nowMs));
      this.#tick();
    });
  }

  #do(acts: readonly HostAct[]): void {
    for (const act of acts) {
      if (act.do === 'run') this.begun.push(act.offer);
      else if (act.do !== 'send') this.acts.push(act);
      else if (!this.isCut) {
        const user = this.#user;
        queueMicrotask(() => user?.take(act.frame));
      }
      if (act.do === 'answer') this.answers.push(act.answer);
    }
  }
}
