import assert from 'node:assert/strict';
import { test } from 'vitest';
import { keyOf } from '../../src/core/hosts/frames.ts';
import type { KeptResult } from '../../src/core/hosts/host-attempts.ts';
import { HostSession } from '../../src/core/hosts/host-session.ts';
import { DONE } from '../support/core-world-specs.ts';
import { describeHost, HostPair, keyed, offerFor } from '../support/host-pair.ts';

const DEPTH = 3;

/** One attempt, one host, and everything that can happen to them and between them. */
class Play {
  readonly pair: HostPair = new HostPair().join();
  #disk: readonly KeptResult[] = [];
  #epoch = 1;
  #instance = 1;
  #seenHost = 0;
  #seenLeader = 0;
  readonly begun: string[] = [];
  /** Results that a leader took, and that the journal of the play has accepted. */
  accepted = 0;
  #isOpen = true;

  constructor(start: 'offered' | 'ended') {
    this.pair.byLeader(this.pair.leader.offer(offerFor('t'), 0));
    if (start === 'ended') {
      this.pair.settle();
      this.#note();
      this.end();
    }
    this.#note();
  }

  readonly moves: readonly (() => void)[] = [
    () => this.#deliverToHost(true),
    () => this.#deliverToHost(false),
    () => void this.pair.toHost.shift(),
    () => void this.pair.toHost.reverse(),
    () => this.#deliverToLeader(true),
    () => this.#deliverToLeader(false),
    () => void this.pair.toLeader.shift(),
    () => void this.pair.toLeader.reverse(),
    () => void this.pair.pass(1_200, { only: 'host' }),
    () => void this.pair.pass(1_200, { only: 'leader' }),
    () => this.end(),
    () => this.#relink(),
    () => this.#replaceLeader(),
    () => void this.pair.pass(16_000, { only: 'leader' }),
    () => this.#restartHost(),
  ];

  play(move: number): void {
    this.moves[move]?.();
    this.#note();
  }

  end(): void {
    const { pair } = this;
    if (!this.begun.includes(keyOf(keyed('t')))) return;
    this.#disk = [{ key: keyed('t'), result: DONE }];
    pair.byHost(pair.host.end(keyed('t'), DONE, pair.nowMs));
  }

  /** No faults any more: whatever is open comes to its end. */
  heal(): void {
    this.#relink();
    for (let round = 0; round < 12; round++) {
      this.end();
      this.pair.pass(3_000);
      this.#note();
    }
  }

  #deliverToHost(isLast: boolean): void {
    const [frame] = isLast ? this.pair.toHost.splice(0, 1) : this.pair.toHost;
    if (frame !== undefined) this.pair.byHost(this.pair.host.take(frame, this.pair.nowMs));
  }

  #deliverToLeader(isLast: boolean): void {
    const [frame] = isLast ? this.pair.toLeader.splice(0, 1) : this.pair.toLeader;
    if (frame !== undefined) this.pair.byLeader(this.pair.leader.take(frame, this.pair.nowMs));
  }

  #relink(): void {
    const { pair } = this;
    pair.lose();
    pair.host.unlinked();
    pair.byLeader(pair.leader.unlinked(false, pair.nowMs));
    pair.byHost(pair.host.linked(pair.nowMs));
  }

  #replaceLeader(): void {
    this.#note();
    this.#epoch += 1;
    this.pair.replaceLeader(this.#epoch, this.#isOpen ? [keyed('t')] : []);
    this.#relink();
  }

  #restartHost(): void {
    this.#instance += 1;
    const { pair } = this;
    const { epoch } = pair.host;
    pair.host = new HostSession({ description: describeHost(this.#instance), epoch, kept: this.#disk }, pair.nowMs);
    this.#relink();
  }

  /** What the process around each machine does with its acts. */
  #note(): void {
    const { hostActs, leaderActs } = this.pair;
    while (this.#seenHost < hostActs.length) this.#noteHost(hostActs[this.#seenHost++]);
    while (this.#seenLeader < leaderActs.length) this.#noteLeader(leaderActs[this.#seenLeader++]);
  }

  #noteHost(act: HostPair['hostActs'][number] | undefined): void {
    const { pair } = this;
    if (act?.do === 'run') this.begun.push(keyOf(act.offer));
    if (act?.do === 'forget') this.#disk = [];
    if (act?.do === 'stop') pair.byHost(pair.host.end(act, DONE, pair.nowMs));
    if (act?.do === 'relink') this.#relink();
  }

  #noteLeader(act: HostPair['leaderActs'][number] | undefined): void {
    if (act?.do === 'end') {
      if (this.#isOpen) this.accepted += 1;
      this.pair.byLeader(this.pair.leader.settle(act, this.pair.nowMs));
    }
    if (act !== undefined && isEnd(act)) this.#isOpen = false;
  }
}

function isEnd(act: HostPair['leaderActs'][number]): boolean {
  return ['end', 'gone', 'declined'].includes(act.do) || (act.do === 'lost' && act.attempts.length > 0);
}

for (const start of ['offered', 'ended'] as const) {
  test(`whatever ${DEPTH} things happen after an attempt was ${start}, it begins once at most, and all is settled in the end`, () => {
    const moves = new Play(start).moves.length;
    for (let number = 0; number < moves ** DEPTH; number++) {
      const play = new Play(start);
      const path: number[] = [];
      for (let rest = number, step = 0; step < DEPTH; step++, rest = Math.floor(rest / moves)) {
        path.push(rest % moves);
        play.play(rest % moves);
      }
      play.heal();
      const where = `moves ${path.join()}`;
      assert.ok(play.begun.length <= 1, `${where}: begun ${play.begun.length} times`);
      assert.ok(play.accepted <= 1, `${where}: accepted ${play.accepted} times`);
      assert.equal(play.pair.host.held, 0, `${where}: the host still holds it`);
      assert.equal(play.pair.leader.count, 0, `${where}: the leader still waits`);
      assert.equal(play.pair.leader.phase, 'here', `${where}: not together again`);
    }
  });
}
