import type { Mutant } from './mutant.ts';

/** Bugs in alerts, in options that change while somebody leads, and in the tuner. */
export const SETTING_MUTANTS: readonly Mutant[] = [
  {
    id: 'alert-before-its-time',
    file: 'core/alerts/next-alert.ts',
    edits: [
      [
        "    else if (alert.status === 'pending' && this.#nowMs >= alert.dueMs)",
        "    else if (alert.status === 'pending' && this.#nowMs + 2_000 >= alert.dueMs)",
      ],
    ],
    breaks: ['alert-time'],
    seed: 1,
  },
  {
    id: 'episodes-counted-anew',
    file: 'core/snapshot.ts',
    edits: [['  swarm.alerts.episodes = stored.alerts.episodes;\n', '']],
    breaks: ['episode-once', 'snapshot-is-fold'],
    seed: 0,
  },
  {
    id: 'alert-that-holds-is-over',
    file: 'core/alerts/next-alert.ts',
    edits: [
      [
        'const holds = evaluateCondition(rule.parsed, moment) === true;',
        'const holds = evaluateCondition(rule.parsed, moment) === true && this.#nowMs % 16 !== 0;',
      ],
    ],
    breaks: ['alert-true'],
    seed: 0,
  },
  {
    id: 'setting-forgotten-by-the-next-leader',
    file: 'core/owed-effects.ts',
    edits: [['  for (const [name, { value }] of swarm.settings) owed.push(...settingEffect(name, value));\n', '']],
    breaks: ['setting-applied'],
    seed: 2,
  },
  {
    id: 'setting-that-cannot-be',
    file: 'core/settings/settings.ts',
    edits: [['  if (misfit !== undefined) return refuse(', "  if (misfit === 'x') return refuse("]],
    breaks: ['setting-fits'],
    seed: 9,
  },
  {
    id: 'setting-said-again',
    file: 'core/settings/settings.ts',
    edits: [['  return before === value ? undefined : {', '  return before === undefined ? undefined : {']],
    breaks: ['setting-once'],
    seed: 6,
  },
  {
    id: 'forecast-of-waiting-leads',
    script: '0024-tuner-looks-ahead-past-a-waiting-lead.json',
    file: 'core/tuning/forecast.ts',
    edits: [
      ["|| task.status === 'awaiting-children') continue;", ') continue;'],
      ['holdsSlot(task) ? this.#swarm.registry', 'holdsSlot(task) || task.attempt > 0 ? this.#swarm.registry'],
    ],
    breaks: ['no-internal-error'],
    seed: 0,
  },
  {
    id: 'tuner-asks-nobody',
    file: 'core/tuning/next-tuning.ts',
    edits: [['  return swarm.rules.tuner.asks ? ask(', '  return swarm.rules.tuner.windowMs === 0 ? ask(']],
    breaks: ['tuning-voted'],
    seed: 19,
  },
  {
    id: 'tuner-does-what-was-refused',
    file: 'core/tuning/next-tuning.ts',
    edits: [
      ['  if (!owesAction(proposal)) return', '  if (proposal.id.length === 0) return'],
      [
        '  return [tried, change, { ...acted,',
        '  return !owesAction(proposal) ? [tried, change] : [tried, change, { ...acted,',
      ],
    ],
    breaks: ['tuning-voted'],
    seed: 19,
  },
  {
    id: 'tuner-leaves-what-was-approved',
    file: 'core/tuning/next-tuning.ts',
    edits: [['  if (!owesAction(proposal)) return', '  if (owesAction(proposal)) return']],
    breaks: ['tuning-voted'],
    seed: 46,
  },
  {
    id: 'alert-too-late',
    file: 'core/alerts/next-alert.ts',
    edits: [
      [
        "    else if (alert.status === 'pending' && this.#nowMs >= alert.dueMs)",
        "    else if (alert.status === 'pending' && this.#nowMs >= alert.dueMs + 2_000)",
      ],
    ],
    breaks: ['alert-in-time'],
    seed: 1,
  },
  {
    id: 'alert-time-not-armed',
    file: 'core/alerts/next-alert.ts',
    edits: [['  return dueMs === Infinity ? undefined : dueMs;', '  return undefined;']],
    breaks: ['alert-in-time', 'alert-told'],
    seed: 1,
  },
  {
    id: 'alert-that-holds-is-not-told',
    file: 'core/alerts/next-alert.ts',
    edits: [["name !== 'memory_ratio') return true;", "name !== 'memory_ratio') return false;"]],
    breaks: ['alert-told'],
    seed: 0,
  },
];
