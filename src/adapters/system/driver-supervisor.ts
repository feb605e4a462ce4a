import type { AgentSpec } from '../../core/agents/agent-spec.ts';
import type { AgentDriver } from '../../ports/agent-driver.ts';
import type { AgentSupervisor, Sign } from '../../ports/agent-supervisor.ts';

/**
 * Looks after agents that live in this process: all of one kind are as well as their driver is. There is nothing to
 * start anew; a restart is over when the driver answers again.
 */
export class DriverSupervisor implements AgentSupervisor {
  readonly #drivers: Readonly<Record<string, AgentDriver>>;

  constructor(drivers: Readonly<Record<string, AgentDriver>>) {
    this.#drivers = drivers;
  }

  keyOf({ driver, host }: AgentSpec): string {
    return `${driver}@${host}`;
  }

  async probe({ driver }: AgentSpec, signal: AbortSignal): Promise<Sign> {
    const probe = await this.#drivers[driver]?.probe(signal);
    if (probe === undefined) return { ok: false, detail: `this process has no driver "${driver}"` };
    return probe.ok ? { ok: true } : { ok: false, detail: probe.detail };
  }

  async restart(agent: AgentSpec, signal: AbortSignal): Promise<boolean> {
    return (await this.probe(agent, signal)).ok;
  }
}
