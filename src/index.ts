/** Waggle as a library: a durable coordinator for agents inside your program. */
export {
  type AnyFunction,
  defineAgent,
  defineFunction,
  type FunctionDefinition,
  type StandardSchema,
  type TypedCall,
} from './app/define.ts';
export { RunHandle, RunResult, type SenderOptions } from './app/run-handle.ts';
export { type RunOptions, Swarm, type SwarmOptions, type VoteOptions } from './app/swarm.ts';
export { simulate, type SimulatedGraph, type SimulateOptions, type Simulation } from './app/simulate-graph.ts';
export {
  type ApprovedAction,
  type CommandAction,
  contentHashOf,
  type FunctionAction,
} from './adapters/votes/approved-action.ts';
export {
  type EntryInfo,
  type FoundEntry,
  type MemoryStats,
  type NoteEntry,
  type StoredValue,
  SwarmMemory,
  type SwarmSetOptions,
} from './app/swarm-memory.ts';
export type { CommandAnswer, CommandRefusal } from './app/coordinator.ts';
export type { FunctionCall, RegisteredFunction, TaskFunction } from './agents/drivers/function/registered-function.ts';
export type { Outcome, Threshold } from './core/consensus/outcome.ts';
export type { ClosedProposal } from './core/consensus/proposal.ts';
export type { ActionResult, Choice, Member, ProposalKind, ProposalSpec } from './core/consensus/proposal-spec.ts';
export type { SwarmEvent } from './core/events.ts';
export type { ProposalId, RunId, TaskId } from './core/ids.ts';
export type { Json, JsonObject } from './core/json.ts';
export type { BudgetSpec, RunFailure, RunOutcome, RunState } from './core/runs/run-spec.ts';
export type { DelegationRights } from './core/tasks/task-spec.ts';
export type { AgentReport, Evidence, TaskFailure, Usage } from './core/tasks/attempt.ts';
export type { JournalRecord } from './ports/journal.ts';
export type { MessageRecord, ProposalRecord, RunRecord, TaskRecord, TaskStatus } from './ports/run-archive.ts';
export type {
  MailAnswer,
  OutgoingMessage,
  ReceivedMessage,
  ReceiveOptions,
  RunMessages,
  SendAnswer,
} from './ports/run-messages.ts';
export type {
  Checkpoint,
  Decision,
  FoundRunEntry,
  HandOff,
  MemoryAnswer,
  RemovalAnswer,
  RunEntry,
  RunEntryInfo,
  RunMemory,
  RunSearchOptions,
  RunSetOptions,
} from './ports/run-memory.ts';
export type { AttemptVote, ProposalAnswer, RunProposals } from './ports/run-proposals.ts';
export type { DelegationAnswer, RunTasks, Subtask, SubtaskOutcome } from './ports/run-tasks.ts';
export { Unavailable, UserError, UserErrors } from './util/user-error.ts';
export { defineWorkflow, type TaskRef, type WorkflowBuilder } from './workflows/builder.ts';
export type {
  AgentGroupDefinition,
  DelegationDefinition,
  TaskDefinition,
  WorkflowDefinition,
} from './workflows/definition.ts';
