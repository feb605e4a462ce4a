import type { SwarmInput } from '../../src/core/inputs.ts';
import { runId } from '../../src/core/ids.ts';
import type { Mail } from '../../src/core/messaging/mail.ts';
import type { Refusal } from '../../src/core/ruling.ts';
import type { Swarm } from '../../src/core/swarm-state.ts';
import { agentOf, agentsOf, DONE, submitOf, taskOf } from './core-world-specs.ts';
import { CoreWorld, type WorldOptions } from './core-world.ts';

/** A world whose tasks take a minute, unless told otherwise, and may write to each other. */
export class MailWorld extends CoreWorld {
  constructor(options: WorldOptions = {}) {
    super({ play: () => ({ afterMs: 60_000, end: DONE }), ...options });
  }

  /** Tasks `a`, `b` and `c` run side by side; `d` waits for them. */
  static ofFourTasks(options: WorldOptions = {}): MailWorld {
    const world = new MailWorld(options);
    world.send({ type: 'agents.register', agents: [...agentsOf(2, { role: 'one' }), agentOf('a3', { role: 'two' })] });
    world.send(submitOf([taskOf('a'), taskOf('b'), taskOf('c'), taskOf('d', { needs: ['a', 'b', 'c'] })]));
    return world;
  }

  /** Sends `input`, and says why it is refused, if it is. */
  refusalOf(input: SwarmInput): Refusal | undefined {
    const ruling = this.send(input);
    return ruling.ok ? undefined : ruling.refusal;
  }

  /** Of run `r1`. */
  get mail(): Mail | undefined {
    return this.swarm.runs.get(runId('r1'))?.mail;
  }

  /** Ids of the messages that wait in a mailbox of run `r1`, the next one first. */
  waitingFor(address: string, swarm: Swarm = this.swarm): readonly string[] {
    const box = swarm.runs.get(runId('r1'))?.mail?.boxes.get(address);
    return [...(box?.messages() ?? [])].map(({ spec }) => spec.id);
  }

  /** Who got the newest message. */
  get newestRecipients(): readonly string[] {
    return this.all('message.sent').at(-1)?.recipients ?? [];
  }
}
