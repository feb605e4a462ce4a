import { z } from 'zod';
import type { Answer } from '../engine/answer.ts';
import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import { LOCAL_COMMAND, type LocalCommand } from './local-socket-commands.ts';
import { MEMORY_ASK, MEMORY_REPLY, type MemoryAsk, type MemoryReply } from './memory-asks.ts';

import { COORDINATOR_FRAME, HOST_FRAME } from './worker-frames.ts';

/**
 * The talk between processes of one user on one machine that share a store. One JSON object per line. Both sides
 * must have the same version: there is no other, since a leader of another release reads another store.
 */
export const LOCAL_PROTOCOL = 2;

export type FromFollower =
  | Readonly<{ type: 'hello'; protocol: number; pid: number }>
  | Readonly<{ type: 'command'; id: number; input: LocalCommand }>
  | Readonly<{ type: 'memory'; id: number; ask: MemoryAsk }>
  /** How many runs the follower waits for: a leader that has none of its own hands over to it. */
  | Readonly<{ type: 'waiting'; runs: number }>
  /** The process is a host, and speaks the worker protocol beside all else. */
  | Readonly<{ type: 'work'; frame: HostFrame }>;

export type FromLeader =
  | Readonly<{ type: 'welcome'; protocol: number; pid: number }>
  /** Sent after the commit that the answer rests on. */
  | Readonly<{ type: 'answer'; id: number; answer: Answer }>
  | Readonly<{ type: 'told'; id: number; reply: MemoryReply }>
  /** Something was committed: look. Costs nothing when it is lost. */
  | Readonly<{ type: 'hint'; seq: number }>
  | Readonly<{ type: 'work'; frame: CoordinatorFrame }>
  /** The lead is free in a moment. */
  | Readonly<{ type: 'leaving' }>;

/** At least once: a command whose answer did not come is sent again to the next leader. */
export const FROM_FOLLOWER: z.ZodType<FromFollower> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: z.int(), pid: z.int() }),
  z.strictObject({ type: z.literal('command'), id: z.int().min(1), input: LOCAL_COMMAND }),
  z.strictObject({ type: z.literal('memory'), id: z.int().min(1), ask: MEMORY_ASK }),
  z.strictObject({ type: z.literal('waiting'), runs: z.int().min(0) }),
  z.strictObject({ type: z.literal('work'), frame: HOST_FRAME }),
]);

const problems = z.array(z.string()).readonly();
const refusal = z.discriminatedUnion('reason', [
  z.strictObject({ reason: z.literal('task-unknown') }),
  z.strictObject({ reason: z.literal('run-unknown') }),
  z.strictObject({ reason: z.literal('agent-unknown') }),
  z.strictObject({ reason: z.literal('attempt-stale'), currentAttempt: z.int() }),
  z.strictObject({ reason: z.literal('status-wrong'), status: z.string() }),
  z.strictObject({ reason: z.literal('run-conflict') }),
  z.strictObject({ reason: z.literal('graph-invalid'), problems }),
  z.strictObject({ reason: z.literal('delegation-invalid'), problems }),
  z.strictObject({ reason: z.literal('host-unknown') }),
  z.strictObject({ reason: z.literal('host-invalid'), problems }),
  z.strictObject({ reason: z.literal('limit-reached'), limit: z.string(), most: z.number() }),
  z.strictObject({ reason: z.literal('proposal-unknown') }),
  z.strictObject({ reason: z.literal('proposal-conflict') }),
  z.strictObject({ reason: z.literal('proposal-invalid'), problems }),
  z.strictObject({ reason: z.literal('proposal-closed'), status: z.string() }),
  z.strictObject({ reason: z.literal('not-a-member') }),
  z.strictObject({ reason: z.literal('credential-wrong') }),
  z.strictObject({ reason: z.literal('content-differs') }),
  z.strictObject({ reason: z.literal('already-cast'), choice: z.enum(['approve', 'reject', 'abstain']) }),
  z.strictObject({ reason: z.literal('veto-not-allowed') }),
  z.strictObject({ reason: z.literal('option-invalid'), problem: z.string() }),
  z.strictObject({ reason: z.literal('message-conflict') }),
  z.strictObject({ reason: z.literal('message-invalid'), problems }),
  z.strictObject({ reason: z.literal('message-unknown') }),
  z.strictObject({ reason: z.literal('recipient-unknown'), address: z.string() }),
  z.strictObject({ reason: z.literal('mailbox-full'), address: z.string() }),
  z.strictObject({ reason: z.literal('overloaded') }),
  z.strictObject({ reason: z.literal('not-leading') }),
  z.strictObject({ reason: z.literal('store-full') }),
]);
const answer: z.ZodType<Answer> = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), refusal }),
]);

export const FROM_LEADER: z.ZodType<FromLeader> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('welcome'), protocol: z.int(), pid: z.int() }),
  z.strictObject({ type: z.literal('answer'), id: z.int(), answer }),
  z.strictObject({ type: z.literal('told'), id: z.int(), reply: MEMORY_REPLY }),
  z.strictObject({ type: z.literal('hint'), seq: z.int() }),
  z.strictObject({ type: z.literal('work'), frame: COORDINATOR_FRAME }),
  z.strictObject({ type: z.literal('leaving') }),
]);
