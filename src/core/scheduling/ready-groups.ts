import { IndexedHeap, NOT_IN_HEAP } from '../../util/indexed-heap.ts';
import type { Signature } from '../agents/registry.ts';
import type { TaskIdentity } from '../tasks/task.ts';
import { groupKeyOf } from './group-key.ts';
import {
  isGroupBefore,
  isLonger,
  type ReadyGroup,
  type ReadyKind,
  type ReadyLane,
  type ReadyTask,
} from './ready-lane.ts';

function newKind(lane: ReadyLane, signature: Signature): ReadyKind {
  const open = new IndexedHeap<ReadyGroup>(isGroupBefore);
  const kind: ReadyKind = { lane, signature, groups: new Map(), open, isParked: false, heapIndex: NOT_IN_HEAP };
  lane.kinds.set(signature, kind);
  return kind;
}

/** The group of a lane that a task belongs to, made when there is none. */
export function groupOf(lane: ReadyLane, signature: Signature, { spec }: TaskIdentity): ReadyGroup {
  const kind = lane.kinds.get(signature) ?? newKind(lane, signature);
  const key = groupKeyOf(spec);
  const known = kind.groups.get(key);
  if (known !== undefined) return known;
  const tasks = new IndexedHeap<ReadyTask>(isLonger);
  const group: ReadyGroup = {
    kind,
    key,
    tasks,
    keptBackSinceMs: undefined,
    waitsIn: undefined,
    heapIndex: NOT_IN_HEAP,
  };
  kind.groups.set(key, group);
  return group;
}

/**
 * It has its place, and nothing stands beside it: the place does not depend on its first task, and which one that is
 * need not be known. So a replay, which asks for none, puts no queue in order.
 */
export function isAlone({ kind, waitsIn, heapIndex }: ReadyGroup): boolean {
  const isPlaced = waitsIn === undefined && heapIndex !== NOT_IN_HEAP && kind.heapIndex !== NOT_IN_HEAP;
  return isPlaced && kind.open.size === 1 && kind.lane.open.size === 1;
}

/** It waits in no line any more. */
export function letOut(group: ReadyGroup): void {
  group.waitsIn?.lines.leave(group);
  settleGroup(group);
}

/** Brings the place of a group in line with its first task. */
export function settleGroup(group: ReadyGroup): void {
  if (group.waitsIn === undefined) settle(group.kind.open, group, group.tasks.size > 0);
  else if (group.tasks.size === 0) group.waitsIn.lines.leave(group);
  else group.waitsIn.lines.moved(group);
  settleKind(group.kind);
}

/** Brings the place of a kind in line with its first group. */
export function settleKind(kind: ReadyKind): void {
  settle(kind.lane.open, kind, !kind.isParked && kind.open.size > 0);
}

function settle<Item extends ReadyGroup | ReadyKind>(heap: IndexedHeap<Item>, item: Item, isIn: boolean): void {
  if (!isIn) heap.remove(item);
  else if (item.heapIndex === NOT_IN_HEAP) heap.push(item);
  else heap.moved(item);
}

/** Puts a task among those of its group. */
export function enlist(task: ReadyTask): void {
  const { group } = task;
  group.tasks.push(task);
  if (!isAlone(group) && group.tasks.first === task) settleGroup(group);
}
