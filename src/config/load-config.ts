import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AlertRule } from '../core/alerts/alert-rule.ts';
import { nearestName } from '../util/nearest-name.ts';
import { UserError, UserErrors } from '../util/user-error.ts';
import { checkAgentGroups } from '../workflows/check-agents.ts';
import type { AgentGroupDefinition } from '../workflows/definition.ts';
import { agentGroupsSchema } from '../workflows/definition-schema.ts';
import { schemaFindings } from '../workflows/schema-problems.ts';
import { type AlertsGiven, readAlerts } from './alert-rules.ts';
import type { Environment } from './environment.ts';
import { isGranted, readGrants } from './grants.ts';
import { type NotifiersGiven, type NotifierSpec, readNotifiers } from './notifiers.ts';
import { readOption, showOption } from './option-value.ts';
import { defaultOf, OPTION_GROUPS, OPTIONS, toOptions, variableOf, type Options, type OptionValue } from './options.ts';
import type { OptionRow } from './option-row.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

/** The configuration file of a project. */
export const CONFIG_FILE = 'waggle.yaml';

/** Where a value came from. `at`: `waggle.yaml:12:9`, the variable's or the flag's name; empty for a default. */
export type Origin = Readonly<{ source: 'default' | 'file' | 'environment' | 'flag'; at: string }>;

/** One option as `config explain` shows it. */
export type ExplainedOption = Readonly<{ name: string; row: OptionRow; value: OptionValue; origin: Origin }>;

/** A value of a project file that does not count until the user grants the file: `waggle trust`. */
export type WithheldOption = Readonly<{ name: string; at: string; value: OptionValue }>;

export type ConfigOptions = Readonly<{
  /** Absolute path of the project's root. */
  root: string;
  environment: Environment;
  /** Absolute path; instead of `waggle.yaml` in the root. Then it must exist. Naming it is the user's consent to it. */
  file?: string;
  /** By option name. `flag` is what the user wrote, for messages. */
  flags?: Readonly<Record<string, Readonly<{ value: unknown; flag: string }>>>;
  /** Of the program that asks: they win over those of the file, key by key. */
  alerts?: AlertsGiven;
  /** Of the program that asks, besides those of the file; one of the same name wins. */
  notifiers?: NotifiersGiven;
  /** Of the machine, for defaults that depend on them. @default what the process may use */
  cores?: number;
}>;

export type Config = Readonly<{
  options: Options;
  /** Every option, in the order of the table. */
  explained: readonly ExplainedOption[];
  /** Groups of `waggle.yaml`, for `CompileOptions.agents`. */
  agents: Readonly<Record<string, AgentGroupDefinition>>;
  /** Rules that are watched: the built-in ones as the file changes them, and its own. */
  alerts: readonly AlertRule[];
  /** Who is told of notices, besides the log. */
  notifiers: readonly NotifierSpec[];
  /** The file that was read, if there was one. */
  file: Readonly<{ path: string; sha256: string; isGranted: boolean }> | undefined;
  /** Empty unless the file has keys that need a grant and has none. */
  withheld: readonly WithheldOption[];
}>;

/** Variables of ours that are no options; commands that run as tasks find the later ones set. */
const OTHER_VARIABLES = ['WAGGLE_HOME', 'WAGGLE_INPUT', 'WAGGLE_OUTPUT', 'WAGGLE_RUN', 'WAGGLE_TASK', 'WAGGLE_ATTEMPT'];
/** `waggle.yaml` has these beside the groups of options. */
const OTHER_KEYS = ['agents', 'alerts', 'notifiers'];

/** What a reader of other descriptions may look for here: it is told, never passed over. */
const NOT_YET: Readonly<Record<string, string>> = {
  mcpServers: 'no agent uses MCP servers.',
  models: 'no agent uses a model.',
  permissions: 'no agent asks for permissions.',
  prices: 'no agent uses a model that costs anything.',
  server: 'there is no server for other machines; other processes of this machine take part by themselves.',
};
const NO_OPTIONS: Readonly<Record<string, string>> = {
  'communication.compression': 'Messages on one machine are not compressed.',
  'coordination.topology':
    'There is none to choose: one process leads, and tasks that may delegate lead their sub-tasks.',
  'memory.cacheSize': 'It is performance.cacheSize.',
  'memory.cacheTtlMs': 'It is performance.cacheTTL.',
  'monitoring.notifyCommands': 'Programs that are told of notices stand under notifiers.',
  'performance.maxBatch': 'It is communication.batchSize.',
};

/** Defaults < `waggle.yaml` < environment < flags. Rejects with `UserErrors`: all mistakes of all sources at once. */
export async function loadConfig(options: ConfigOptions): Promise<Config> {
  const file = await readConfigFile(options);
  const errors: UserError[] = [];
  const given = [...fromFile(file, errors), ...fromEnvironment(options, errors), ...fromFlags(options, errors)];
  const sections = readSections(options, file, errors);
  if (errors.length > 0) throw new UserErrors(errors);
  const granted = file === undefined || options.file !== undefined || (await isFileGranted(options, file));
  const { explained, withheld } = settled(given, { granted, cores: options.cores ?? availableParallelism() });
  const unmet = [...metricsProblems(explained, file), ...approvalProblems(explained), ...leaseProblems(explained)];
  if (unmet.length > 0) throw new UserErrors(unmet);
  const { agents, alerts, ofFile, own } = sections;
  if (!granted) withheld.push(...ofFile.map((one) => withheldNotifier(one, file)));
  const notifiers = granted ? ofFile.filter((one) => own.every(({ name }) => name !== one.name)) : [];
  return {
    options: toOptions(new Map(explained.map(({ name, value }) => [name, value]))),
    explained,
    agents,
    alerts,
    notifiers: [...notifiers, ...own],
    file: file === undefined ? undefined : { path: configPath(options), sha256: file.sha256, isGranted: granted },
    withheld,
  };
}

type Sections = Pick<Config, 'agents' | 'alerts'> &
  Readonly<{ ofFile: readonly NotifierSpec[]; own: readonly NotifierSpec[] }>;

/** What stands beside the options, in the file and given by a program. */
function readSections(options: ConfigOptions, file: YamlFile | undefined, errors: UserError[]): Sections {
  const inFile = file?.at ?? inProgram;
  const rules = [
    { given: sectionOf(file, 'alerts'), at: inFile },
    { given: options.alerts, at: inProgram },
  ];
  return {
    agents: agentsOf(file, errors),
    alerts: readAlerts(rules, errors),
    ofFile: readNotifiers(sectionOf(file, 'notifiers'), inFile, errors),
    own: readNotifiers(options.notifiers, inProgram, errors),
  };
}

/** The newest word on each option, and what has no effect without a grant. */
function settled(
  given: readonly ExplainedOption[],
  { granted, cores }: Readonly<{ granted: boolean; cores: number }>,
): Readonly<{ explained: readonly ExplainedOption[]; withheld: WithheldOption[] }> {
  const withheld: WithheldOption[] = [];
  const explained = new Map<string, ExplainedOption>();
  for (const [name, row] of OPTIONS) {
    explained.set(name, { name, row, value: defaultOf(row, cores), origin: { source: 'default', at: '' } });
  }
  for (const { name, row, value, origin } of given) {
    const isWithheld = row.needsGrant === true && origin.source === 'file' && !granted;
    if (isWithheld) withheld.push({ name, at: origin.at, value });
    else explained.set(name, { name, row, value, origin });
  }
  return { explained: [...explained.values()], withheld };
}

function inProgram(path: YamlPath): string {
  return path.join('.');
}

function withheldNotifier({ name, ...spec }: NotifierSpec, file: YamlFile | undefined): WithheldOption {
  const value = spec.kind === 'command' ? spec.argv : spec.url;
  return { name: `notifiers.${name}`, at: file?.at(['notifiers', name], 'key') ?? '', value };
}

/** What lives on figures, and was asked for although none are counted. */
function metricsProblems(explained: readonly ExplainedOption[], file: YamlFile | undefined): readonly UserError[] {
  const of = (name: string): ExplainedOption | undefined => explained.find((one) => one.name === `monitoring.${name}`);
  if (of('metricsEnabled')?.value !== 'off') return [];
  const asked = [of('tuning'), of('alertingEnabled')].filter(
    (one) => one !== undefined && one.value !== 'off' && one.origin.source !== 'default',
  );
  const named = asked.flatMap((one) => (one === undefined ? [] : [{ name: one.name, at: one.origin.at }]));
  const hasRules = of('alertingEnabled')?.value === 'on' && isRecord(sectionOf(file, 'alerts'));
  if (hasRules) named.push({ name: 'alerts', at: file?.at(['alerts'], 'key') ?? '' });
  return named.map(({ name, at }) => {
    const message = `"${name}" needs figures, and monitoring.metricsEnabled is off.`;
    const fix = `Write metricsEnabled: on, or ${name === 'alerts' ? 'alertingEnabled: off' : 'leave it out'}.`;
    return new UserError({ code: 'CONFIG_METRICS', at, message, fix });
  });
}

/** A vote that nobody can take part in. */
function approvalProblems(explained: readonly ExplainedOption[]): readonly UserError[] {
  const of = (wanted: string): ExplainedOption | undefined => explained.find(({ name }) => name === wanted);
  const tuning = of('monitoring.tuning');
  const approvers = of('coordination.approvers')?.value;
  if (tuning?.value !== 'vote' || (Array.isArray(approvers) && approvers.length > 0)) return [];
  const message = '"monitoring.tuning" is vote, and nobody has a vote.';
  const fix = 'Write who votes: coordination.approvers: [ann, ben].';
  return [new UserError({ code: 'CONFIG_APPROVERS', at: tuning.origin.at, message, fix })];
}

/** Hosts that cannot be heard in time would be lost again and again. */
function leaseProblems(explained: readonly ExplainedOption[]): readonly UserError[] {
  const of = (key: string): ExplainedOption | undefined =>
    explained.find(({ name }) => name === `faultTolerance.${key}`);
  const [lease, beat] = [of('hostLeaseMs'), of('hostHeartbeatMs')];
  if (typeof lease?.value !== 'number' || typeof beat?.value !== 'number' || 2 * beat.value <= lease.value) return [];
  const given = beat.origin.source === 'default' ? lease : beat;
  const [beatWords, leaseWords] = [showOption(beat.row, beat.value), showOption(lease.row, lease.value)];
  const message = `A host is heard every ${beatWords} and lost after ${leaseWords} of silence: it would be lost while it works.`;
  const fix = 'Make faultTolerance.hostHeartbeatMs a third of faultTolerance.hostLeaseMs, or half of it at most.';
  return [new UserError({ code: 'CONFIG_LEASE', at: given.origin.at, message, fix })];
}

function configPath({ root, file }: ConfigOptions): string {
  return file ?? join(root, CONFIG_FILE);
}

async function readConfigFile(options: ConfigOptions): Promise<YamlFile | undefined> {
  const path = configPath(options);
  if (options.file === undefined && !existsSync(path)) return undefined;
  // Most projects have no file: they do not wait for the parser.
  const { readYamlFile } = await import('./yaml-file.ts');
  return readYamlFile(path, options.file === undefined ? CONFIG_FILE : path).catch((error: unknown) => {
    // All commented out: the same as no file.
    if (error instanceof UserErrors && error.errors[0]?.code === 'YAML_EMPTY') return undefined;
    throw error;
  });
}

async function isFileGranted(options: ConfigOptions, file: YamlFile): Promise<boolean> {
  return isGranted(await readGrants(options.environment.home), configPath(options), file.sha256);
}

function* fromFile(file: YamlFile | undefined, errors: UserError[]): Iterable<ExplainedOption> {
  if (file === undefined) return;
  const known = [...OPTION_GROUPS, ...OTHER_KEYS];
  for (const [group, section] of entriesOf(file, [], errors)) {
    const later = Object.hasOwn(NOT_YET, group) ? NOT_YET[group] : undefined;
    if (later !== undefined) errors.push(notYet(group, later, file.at([group], 'key')));
    else if (!known.includes(group)) errors.push(unknown(group, known, file.at([group], 'key')));
    else if (!OTHER_KEYS.includes(group)) yield* fromGroup({ file, group, section }, errors);
  }
}

type Group = Readonly<{ file: YamlFile; group: string; section: unknown }>;

function* fromGroup({ file, group, section }: Group, errors: UserError[]): Iterable<ExplainedOption> {
  if (section === null) return; // a heading without keys
  const known = [...OPTIONS.keys()]
    .filter((name) => name.startsWith(`${group}.`))
    .map((name) => name.slice(group.length + 1));
  for (const [key, value] of entriesOf(file, [group], errors)) {
    const name = `${group}.${key}`;
    const row = OPTIONS.get(name);
    const why = Object.hasOwn(NO_OPTIONS, name) ? NO_OPTIONS[name] : undefined;
    if (why !== undefined) errors.push(noOption(name, why, file.at([group, key], 'key')));
    else if (row === undefined) errors.push(unknown(key, known, file.at([group, key], 'key')));
    else yield* read({ name, row, value, origin: { source: 'file', at: file.at([group, key]) } }, errors);
  }
}

function* fromEnvironment({ environment }: ConfigOptions, errors: UserError[]): Iterable<ExplainedOption> {
  const names = new Map([...OPTIONS.keys()].map((name) => [variableOf(name), name]));
  const known = [...names.keys(), 'WAGGLE_HOME'];
  const prefixes = OPTION_GROUPS.map((group) => `${variableOf(group)}_`);
  for (const [variable, value] of Object.entries(environment.variables)) {
    if (!variable.startsWith('WAGGLE_') || OTHER_VARIABLES.includes(variable)) continue;
    const name = names.get(variable);
    const row = name === undefined ? undefined : OPTIONS.get(name);
    if (name !== undefined && row !== undefined) {
      yield* read({ name, row, value, origin: { source: 'environment', at: variable } }, errors);
    } else if (prefixes.some((prefix) => variable.startsWith(prefix)) || nearestName(variable, known) !== undefined) {
      errors.push(unknown(variable, known, 'environment'));
    }
  }
}

function* fromFlags({ flags = {} }: ConfigOptions, errors: UserError[]): Iterable<ExplainedOption> {
  for (const [name, { value, flag }] of Object.entries(flags)) {
    const row = OPTIONS.get(name);
    if (row === undefined) errors.push(unknown(name, [...OPTIONS.keys()], flag));
    else yield* read({ name, row, value, origin: { source: 'flag', at: flag } }, errors);
  }
}

function* read(
  given: ExplainedOption | (Omit<ExplainedOption, 'value'> & Readonly<{ value: unknown }>),
  errors: UserError[],
): Iterable<ExplainedOption> {
  const { name, row, origin } = given;
  const result = readOption(name, row, given.value);
  if (result.ok) yield { name, row, value: result.value, origin };
  else errors.push(new UserError({ code: 'CONFIG_VALUE', at: origin.at, message: result.message, fix: result.fix }));
}

function agentsOf(file: YamlFile | undefined, errors: UserError[]): Readonly<Record<string, AgentGroupDefinition>> {
  const agents = sectionOf(file, 'agents');
  if (file === undefined || agents === undefined || agents === null) return {};
  const result = agentGroupsSchema.safeParse(agents);
  const found = result.success ? checkAgentGroups(result.data) : schemaFindings(agentGroupsSchema, agents, 'CONFIG');
  for (const { code, path, target, message, fix } of found) {
    errors.push(new UserError({ code, at: file.at(['agents', ...path], target), message, fix }));
  }
  return result.success ? result.data : {};
}

function sectionOf(file: YamlFile | undefined, key: string): unknown {
  return file === undefined ? undefined : entriesOf(file, [], []).find(([name]) => name === key)?.[1];
}

function entriesOf(file: YamlFile, path: readonly string[], errors: UserError[]): readonly [string, unknown][] {
  let value = file.value;
  for (const step of path) value = isRecord(value) ? value[step] : undefined;
  if (isRecord(value)) return Object.entries(value);
  const what = path.length === 0 ? 'The file' : `"${path.join('.')}"`;
  const message = `${what} must be a group of keys with values.`;
  errors.push(new UserError({ code: 'CONFIG_VALUE', at: file.at(path), message, fix: 'Write "key: value" lines.' }));
  return [];
}

function unknown(name: string, known: readonly string[], at: string): UserError {
  const near = nearestName(name, known);
  const fix = near === undefined ? `Known are: ${known.join(', ')}.` : `Did you mean "${near}"?`;
  return new UserError({ code: 'CONFIG_UNKNOWN', at, message: `"${name}" is not known.`, fix });
}

function notYet(name: string, why: string, at: string): UserError {
  const message = `"${name}" is not available yet in this version: ${why}`;
  return new UserError({ code: 'CONFIG_NOT_YET', at, message, fix: 'Leave it out.' });
}

function noOption(name: string, why: string, at: string): UserError {
  return new UserError({ code: 'CONFIG_UNKNOWN', at, message: `"${name}" is no option.`, fix: why });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
