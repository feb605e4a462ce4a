/** Rows of the group `communication`: between processes, and with the world outside. */
export const COMMUNICATION_OPTIONS = {
  protocol: {
    type: 'choice',
    choices: ['local'],
    default: 'local',
    later: {
      http: 'there is no server for other machines.',
      websocket: 'there is no server for other machines.',
      grpc: 'there is no server for other machines.',
    },
    effect: 'How other processes, workers among them, reach the one that leads: over a socket of this machine.',
    reason: 'Nobody else can reach it, and it needs no set-up.',
    applies: 'start',
  },
  timeout: {
    type: 'duration',
    default: 2_000,
    min: 100,
    max: 60_000,
    effect: 'How long a process that connects to the leader waits to be greeted before it gives up and tries again.',
    reason: 'A leader at work answers in milliseconds; one that does not for two seconds is stopped or ends.',
    applies: 'start',
  },
  retryAttempts: {
    type: 'count',
    unit: 'times',
    default: 3,
    min: 0,
    max: 20,
    effect:
      'How often a notice to a webhook is tried again that did not get through; the wait doubles from 1 s to 5 min.',
    reason:
      'A service that restarts is back after some seconds; one that is not by then will be asked with the next notice.',
    applies: 'start',
  },
  batchSize: {
    type: 'count',
    unit: 'inputs',
    default: 512,
    min: 1,
    max: 10_000,
    effect: 'Messages, reports and commands that share one commit of the journal.',
    reason: 'Enough that one sync of the disk pays for many, small enough to keep answers quick.',
    applies: 'live',
  },
} as const;
