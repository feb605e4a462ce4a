import { closeSync, mkdirSync, openSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['current', 'acted', 'replaced', 'refused'] as const;

/**
 * Something outside of the swarm that attempts act on. It compares tokens: once a later attempt of a task has begun, an
 * earlier one is refused, however late it comes. Each step is one rename: a process that is stopped holds up nobody.
 */
export class FencedSink {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'sink');
    for (const name of FOLDERS) mkdirSync(join(this.#folder, name), { recursive: true });
  }

  /** False when a later attempt has begun. */
  begin(task: string, attempt: number): boolean {
    const others = this.#of('current').filter((one) => one.task === nameOf(task));
    if (others.some((one) => one.attempt > attempt)) return false;
    closeSync(openSync(this.#path('current', task, attempt), 'w'));
    for (const one of others) this.#move('current', 'replaced', task, one.attempt);
    return true;
  }

  /** Only the current attempt, and once. */
  act(task: string, attempt: number): boolean {
    if (this.#move('current', 'acted', task, attempt)) return true;
    closeSync(openSync(this.#path('refused', task, attempt), 'w'));
    return false;
  }

  /** One for each act; the same token cannot be there twice. */
  get effects(): readonly Readonly<{ task: string; attempt: number }>[] {
    return this.#of('acted');
  }

  get refused(): number {
    return this.#of('refused').length;
  }

  #of(folder: (typeof FOLDERS)[number]): readonly Readonly<{ task: string; attempt: number }>[] {
    return readdirSync(join(this.#folder, folder)).map((name) => {
      const at = name.lastIndexOf('#');
      return { task: name.slice(0, at), attempt: Number(name.slice(at + 1)) };
    });
  }

  #move(from: (typeof FOLDERS)[number], to: (typeof FOLDERS)[number], task: string, attempt: number): boolean {
    try {
      renameSync(this.#path(from, task, attempt), this.#path(to, task, attempt));
      return true;
    } catch {
      return false;
    }
  }

  #path(folder: string, task: string, attempt: number): string {
    return join(this.#folder, folder, `${nameOf(task)}#${attempt}`);
  }
}

function nameOf(task: string): string {
  return task.replaceAll('/', '~');
}
