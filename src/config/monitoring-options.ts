/** Rows of the group `monitoring`. */
export const MONITORING_OPTIONS = {
  alertingEnabled: {
    type: 'choice',
    choices: ['on', 'off'],
    default: 'on',
    effect: 'Whether rules of alerts are watched.',
    reason: 'The built-in rules cost next to nothing, and what they tell of nobody should have to look for.',
    applies: 'start',
  },
  notifyCommands: {
    type: 'commands',
    default: [],
    most: 10,
    effect: 'Programs that are started with every notice; it stands on their stdin as JSON.',
    reason: 'None: notices go to the log.',
    applies: 'start',
    needsGrant: true,
  },
  notifyTimeoutMs: {
    type: 'duration',
    default: 10_000,
    min: 100,
    max: 600_000,
    effect: 'When a program that was started with a notice is ended.',
    reason: 'Sending a message takes a second; what takes longer hangs.',
    applies: 'start',
  },
  tuning: {
    type: 'choice',
    choices: ['off', 'on'],
    default: 'off',
    effect:
      'Whether Waggle changes its own options where it sees a bottleneck, one at a time, and takes back what does not help.',
    reason: 'Off: what changes by itself should be asked for.',
    applies: 'start',
  },
  tuningWindowMs: {
    type: 'duration',
    default: 300_000,
    min: 10_000,
    max: 86_400_000,
    effect: 'How long such a change is tried before it is judged, and the pause before the next one.',
    reason: 'As long as the windows of the figures that it is judged by.',
    applies: 'start',
  },
} as const;
