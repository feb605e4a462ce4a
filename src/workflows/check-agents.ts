import type { DriverKind } from '../core/agents/agent-spec.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { AgentGroup, CompileOptions } from './compiled-workflow.ts';
import type { AgentGroupDefinition, TaskDefinition, WorkflowDefinition } from './definition.ts';
import { sizeOf } from './group-size.ts';
import { SYSTEM_NAMES, systemGroups, systemRole } from './system-agents.ts';
import { didYouMean, Findings, type DefinitionPath, type Finding } from './diagnostics.ts';

/** The group of built-in agents. */
export const LOCAL = 'local';

const FUNCTION = 'function:';

const DRIVERS: ReadonlyMap<string, DriverKind> = new Map([
  ['command', 'command'],
  ['function', 'function'],
  ['remote', 'remote'],
]);
/** `llm:<model>` and the like: written today, run by a later version. */
const LATER = /^(?:llm|acp|a2a)(?::|$)/;

/** Built-in agents first, then the workflow's groups, then those of `waggle.yaml` that it does not have itself. */
export function resolveAgents(
  definition: WorkflowDefinition,
  options: CompileOptions,
  findings: Findings,
): readonly AgentGroup[] {
  const functions = (options.functions ?? []).map((name) => `function:${name}`);
  const groups: AgentGroup[] = [];
  if (options.localAgents > 0) {
    const capabilities = ['command', ...functions, `agent:${LOCAL}`];
    groups.push({ role: LOCAL, driver: 'command', count: options.localAgents, capabilities, slots: 1 });
  }
  groups.push(...systemGroups(definition));
  const own = definition.agents ?? {};
  for (const [role, group] of Object.entries({ ...options.agents, ...own })) {
    const path = Object.hasOwn(own, role) ? ['agents', role] : [];
    const driver = driverOf(role, group, path, findings);
    if (driver === undefined) continue;
    const native = nativeOf(driver, functions, group.scale !== undefined);
    const capabilities = [...new Set([...native, ...(group.capabilities ?? []), `agent:${role}`])];
    const size = { ...sizeOf({ role, group, path }, options, findings), slots: group.slots ?? 1 };
    groups.push({ role, driver, capabilities, ...size, ...watchOf(group) });
  }
  return groups;
}

/** Workers that people start do what the built-in agents do, too; those that are started for a group do its work alone. */
function nativeOf(driver: DriverKind, functions: readonly string[], isScaled: boolean): readonly string[] {
  if (driver === 'remote') return isScaled ? ['command'] : ['command', `agent:${LOCAL}`];
  return driver === 'command' ? ['command'] : functions;
}

/** Only what is said: most groups say nothing. */
function watchOf(group: AgentGroupDefinition): Pick<AgentGroup, 'provider' | 'account' | 'supervised'> {
  const { provider, account, supervised } = group;
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(account === undefined ? {} : { account }),
    ...(supervised === undefined ? {} : { supervised }),
  };
}

/** Registered in this process, or named by a group whose agents are on hosts: `capabilities: ["function:build"]`. */
export function knownFunctions(definition: WorkflowDefinition, options: CompileOptions): ReadonlySet<string> {
  const groups = Object.values({ ...options.agents, ...definition.agents });
  const remote = groups.filter(({ driver }) => driver === 'remote').flatMap(({ capabilities = [] }) => capabilities);
  const named = remote.filter((one) => one.startsWith(FUNCTION)).map((one) => one.slice(FUNCTION.length));
  return new Set([...(options.functions ?? []), ...SYSTEM_NAMES, ...named]);
}

/** Groups of agents apart from any workflow, as `waggle.yaml` has them. Paths begin with the name of the group. */
export function checkAgentGroups(groups: Readonly<Record<string, AgentGroupDefinition>>): readonly Finding[] {
  const findings = new Findings();
  for (const [role, group] of Object.entries(groups)) driverOf(role, group, [role], findings);
  return findings.all;
}

function driverOf(
  role: string,
  group: AgentGroupDefinition,
  path: DefinitionPath,
  findings: Findings,
): DriverKind | undefined {
  const at = path.length === 0 ? path : [...path, 'driver'];
  if (role === LOCAL) {
    const message = `"${LOCAL}" is the group of built-in agents.`;
    findings.error({ code: 'WORKFLOW_AGENT_NAME', path, target: 'key', message, fix: 'Give the group another name.' });
    return undefined;
  }
  const driver = DRIVERS.get(group.driver);
  if (driver !== undefined && group.card === undefined && group.budget === undefined) return driver;
  if (driver !== undefined || LATER.test(group.driver)) {
    const what = driver === undefined ? `driver "${group.driver}"` : 'card or budget';
    const message = `Agents "${role}" have a ${what}: model agents are not in this version yet.`;
    findings.error({ code: 'WORKFLOW_NOT_YET', path: at, message, fix: 'Use driver: command or driver: function.' });
    return undefined;
  }
  const near = didYouMean(nearestName(group.driver, DRIVERS.keys()));
  const message = `Agents "${role}" have an unknown driver "${group.driver}".`;
  findings.error({
    code: 'WORKFLOW_AGENT_DRIVER',
    path: at,
    message,
    fix: `Known are command, function and remote.${near}`,
  });
  return undefined;
}

/** Everything an agent must have for a task, its work's own capability and its group included. */
export function requiredCapabilities(task: TaskDefinition, hasLocal: boolean): readonly string[] {
  const own = task.function === undefined ? 'command' : `function:${task.function}`;
  const isPlain = task.agent === undefined && (task.requires ?? []).length === 0;
  const group = systemRole(task.function) ?? (isPlain && hasLocal ? LOCAL : task.agent);
  return [...new Set([own, ...(task.requires ?? []), ...(group === undefined ? [] : [`agent:${group}`])])];
}

export type CapabilityContext = Readonly<{
  definition: WorkflowDefinition;
  groups: readonly AgentGroup[];
  options: CompileOptions;
  /** Groups that are named but were refused: asking for them is no second mistake. */
  refused: ReadonlySet<string>;
  findings: Findings;
}>;

/** Tasks that no agent could ever run, and groups that nobody asks for. */
export function checkCapabilities(context: CapabilityContext): void {
  const { definition, groups, options, refused } = context;
  const functions = knownFunctions(definition, options);
  const known = new Map<string, boolean>();
  const asked = new Set<AgentGroup>();
  for (const [base, task] of Object.entries(definition.tasks)) {
    if (task.function !== undefined && !functions.has(task.function)) continue; // said already
    if (task.agent !== undefined && refused.has(task.agent)) continue;
    const required = requiredCapabilities(task, options.localAgents > 0);
    const key = required.join('\n');
    if (!known.has(key)) {
      const able = groups.filter(({ capabilities }) => required.every((one) => capabilities.includes(one)));
      for (const group of able) asked.add(group);
      known.set(key, able.length > 0);
    }
    if (known.get(key) === false) refuseTask({ ...context, base, task, required });
  }
  warnOfUnused(context, asked);
}

function warnOfUnused({ definition, groups, findings }: CapabilityContext, asked: ReadonlySet<AgentGroup>): void {
  for (const role of Object.keys(definition.agents ?? {})) {
    const group = groups.find((one) => one.role === role);
    if (group === undefined || asked.has(group) || role === LOCAL) continue;
    const message = `No task asks for agents "${role}".`;
    const fix = `Write agent: ${role} or requires in a task, or remove the group.`;
    findings.warn({ code: 'WORKFLOW_AGENT_UNUSED', path: ['agents', role], target: 'key', message, fix });
  }
}

type Unable = CapabilityContext & Readonly<{ base: string; task: TaskDefinition; required: readonly string[] }>;

function refuseTask(unable: Unable): void {
  const { base, required, groups } = unable;
  const all = new Set(groups.flatMap(({ capabilities }) => capabilities));
  const missing = required.filter((one) => !all.has(one));
  for (const one of missing) refuseCapability(unable, one, all);
  if (missing.length > 0) return;
  const list = required.map((one) => `"${one}"`).join(', ');
  const message = `Task "${base}" requires ${list}, but no single agent has all of them.`;
  const fix = 'Give them all to one group under agents, in this workflow or in waggle.yaml.';
  report(unable, { code: 'WORKFLOW_CAPABILITY', path: ['tasks', base], target: 'key', message, fix });
}

function refuseCapability(unable: Unable, missing: string, all: ReadonlySet<string>): void {
  const { base, task, groups } = unable;
  const isGroup = missing === `agent:${task.agent}`;
  const index = (task.requires ?? []).indexOf(missing);
  const place = index < 0 ? [] : ['requires', index];
  const plain = [...all].filter((one) => !one.startsWith('agent:'));
  const near = isGroup
    ? nearestName(
        task.agent ?? '',
        groups.map(({ role }) => role),
      )
    : nearestName(missing, plain);
  const what = isGroup
    ? `agents "${task.agent}", which do not exist`
    : `the capability "${missing}", which no agent has`;
  report(unable, {
    code: 'WORKFLOW_CAPABILITY',
    path: ['tasks', base, ...(isGroup ? ['agent'] : place)],
    message: `Task "${base}" requires ${what}.`,
    fix: `Add it to a group under agents, in this workflow or in waggle.yaml.${didYouMean(near)}`,
  });
}

function report({ options, findings }: Unable, finding: Finding): void {
  if (options.mayJoin === true) findings.warn(finding);
  else findings.error(finding);
}
