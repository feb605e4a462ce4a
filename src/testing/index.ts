/** For tests of programs that use Waggle, and for adapters of its ports: time, agents and events in your hands. */
export { EventProbe } from './event-probe.ts';
export { ManualClock } from './manual-clock.ts';
export { ScriptedMessages } from './scripted-messages.ts';
export { ScriptedProposals } from './scripted-proposals.ts';
export { ScriptedTasks } from './scripted-tasks.ts';
export { ScriptedAgent, type ScriptedAttempt } from './scripted-agent.ts';
export { AGENT_DRIVER_CONTRACT, type AgentDriverSubject } from './agent-driver-contract.ts';
export { MESSAGING_DRIVER_CONTRACT, type MessagingDriverSubject } from './messaging-driver-contract.ts';
export { VOTING_DRIVER_CONTRACT, type VotingDriverSubject } from './voting-driver-contract.ts';
export { ARTIFACT_STORE_CONTRACT } from './artifact-store-contract.ts';
export { type ContractCase, JOURNAL_CONTRACT } from './journal-contract.ts';
export { KEY_VALUE_TIER_CONTRACT, type TierUnderTest } from './key-value-tier-contract.ts';
export { SHARED_TIER_CONTRACT, type SharedUnderTest } from './shared-tier-contract.ts';
export { type ElectionUnderTest, LEADER_ELECTION_CONTRACT } from './leader-election-contract.ts';
export type { ArchiveUnderTest } from './archive-under-test.ts';
export { RUN_ARCHIVE_CONTRACT } from './run-archive-contract.ts';
export { VERIFIER_CONTRACT, type VerifierSubject } from './verifier-contract.ts';
export { WORKSPACES_CONTRACT, type WorkspacesSubject } from './workspaces-contract.ts';
