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
} as const;
