import { Unavailable } from '../util/user-error.ts';

export function noLeader(): Unavailable {
  const message = 'Another process leads this project, but it does not answer.';
  return new Unavailable({ port: 'leader', message, fix: 'End it, or wait until it is done.' });
}

export function closed(): Unavailable {
  return new Unavailable({ port: 'leader', message: 'This coordinator was closed.', fix: 'Open the project again.' });
}

export function otherVersion(pid: number): Unavailable {
  const message = `Process ${pid} leads this project with another version of Waggle.`;
  return new Unavailable({ port: 'leader', message, fix: 'Wait until it is done, or use the same version.' });
}

export function storeTrouble(reason: string): Unavailable {
  return new Unavailable({ port: 'journal', message: reason, fix: 'Look at the disk; run waggle doctor.' });
}
