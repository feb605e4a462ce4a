/** For tests of programs that use Waggle, and for adapters of its ports: time, agents and events in your hands. */
export { EventProbe } from './event-probe.ts';
export { ManualClock } from './manual-clock.ts';
export { ScriptedAgent, type ScriptedAttempt } from './scripted-agent.ts';
