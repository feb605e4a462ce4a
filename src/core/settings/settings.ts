import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { misfitOf, withSetting } from './live-options.ts';
import type { ConfigEvent, ConfigInput, LiveOption, Setting, SettingCause, SettingValue } from './setting-events.ts';

/** Pure: a wish to change an option now. */
export function decideSetting(swarm: Swarm, input: ConfigInput): Ruling {
  const option = swarm.rules.live.find(({ name }) => name === input.name);
  if (option === undefined) {
    return refuse({ reason: 'option-invalid', problem: `"${input.name}" cannot be changed while somebody leads` });
  }
  const value = input.type === 'config.set' ? input.value : option.configured;
  const misfit = misfitOf(option, value);
  if (misfit !== undefined) return refuse({ reason: 'option-invalid', problem: `"${input.name}": ${misfit}` });
  const event = changeOf(swarm, option, value, { cause: 'asked', by: input.by });
  return event === undefined ? accept() : accept(event);
}

/** Undefined when it has this value already. */
export function changeOf(
  swarm: Swarm,
  { name, configured }: LiveOption,
  value: SettingValue,
  why: Readonly<{ cause: SettingCause; by: string }>,
): ConfigEvent | undefined {
  const before = valueOf(swarm, name) ?? configured;
  return before === value ? undefined : { type: 'config.changed', name, before, value, configured, ...why };
}

/** The value of an option as it counts now; undefined for one that cannot be changed while somebody leads. */
export function valueOf({ settings, rules }: Swarm, name: string): SettingValue | undefined {
  return settings.get(name)?.value ?? rules.live.find((option) => option.name === name)?.configured;
}

export function applySetting(swarm: Swarm, { name, value, configured }: ConfigEvent): void {
  if (value === configured) swarm.settings.delete(name);
  else swarm.settings.set(name, { value, configured });
  settle(swarm);
}

/** Puts changes back as a snapshot has them. */
export function restoreSettings(swarm: Swarm, stored: readonly (readonly [string, Setting])[]): void {
  for (const [name, setting] of stored) swarm.settings.set(name, setting);
  settle(swarm);
}

/** The configuration has changed since, or knows the option no more: its newer word counts. */
export function nextSettingEvent({ settings, rules }: Swarm): ConfigEvent | undefined {
  for (const [name, { value: before, configured }] of settings) {
    const now = rules.live.find((option) => option.name === name)?.configured;
    if (now === configured) continue;
    const value = now ?? configured;
    return { type: 'config.changed', name, before, value, configured: value, cause: 'configured', by: 'configuration' };
  }
  return undefined;
}

function settle(swarm: Swarm): void {
  let rules = swarm.configured;
  for (const [name, { value }] of swarm.settings) rules = withSetting(rules, name, value);
  swarm.rules = rules;
  swarm.registry.setStrategy(rules.strategy);
  // What was put aside under the old rules is looked at again.
  swarm.queue.reopen();
}
