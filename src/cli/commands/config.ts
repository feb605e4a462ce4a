import type { ExplainedOption } from '../../config/load-config.ts';
import type { OptionRow } from '../../config/option-row.ts';
import { showOption } from '../../config/option-value.ts';
import { defaultOf, OPTIONS, type OptionValue, variableOf } from '../../config/options.ts';
import { formatBytes } from '../../util/bytes.ts';
import { formatDuration } from '../../util/duration.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { userError } from '../../util/user-error.ts';
import { type SettingChange, settingsNow } from '../../app/views.ts';
import type { Project } from '../../app/project.ts';
import { withProject } from '../with-project.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { projectConfig } from '../project-config.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { visible, wrap } from '../render/text.ts';

/** An option with its value of now. */
type ShownOption = Omit<ExplainedOption, 'origin'> & Readonly<{ origin: Readonly<{ source: string; at: string }> }>;

/** `waggle config show` */
export async function configShow(cli: Cli, options: Readonly<{ changed?: true }>): Promise<ExitCode> {
  const { config } = await projectConfig(cli);
  const live = await withProject(cli, async (project) => liveChanges(project));
  const explained = config.explained.map((option) => withChange(option, live.get(option.name)));
  const shown = explained.filter(({ origin }) => options.changed !== true || origin.source !== 'default');
  for (const { name, value, origin } of shown) cli.out.json({ type: 'option', name, value: value ?? null, origin });
  if (shown.length === 0) cli.out.result('Every option has its default.');
  else cli.out.result(...optionTable(shown, cli.out.columns));
  for (const { name, at } of config.withheld) {
    cli.out.warn(`${visible(at)}: ${name} has no effect before you agree to it: waggle trust list`);
  }
  return EXIT.ok;
}

/** `waggle config explain` */
export async function configExplain(cli: Cli, name: string): Promise<ExitCode> {
  const { config } = await projectConfig(cli);
  const full = optionNamed(name);
  const configured = config.explained.find((one) => one.name === full);
  if (configured === undefined) throw unknown(name);
  const live = await withProject(cli, async (project) => liveChanges(project));
  const option = withChange(configured, live.get(full));
  const { row, value, origin } = option;
  cli.out.json({
    type: 'option',
    name: option.name,
    value: value ?? null,
    origin,
    variable: variableOf(option.name),
    row,
  });
  cli.out.result(...explainLines(option, cli.out.style, Math.min(cli.out.columns, 100)));
  return EXIT.ok;
}

function liveChanges(project: Project): ReadonlyMap<string, SettingChange> {
  const archive = project.archive();
  return archive === undefined ? new Map() : settingsNow(archive);
}

/** A change holds as long as the configuration says what it said then. */
function withChange(option: ShownOption, change: SettingChange | undefined): ShownOption {
  if (change === undefined || change.configured !== option.value) return option;
  return { ...option, value: change.value, origin: { source: 'live', at: `changed by ${change.by}` } };
}

/** The whole name of an option: `maxAgents` alone is enough where only one group has it. */
export function optionNamed(name: string): string {
  const found = [...OPTIONS.keys()].filter((known) => known === name || known.endsWith(`.${name}`));
  const [only] = found;
  if (only === undefined || found.length > 1) throw unknown(name);
  return only;
}

function unknown(name: string): Error {
  const names = [...OPTIONS.keys()];
  const near =
    nearestName(name, names) ??
    nearestName(
      name,
      names.map((known) => known.slice(known.indexOf('.') + 1)),
    );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `There is no option "${name}".`;
  return userError({ code: 'CONFIG_UNKNOWN', message, fix: `See: waggle config show.${hint}` });
}

function optionTable(options: readonly ShownOption[], columns: number): readonly string[] {
  const rows = options.map(({ name, row, value, origin }) => [
    name,
    visible(valueWords(row, value)),
    origin.source === 'default' ? '' : visible(origin.at),
  ]);
  return table([{ title: 'option' }, { title: 'value', least: 8 }, { title: 'set in' }], rows, columns);
}

function explainLines({ name, row, value, origin }: ShownOption, style: Style, columns: number): readonly string[] {
  const from =
    origin.source === 'default' ? 'the default' : `${origin.source === 'live' ? '' : 'from '}${visible(origin.at)}`;
  const lines = [
    style.bold(name),
    ...wrap(row.effect, columns - 2).map((text) => `  ${text}`),
    '',
    `  value     ${visible(valueWords(row, value))} (${from})`,
    `  default   ${row.default === 'cores' ? 'as many as processor cores' : valueWords(row, defaultOf(row, 1))}`,
    `  may be    ${rangeWords(row)}`,
    ...wrap(appliesWords(row), columns - 12).map((text, at) => `  ${at === 0 ? 'applies   ' : ' '.repeat(10)}${text}`),
    `  variable  ${variableOf(name)}`,
  ];
  if (row.needsGrant === true) lines.push('  trust     in a project file it needs your agreement: waggle trust');
  return [...lines, '', ...wrap(`Why: ${row.reason}`, columns - 2).map((text) => `  ${text}`)];
}

function appliesWords({ applies }: OptionRow): string {
  if (applies === 'run') return 'to runs submitted from then on';
  return `when the leading process starts next${applies === 'live' ? ', or at once: waggle config set' : ''}`;
}

function valueWords(row: OptionRow, value: OptionValue): string {
  if (value === undefined) return 'unlimited';
  if (typeof value === 'number') return amountWords(row, value);
  if (row.type === 'amounts' || typeof value === 'string') return showOption(row, value);
  return Array.isArray(value) && value.length === 0 ? 'none' : JSON.stringify(value);
}

function amountWords(row: OptionRow, amount: number): string {
  if (row.type === 'duration') return formatDuration(amount);
  return row.type === 'bytes' ? formatBytes(amount) : String(amount);
}

function rangeWords(row: OptionRow): string {
  if (row.type === 'choice') return row.choices.join(', ');
  if (row.type === 'hosts') return `at most ${row.most} hosts with their port`;
  if (row.type === 'amounts') return 'cpu, memory, storage, network, each unlimited unless given';
  if (row.type === 'people') return `at most ${row.most} names of people`;
  if (row.type === 'names') return `at most ${row.most} names of environment variables`;
  if (row.type === 'commands') return `at most ${row.most} commands, each a list of program and arguments`;
  const unit = row.type === 'count' ? ` ${row.unit}` : '';
  return `${amountWords(row, row.min)} to ${amountWords(row, row.max)}${unit}`;
}
