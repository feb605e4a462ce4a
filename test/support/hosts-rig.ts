import assert from 'node:assert/strict';
import type { AttemptDesk } from '../../src/agents/drivers/remote/attempt-desk.ts';
import { RemoteDriver } from '../../src/agents/drivers/remote/remote-driver.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { DEFAULT_HOST_TIMES } from '../../src/core/hosts/host-limits.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineRig, settle } from './core-world-engine.ts';
import { submitOf, taskOf } from './core-world-specs.ts';
import { ScriptedHost, type ScriptedHostOptions } from './scripted-host.ts';

/** An engine that leads, and hosts that the test plays. */
export class HostsRig extends EngineRig {
  #newest: Readonly<{ engine: Engine; driver: RemoteDriver }> | undefined;

  /** The newest leader. */
  get engine(): Engine {
    return this.#newest?.engine ?? assert.fail('nobody leads yet');
  }

  /** What hosts link to, of the newest leader. */
  get driver(): RemoteDriver {
    return this.#newest?.driver ?? assert.fail('nobody leads yet');
  }

  static async open(): Promise<HostsRig> {
    const rig = new HostsRig();
    await rig.nextLeader();
    return rig;
  }

  async nextLeader(deskFor?: () => AttemptDesk): Promise<void> {
    const desks = deskFor === undefined ? {} : { deskFor };
    const driver = new RemoteDriver({ clock: this.clock, times: DEFAULT_HOST_TIMES, ...desks });
    const drivers = { command: this.agent, function: this.agent, remote: driver };
    this.#newest = { engine: await this.start({}, { drivers }), driver };
  }

  /** As after kill -9, with another leader at once. */
  async replaceLeader(): Promise<void> {
    this.engine.stop();
    await this.nextLeader();
  }

  /** A host that has found the leader. */
  async hostWith(options: ScriptedHostOptions = {}): Promise<ScriptedHost> {
    const host = new ScriptedHost(this.clock, options);
    host.link(this.driver);
    await settle();
    return host;
  }

  /** A run of these tasks; of one plain task, `t1`, unless told otherwise. */
  async submit(...tasks: readonly TaskSpec[]): Promise<void> {
    await this.engine.dispatch(submitOf(tasks.length === 0 ? [taskOf('t1')] : tasks));
    await settle();
  }

  /** In small steps, as time goes. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 200) {
      this.clock.advance(200);
      await settle();
    }
  }

  eventsOf(type: SwarmEvent['type']): readonly SwarmEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}

/** What has begun on the host, as `task#attempt`. */
export function begunOn({ begun }: ScriptedHost): readonly string[] {
  return begun.map(({ spec, attempt }) => `${spec.name}#${attempt}`);
}

export function first<One>(list: readonly One[]): One {
  return list[0] ?? assert.fail('nothing there');
}
