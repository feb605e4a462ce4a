import { z } from 'zod';
import {
  ALERT_ACTIONS,
  ALERT_LIMITS,
  type AlertRule,
  type AlertRuleSpec,
  DEFAULT_ALERTS,
  readAlertRule,
  SEVERITIES,
} from '../core/alerts/alert-rule.ts';
import { CONDITION_LIMITS } from '../core/alerts/parse-condition.ts';
import { DURATION_PATTERN, parseDuration } from '../util/duration.ts';
import { UserError } from '../util/user-error.ts';
import type { Finding } from '../workflows/diagnostics.ts';
import { schemaFindings } from '../workflows/schema-problems.ts';
import type { YamlFile } from './yaml-file.ts';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
  .meta({ what: 'a name', fix: 'Use letters, digits, "_" and "-", at most 64, a letter or digit first.' });

const rule = z.strictObject({
  enabled: z.boolean().exactOptional().meta({ description: 'false: the rule is not watched. Default true.' }),
  condition: z
    .string()
    .max(CONDITION_LIMITS.characters)
    .exactOptional()
    .meta({ description: 'When it fires: docs/guides/alerts.md. A built-in rule has one already.' }),
  for: z
    .string()
    .regex(DURATION_PATTERN)
    .meta({ what: 'a number with a unit', fix: 'Write for example 30s or 5m.' })
    .exactOptional()
    .meta({ description: 'How long the condition must hold before it fires. Default 0s.' }),
  severity: z.enum(SEVERITIES).exactOptional().meta({ description: 'Default warning.' }),
  description: z
    .string()
    .max(ALERT_LIMITS.description)
    .exactOptional()
    .meta({ description: 'For people. Default: the condition.' }),
  actions: z
    .array(z.enum(ALERT_ACTIONS))
    .max(ALERT_ACTIONS.length)
    .exactOptional()
    .meta({ description: 'What is done by itself when it fires, in this order. Default: people are told.' }),
});

/** `alerts:` of `waggle.yaml`: rules by name. A built-in rule of the same name is changed by the keys that are given. */
export const alertsSchema: z.ZodType<AlertsGiven> = z
  .record(name, rule)
  .meta({ description: 'Rules of alerts by name; built-in ones of the same name are changed key by key.' });

type RuleGiven = Readonly<{
  enabled?: boolean;
  condition?: string;
  for?: string;
  severity?: AlertRuleSpec['severity'];
  description?: string;
  actions?: AlertRuleSpec['actions'];
}>;
export type AlertsGiven = Readonly<Record<string, RuleGiven>>;

/** Where rules come from: a section, and how a place in it is told. */
export type AlertSource = Readonly<{ given: unknown; at: YamlFile['at'] }>;

/**
 * The rules that are watched: the built-in ones as the sources change them, then the others. A later source wins, key by
 * key. All mistakes go to `errors`.
 */
export function readAlerts(sources: readonly AlertSource[], errors: UserError[]): readonly AlertRule[] {
  const read = sources.flatMap(({ given, at }) => {
    if (given === undefined || given === null) return [];
    const parsed = alertsSchema.safeParse(given);
    if (!parsed.success) tell(schemaFindings(alertsSchema, given, 'CONFIG'), at, errors);
    return [{ given: parsed.success ? parsed.data : wellFormed(given), at }];
  });
  const { rules, findings } = alertsFrom(read.reduce((before, { given }) => merged(before, given), {}));
  for (const finding of findings) {
    const source = read.findLast(({ given }) => Object.hasOwn(given, String(finding.path[0]))) ?? read.at(-1);
    if (source !== undefined) tell([finding], source.at, errors);
  }
  return rules;
}

/** The rules that can be read: what is wrong with the others was told. */
function wellFormed(given: unknown): AlertsGiven {
  const rules: readonly (readonly [string, unknown])[] =
    typeof given === 'object' && given !== null ? Object.entries({ ...given }) : [];
  return Object.fromEntries(
    rules.flatMap(([one, content]) => {
      const parsed = alertsSchema.safeParse({ [one]: content });
      return parsed.success ? Object.entries(parsed.data) : [];
    }),
  );
}

function merged(before: AlertsGiven, after: AlertsGiven): AlertsGiven {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(names.map((one) => [one, { ...before[one], ...after[one] }]));
}

function tell(findings: readonly Finding[], at: YamlFile['at'], errors: UserError[]): void {
  for (const { code, path, target, offset, message, fix } of findings) {
    errors.push(new UserError({ code, at: at(['alerts', ...path], target, offset), message, fix }));
  }
}

type Rules = Readonly<{ rules: readonly AlertRule[]; findings: readonly Finding[] }>;

function alertsFrom(given: AlertsGiven): Rules {
  const rules: AlertRule[] = [];
  const findings: Finding[] = [];
  const builtIn = new Map(DEFAULT_ALERTS.map((one) => [one.name, one]));
  for (const one of new Set([...builtIn.keys(), ...Object.keys(given)])) {
    const asked = Object.hasOwn(given, one) ? given[one] : undefined;
    if (asked?.enabled === false) continue;
    const known = builtIn.get(one);
    if (asked === undefined && known !== undefined) rules.push(known);
    else readOne(one, { asked: asked ?? {}, known }, { rules, findings });
  }
  if (rules.length > ALERT_LIMITS.rules) {
    const message = `There are ${rules.length} rules, but ${ALERT_LIMITS.rules} is the most.`;
    findings.push({ code: 'CONFIG_LIMIT', path: [], message, fix: 'Remove some.' });
  }
  return { rules, findings };
}

function readOne(
  one: string,
  { asked, known }: Readonly<{ asked: RuleGiven; known: AlertRule | undefined }>,
  { rules, findings }: Readonly<{ rules: AlertRule[]; findings: Finding[] }>,
): void {
  const condition = asked.condition ?? known?.condition;
  if (condition === undefined) {
    const fix = 'Write one: condition: "task_failure_rate > 0.2".';
    findings.push({ code: 'CONFIG_VALUE', path: [one], message: `The rule "${one}" has no condition.`, fix });
    return;
  }
  const read = readAlertRule(specOf(one, condition, asked, known));
  if (read.ok) rules.push(read.rule);
  else
    findings.push(
      ...read.problems.map(({ key, offset, message, fix }): Finding => placed(one, { key, offset, message, fix })),
    );
}

/** What `asked` says, else what the built-in rule says. */
function specOf(one: string, condition: string, asked: RuleGiven, known: AlertRule | undefined): AlertRuleSpec {
  const base = known ?? PLAIN;
  return {
    name: one,
    condition,
    forMs: parseDuration(asked.for ?? '') ?? base.forMs,
    severity: asked.severity ?? base.severity,
    description: asked.description ?? wordsOf(asked, known) ?? condition,
    actions: asked.actions ?? base.actions,
  };
}

const PLAIN: Pick<AlertRule, 'forMs' | 'severity' | 'actions'> = { forMs: 0, severity: 'warning', actions: [] };

/** The words of a built-in rule do not fit another condition. */
function wordsOf({ condition }: RuleGiven, known: AlertRule | undefined): string | undefined {
  return condition === undefined ? known?.description : undefined;
}

function placed(
  one: string,
  problem: Readonly<{ key: string; offset: number | undefined; message: string; fix: string }>,
): Finding {
  const { key, offset, message, fix } = problem;
  const path = key === 'name' ? [one] : [one, key === 'forMs' ? 'for' : key];
  return { code: 'CONFIG_ALERT', path, message, fix, ...(offset === undefined ? {} : { offset }) };
}
