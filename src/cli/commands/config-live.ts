import { userName } from '../../config/environment.ts';
import { readOption, showOption } from '../../config/option-value.ts';
import { OPTIONS } from '../../config/options.ts';
import { type SettingChange, settingHistory, tuningHistory, type TuningTrial } from '../../app/views.ts';
import type { LocalCommand } from '../../app/coordinator.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Refused } from '../refused.ts';
import { when } from '../render/format.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';
import { optionNamed } from './config.ts';

/** Who changes an option from a command line. */
const whoAsks = (): string => `user:${userName()}`;

/** `waggle config set` */
export async function configSet(cli: Cli, name: string, given: string): Promise<ExitCode> {
  const full = liveName(name);
  const row = OPTIONS.get(full);
  if (row === undefined) throw notLive(full);
  const read = readOption(full, row, given);
  if (!read.ok) {
    throw userError({ code: 'CONFIG_VALUE', message: read.message, fix: read.fix });
  }
  const { value } = read;
  if (typeof value !== 'number' && typeof value !== 'string') throw notLive(full);
  return change(
    cli,
    { type: 'config.set', name: full, value, by: whoAsks() },
    `${full} is ${showOption(row, value)} from now on.`,
  );
}

/** `waggle config reset` */
export async function configReset(cli: Cli, name: string): Promise<ExitCode> {
  const full = liveName(name);
  return change(
    cli,
    { type: 'config.reset', name: full, by: whoAsks() },
    `${full} is what the configuration says again.`,
  );
}

/** `waggle config changes` */
export function configChanges(cli: Cli, options: Readonly<{ limit: number }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = project.archive();
    const changes = archive === undefined ? [] : settingHistory(archive, options.limit);
    for (const one of changes) cli.out.json({ type: 'change', ...one });
    if (changes.length === 0) cli.out.result('No option was changed while somebody led.');
    else cli.out.result(...changeTable(changes, cli.out.columns));
    return EXIT.ok;
  });
}

/** `waggle config tuning` */
export function configTuning(cli: Cli, options: Readonly<{ limit: number }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = project.archive();
    const trials = archive === undefined ? [] : tuningHistory(archive, options.limit);
    for (const one of trials) cli.out.json({ type: 'trial', ...one });
    if (trials.length > 0) cli.out.result(...trialTable(trials, cli.out.columns));
    else cli.out.result('Nothing was tuned. To let Waggle try: monitoring.tuning: on');
    return EXIT.ok;
  });
}

function trialTable(trials: readonly TuningTrial[], columns: number): readonly string[] {
  const nowMs = Date.now();
  const rows = trials.map(({ atMs, bottleneck, option, from, to, figure, after, forecast, outcome }) => [
    when(atMs, nowMs),
    bottleneck,
    visible(`${option} ${from} to ${to}`),
    forecast,
    outcome,
    after === undefined || after === null ? rounded(figure) : `${rounded(figure)} to ${rounded(after)}`,
  ]);
  const titles = ['when', 'bottleneck', 'change', 'forecast', 'outcome', 'figure'];
  return table(
    titles.map((title) => ({ title, ...(title === 'change' ? { least: 12 } : {}) })),
    rows,
    columns,
  );
}

function rounded(figure: number): string {
  return Number.isInteger(figure) ? String(figure) : figure.toFixed(2);
}

function change(cli: Cli, input: LocalCommand, done: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const coordinator = await project.connect({ isBrief: true, onTrouble: (text) => cli.out.warn(visible(text)) });
    const answer = await coordinator.command(input);
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.json(input);
    cli.out.result(done);
    return EXIT.ok;
  });
}

function changeTable(changes: readonly SettingChange[], columns: number): readonly string[] {
  const nowMs = Date.now();
  const rows = changes.map(({ name, before, value, cause, by, atMs }) => {
    const row = OPTIONS.get(name);
    const shown = (one: number | string): string => (row === undefined ? String(one) : showOption(row, one));
    return [when(atMs, nowMs), visible(name), visible(shown(before)), visible(shown(value)), cause, visible(by)];
  });
  const heads = [
    { title: 'when' },
    { title: 'option', least: 12 },
    { title: 'from' },
    { title: 'to' },
    { title: 'why' },
    { title: 'by' },
  ];
  return table(heads, rows, columns);
}

function liveName(name: string): string {
  const full = optionNamed(name);
  if (OPTIONS.get(full)?.applies !== 'live') throw notLive(full);
  return full;
}

function notLive(name: string): Error {
  const message = `${name} takes effect at a start or for new runs, not at once.`;
  return userError({ code: 'CONFIG_NOT_LIVE', message, fix: 'Write it into waggle.yaml, or give it as a flag.' });
}
