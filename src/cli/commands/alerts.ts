import { type AlertEpisode, alertHistory, type AlertRule } from '../../app/views.ts';
import type { Project } from '../../app/project.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { duration, when } from '../render/format.ts';
import type { Style } from '../render/style.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';

/** `waggle alerts list` */
export function alertsList(cli: Cli): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const open = openOnes(project);
    const rules = rulesOf(project);
    for (const rule of rules) {
      const own = open.filter((one) => one.rule === rule.name);
      cli.out.json({ type: 'rule', ...ruleData(rule), state: stateOf(own), alerts: own.map(episodeData) });
    }
    cli.out.result(...ruleTable(rules, open, cli));
    for (const one of open) cli.out.say(...episodeLines(one));
    return EXIT.ok;
  });
}

/** `waggle alerts show` */
export function alertsShow(cli: Cli, name: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const rules = rulesOf(project);
    const rule = rules.find((one) => one.name === name);
    const past = historyOf(project).filter((one) => one.rule === name || one.key === name);
    if (rule === undefined && past.length === 0) throw unknown(name, rules);
    if (rule !== undefined) cli.out.json({ type: 'rule', ...ruleData(rule), alerts: past.map(episodeData) });
    else for (const one of past) cli.out.json({ type: 'alert', ...episodeData(one) });
    cli.out.result(...(rule === undefined ? [] : ruleLines(rule)), ...past.slice(0, 10).flatMap(episodeLines));
    if (past.length === 0) cli.out.say('It has never fired.');
    return EXIT.ok;
  });
}

/** `waggle alerts history` */
export function alertsHistory(cli: Cli, options: Readonly<{ limit: number }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const shown = historyOf(project).slice(0, options.limit);
    for (const one of shown) cli.out.json({ type: 'alert', ...episodeData(one) });
    if (shown.length === 0) cli.out.result('No alert so far.');
    else cli.out.result(...historyTable(shown, cli));
    return EXIT.ok;
  });
}

/** Rules as the configuration of now has them: what the process that leads watches since it began to lead. */
function rulesOf({ config }: Project): readonly AlertRule[] {
  return config.options.monitoring.alertingEnabled === 'on' ? config.alerts : [];
}

function historyOf(project: Project): readonly AlertEpisode[] {
  const archive = project.archive();
  return archive === undefined ? [] : alertHistory(archive);
}

function openOnes(project: Project): readonly AlertEpisode[] {
  return historyOf(project).filter(({ state }) => state === 'pending' || state === 'firing');
}

function stateOf(alerts: readonly AlertEpisode[]): 'inactive' | 'pending' | 'firing' {
  if (alerts.some(({ state }) => state === 'firing')) return 'firing';
  return alerts.length === 0 ? 'inactive' : 'pending';
}

function ruleData({ name, condition, forMs, severity, description, actions }: AlertRule): object {
  return { rule: name, condition, forMs, severity, description, actions };
}

function episodeData({ key, agentId, ...rest }: AlertEpisode): object {
  return { alert: key, agent: agentId, ...rest };
}

function ruleTable(rules: readonly AlertRule[], open: readonly AlertEpisode[], { out }: Cli): readonly string[] {
  if (rules.length === 0) return ['No rules are watched.'];
  const states = rules.map(({ name }) => stateOf(open.filter(({ rule }) => rule === name)));
  const rows = rules.map(({ name, severity, condition, forMs }, index) => [
    visible(name),
    states[index] ?? '',
    severity,
    `${visible(condition)}${forMs === 0 ? '' : ` for ${duration(forMs)}`}`,
  ]);
  const paint = (text: string, row: number): string => colourOf(states[row] ?? '', out.style)(text);
  const heads = [
    { title: 'rule', least: 12 },
    { title: 'state', paint },
    { title: 'severity' },
    { title: 'condition', least: 12 },
  ];
  return table(heads, rows, out.columns);
}

function historyTable(shown: readonly AlertEpisode[], { out }: Cli): readonly string[] {
  const nowMs = Date.now();
  const rows = shown.map((one) => [
    visible(one.key),
    one.state,
    when(one.firedAtMs ?? one.beganAtMs, nowMs),
    one.endedAtMs === undefined ? '' : duration(one.endedAtMs - one.beganAtMs),
    one.figure === null ? '' : figureText(one.figure),
    one.actions.map(({ action, outcome }) => `${action} ${outcome}`).join(', '),
  ]);
  const paint = (text: string, row: number): string => colourOf(shown[row]?.state ?? '', out.style)(text);
  const heads = [
    { title: 'alert', least: 12 },
    { title: 'state', paint },
    { title: 'began' },
    { title: 'lasted', align: 'right' },
    { title: 'figure', align: 'right' },
    { title: 'actions', least: 8 },
  ] as const;
  return table(heads, rows, out.columns);
}

function colourOf(state: string, style: Style): (text: string) => string {
  if (state === 'firing') return style.red;
  return state === 'pending' ? style.yellow : (text) => text;
}

function ruleLines(rule: AlertRule): readonly string[] {
  return [
    visible(rule.name),
    `  ${visible(rule.description)}`,
    `  condition  ${visible(rule.condition)}`,
    `  for        ${duration(rule.forMs)}`,
    `  severity   ${rule.severity}`,
    `  actions    ${rule.actions.length === 0 ? 'none' : rule.actions.join(', ')}`,
    '',
  ];
}

function episodeLines(one: AlertEpisode): readonly string[] {
  const nowMs = Date.now();
  const figure = one.figure === null ? '' : `, ${figureText(one.figure)}`;
  const end = one.endedAtMs === undefined ? '' : `, over ${when(one.endedAtMs, nowMs)}`;
  return [
    `${visible(one.key)}: ${one.state} since ${when(one.firedAtMs ?? one.beganAtMs, nowMs)}${figure}${end}`,
    ...one.actions.map(({ action, outcome, detail }) => `  ${action} ${outcome}: ${visible(detail)}`),
  ];
}

function figureText(figure: number): string {
  return Number.isInteger(figure) ? String(figure) : figure.toFixed(3);
}

function unknown(name: string, rules: readonly AlertRule[]): Error {
  const near = nearestName(
    name,
    rules.map((rule) => rule.name),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return userError({
    code: 'ALERT_UNKNOWN',
    message: `There is no alert "${name}".`,
    fix: `See: waggle alerts list.${hint}`,
  });
}
