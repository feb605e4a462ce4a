import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { NoticeOutbox } from '../../src/adapters/notices/notice-outbox.ts';
import type { Notice } from '../../src/core/health/notice.ts';
import type { NoticeTarget, Told } from '../../src/ports/notifier.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { type AlertRule, DEFAULT_ALERTS, readAlertRule } from '../../src/core/alerts/alert-rule.ts';
import { nextAlertMs } from '../../src/core/alerts/next-alert.ts';
import { agentId, runId } from '../../src/core/ids.ts';
import { recount, seriesOf, type Turned, turnsIn } from '../support/alert-recount.ts';
import { CoreWorld } from '../support/core-world.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf, THREW } from '../support/core-world-specs.ts';
import { seededRandom } from '../support/seeded-random.ts';

const WALKS = 1_000;
const STEPS = 40;
const WAIT_MS = 20_500;
const AGENTS = ['m1', 'm2'];

function lastingFailures(): AlertRule {
  const read = readAlertRule({ name: 'lasting_failures', condition: 'task_failure_rate > 0.3', forMs: WAIT_MS });
  if (!read.ok) throw new Error('not a rule');
  return read.rule;
}

const RULES = [...DEFAULT_ALERTS, lastingFailures()];
const MAIL = runId('mail');
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** One walk of the figures that the default rules look at, with crashes of the coordinator on the way. */
class Walk {
  readonly #draw: () => number;
  readonly #world: CoreWorld;
  readonly #path: string;
  readonly #clock = new ManualClock();
  readonly #told: string[] = [];
  #outbox: NoticeOutbox;
  #failureShare = 0;
  #runs = 0;
  #messages = 0;
  readonly #unread: string[] = [];

  constructor(seed: number, path: string) {
    this.#draw = seededRandom(seed);
    this.#path = path;
    this.#outbox = this.#openOutbox();
    const play = (): { afterMs: number; end: typeof DONE | typeof THREW } => ({
      afterMs: 1 + Math.floor(this.#draw() * 900),
      end: this.#draw() < this.#failureShare ? THREW : DONE,
    });
    this.#world = new CoreWorld({ rules: { alerts: RULES }, play, onNotice: (notice) => this.#tell(notice) });
    const { lost, ...sound } = {
      lost: AGENTS.map((id) => agentOf(id, { capabilities: ['none'] })),
      w: agentOf('w', { slots: 4 }),
    };
    this.#world.send({ type: 'agents.register', agents: [...lost, sound.w] });
    const never = taskOf('never', { requires: ['nobody'] });
    this.#world.send(submitOf([never], { runId: MAIL, run: runSpecOf({ fingerprint: 'mail' }) }));
  }

  /** Gives the world, and the keys of alerts that were told. */
  async go(): Promise<Readonly<{ world: CoreWorld; told: readonly string[] }>> {
    for (let step = 0; step < STEPS; step++) {
      await this.#step();
      this.#pass(1 + Math.floor(this.#draw() ** 3 * 120_000));
    }
    await turn();
    return { world: this.#world, told: this.#told };
  }

  #openOutbox(): NoticeOutbox {
    const tell = async ({ key }: Notice): Promise<Told> => {
      this.#told.push(key);
      return { ok: true };
    };
    const hangs: NoticeTarget = { name: 'hangs', tell: () => new Promise(() => {}) };
    const targets = [hangs, { name: 'answers', tell }];
    const logger = { log: (): void => {}, wants: () => false };
    return new NoticeOutbox({ path: this.#path, targets, timeoutMs: 1_000, retries: 0, clock: this.#clock, logger });
  }

  #tell(notice: Notice): void {
    if (/^(?:alert|resolved):/.test(notice.key)) this.#outbox.notify(notice);
  }

  async #step(): Promise<void> {
    const kind = this.#draw();
    if (kind < 0.35) this.#submit();
    else if (kind < 0.45) this.#failureShare = this.#draw() < 0.5 ? 0 : this.#draw();
    else if (kind < 0.6) this.#loseOrRevive();
    else if (kind < 0.75) this.#send();
    else if (kind < 0.92) this.#read();
    else await this.#crash();
  }

  /** Time passes: what is due happens when it is due, and nobody looks at the rules but when they asked for it. */
  #pass(ms: number): void {
    const untilMs = this.#world.nowMs + ms;
    for (;;) {
      const dueMs = nextAlertMs(this.#world.swarm) ?? Infinity;
      if (this.#world.step(Math.min(untilMs, dueMs))) continue;
      if (dueMs > untilMs) break;
      this.#world.lookAgainAt(Math.max(dueMs, this.#world.nowMs));
    }
    this.#world.run(untilMs);
  }

  #submit(): void {
    const tasks = Array.from({ length: 1 + Math.floor(this.#draw() * 12) }, (_, index) =>
      taskOf(`t${index}`, { retry: { maxAttempts: 1 } }),
    );
    this.#runs++;
    const name = `r${this.#runs}`;
    this.#world.send(submitOf(tasks, { runId: runId(name), run: runSpecOf({ fingerprint: name }) }));
  }

  #loseOrRevive(): void {
    const id = agentId(AGENTS[Math.floor(this.#draw() * AGENTS.length)] ?? '');
    if (this.#draw() < 0.5) this.#world.send({ type: 'agents.lose', agentIds: [id] });
    else this.#world.send({ type: 'agent.end-restart', agentId: id, ok: true });
  }

  #send(): void {
    this.#messages++;
    const id = `m${this.#messages}`;
    const message = { id, to: 'user:bob', type: 'note', body: null };
    this.#world.send({ type: 'message.send', runId: MAIL, from: 'user:ann', message });
    this.#unread.push(id);
  }

  #read(): void {
    const ids = this.#unread.splice(0, 1 + Math.floor(this.#draw() * 3));
    if (ids.length > 0) this.#world.send({ type: 'message.acknowledge', runId: MAIL, address: 'user:bob', ids });
  }

  async #crash(): Promise<void> {
    if (this.#draw() < 0.5) this.#world.save();
    // Now and then before anybody was told.
    if (this.#draw() < 0.7) await turn();
    const closed = this.#outbox.close(0);
    this.#clock.advance(0);
    await closed;
    await turn();
    this.#outbox = this.#openOutbox();
    this.#world.crash(this.#draw() < 0.5 ? 'events' : 'snapshot');
  }
}

/** Every notice that somebody should have had. */
const noticeKeys = (entries: CoreWorld['entries']): readonly string[] =>
  entries.flatMap(({ event }) => {
    if (event.type === 'alert.fired') return [`alert:${event.key}:${event.episode}`];
    return event.type === 'alert.resolved' ? [`resolved:${event.key}:${event.episode}`] : [];
  });

const sorted = (turns: readonly Turned[]): readonly string[] =>
  turns.map(({ atMs, key, what }) => `${String(atMs).padStart(12)} ${key} ${what}`).sort();

describe('alerts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'waggle-walks-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test(`miss no episode and double none, in ${WALKS} random walks against a recount of the journal, and tell each once`, async () => {
    let episodes = 0;
    for (let seed = 1; seed <= WALKS; seed++) {
      const { world, told } = await new Walk(seed, join(folder, String(seed))).go();
      const keys = noticeKeys(world.entries);
      assert.deepEqual(told.toSorted(), keys.toSorted(), `walk ${seed}`);
      const expected = recount(world.entries, seriesOf(AGENTS, WAIT_MS), world.nowMs);
      assert.deepEqual(sorted(turnsIn(world.entries)), sorted(expected), `walk ${seed}`);
      episodes += expected.filter(({ what }) => what === 'fired').length;
    }
    assert.ok(episodes > WALKS, `only ${episodes} episodes: the walks show too little`);
  });
});
