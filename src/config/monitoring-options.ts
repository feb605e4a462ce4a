/** Rows of the group `monitoring`. */
export const MONITORING_OPTIONS = {
  metricsEnabled: {
    type: 'choice',
    choices: ['on', 'off'],
    default: 'on',
    effect:
      'Whether figures are counted and measured while Waggle leads. Off, no rule of alerts is watched, the built-in ones neither, and nothing can be tuned.',
    reason: 'Counting costs next to nothing, and alerts live on it.',
    applies: 'start',
  },
  loggingLevel: {
    type: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    effect:
      'The quietest entries that stand in .waggle/logs/waggle.log. With debug every record of the journal is named.',
    reason: 'What somebody needs who wonders what happened, and no more.',
    applies: 'live',
  },
  tracingEnabled: {
    type: 'choice',
    choices: ['off'],
    default: 'off',
    later: { on: 'nothing sends traces; "waggle replay" and "waggle runs watch --json" show what happened when.' },
    effect: 'Whether traces are sent.',
    reason: 'This version sends none.',
    applies: 'start',
  },
  alertingEnabled: {
    type: 'choice',
    choices: ['on', 'off'],
    default: 'on',
    effect: 'Whether rules of alerts are watched.',
    reason: 'The built-in rules cost next to nothing, and what they tell of nobody should have to look for.',
    applies: 'start',
  },
  notifyTimeoutMs: {
    type: 'duration',
    default: 10_000,
    min: 100,
    max: 600_000,
    effect: 'How long a program that was started with a notice, or a request to a webhook, may take.',
    reason: 'Sending a message takes a second; what takes longer hangs.',
    applies: 'start',
  },
  tuning: {
    type: 'choice',
    choices: ['off', 'on', 'vote'],
    default: 'off',
    effect:
      'Whether Waggle changes its own options where it sees a bottleneck, one at a time, and takes back what does not help; with vote only after coordination.approvers have approved the change.',
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
