import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { VARIABLE_PATTERN } from '../core/expressions/parse-reference.ts';
import { type Severity, SEVERITIES } from '../core/alerts/alert-rule.ts';
import { UserError } from '../util/user-error.ts';
import { schemaFindings } from '../workflows/schema-problems.ts';
import type { YamlFile } from './yaml-file.ts';

/** Where notices go, besides the log. */
export type NotifierSpec = Readonly<{ name: string; atLeast: Severity }> &
  (
    | Readonly<{ kind: 'command'; argv: readonly string[] }>
    | Readonly<{ kind: 'webhook'; url: string; secret: SecretSource }>
  );

/** Names where the secret is; the secret itself stands in no configuration. */
export type SecretSource = Readonly<{ variable: string }> | Readonly<{ file: string }>;

/** As they are written, by name. */
export type NotifiersGiven = Readonly<Record<string, NotifierGiven>>;
type NotifierGiven = Readonly<{
  command?: readonly string[];
  webhook?: string;
  secretFrom?: string;
  secretFile?: string;
  atLeast?: Severity;
}>;

const MOST = 20;
const MOST_URL = 2_000;

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
  .meta({ what: 'a name', fix: 'Use letters, digits, "_" and "-", at most 64, a letter or digit first.' });

const notifier = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .max(100)
    .exactOptional()
    .meta({ description: 'A program with its arguments; the notice stands on its stdin as JSON. No shell.' }),
  webhook: z
    .string()
    .max(MOST_URL)
    .exactOptional()
    .meta({ description: 'https://…: the notice is posted there as JSON, signed. It needs a secret.' }),
  secretFrom: z.string().regex(VARIABLE_PATTERN).exactOptional().meta({
    what: 'the name of a variable',
    fix: 'Write for example HOOK_SECRET.',
    description: 'Variable that holds the secret of a webhook.',
  }),
  secretFile: z
    .string()
    .exactOptional()
    .meta({ description: 'Absolute path of a file that holds the secret of a webhook.' }),
  atLeast: z
    .enum(SEVERITIES)
    .exactOptional()
    .meta({ description: 'Quieter notices do not go there. Default info: all.' }),
});

/** `notifiers:` of `waggle.yaml`. */
export const notifiersSchema: z.ZodType<NotifiersGiven> = z.record(name, notifier).meta({
  description:
    'Who is told of alerts, lost agents and open breakers, besides the log. In a repository they count only after "waggle trust grant".',
});

/** What is wrong, and where below `notifiers`. */
type Problem = Readonly<{ path: readonly string[]; message: string; fix: string }>;

/** Those of one source. All mistakes go to `errors`. */
export function readNotifiers(given: unknown, at: YamlFile['at'], errors: UserError[]): readonly NotifierSpec[] {
  if (given === undefined || given === null) return [];
  const parsed = notifiersSchema.safeParse(given);
  if (!parsed.success) {
    for (const { code, path, target, message, fix } of schemaFindings(notifiersSchema, given, 'CONFIG')) {
      errors.push(new UserError({ code, at: at(['notifiers', ...path], target), message, fix }));
    }
    return [];
  }
  const entries = Object.entries(parsed.data);
  const problems = entries.flatMap(([key, one]) => problemOf(key, one) ?? []);
  if (entries.length > MOST) {
    const message = `There are ${entries.length} notifiers, but ${MOST} is the most.`;
    problems.push({ path: [], message, fix: 'Remove some.' });
  }
  for (const { path, message, fix } of problems) {
    errors.push(new UserError({ code: 'CONFIG_NOTIFIER', at: at(['notifiers', ...path]), message, fix }));
  }
  return problems.length > 0 ? [] : entries.map(([key, one]) => specOf(key, one));
}

function problemOf(key: string, { command, webhook, secretFrom, secretFile }: NotifierGiven): Problem | undefined {
  const wrong = (message: string, fix: string, path: readonly string[] = [key]): Problem => ({ path, message, fix });
  if ((command === undefined) === (webhook === undefined)) {
    return wrong(
      `The notifier "${key}" must have one of command and webhook.`,
      'Write command: [program] or webhook: https://…',
    );
  }
  const secrets = [secretFrom, secretFile].filter((one) => one !== undefined).length;
  if (webhook === undefined) {
    return secrets === 0
      ? undefined
      : wrong(`The notifier "${key}" is a program: nothing is signed for it.`, 'Leave the secret out.');
  }
  if (secrets !== 1) {
    const fix = 'Write secretFrom: HOOK_SECRET, or secretFile: /etc/waggle/hook.key';
    return wrong(`The webhook "${key}" must have one secret, so that its receiver knows who sends.`, fix);
  }
  if (secretFile !== undefined && !isAbsolute(secretFile)) {
    return wrong(`"${secretFile}" is no absolute path.`, 'Write it from the root: /etc/waggle/hook.key', [
      key,
      'secretFile',
    ]);
  }
  const why = whyNoUrl(webhook);
  return why === undefined
    ? undefined
    : wrong(`The webhook "${key}" ${why}.`, 'Write https://host/path', [key, 'webhook']);
}

function whyNoUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is no address';
  const { protocol, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return `is ${protocol} and not https:`;
  if (username !== '' || password !== '') return 'holds a name or a password';
  return hash === '' ? undefined : 'has a part after "#", which is never sent';
}

function specOf(
  key: string,
  { command, webhook = '', secretFrom = '', secretFile, atLeast = 'info' }: NotifierGiven,
): NotifierSpec {
  if (command !== undefined) return { name: key, atLeast, kind: 'command', argv: command };
  const secret = secretFile === undefined ? { variable: secretFrom } : { file: secretFile };
  return { name: key, atLeast, kind: 'webhook', url: webhook, secret };
}
