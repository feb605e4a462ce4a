import { MAX_TOPIC_CHARS, TOPIC_PATTERN } from '../core/messaging/topics.ts';
import { z } from 'zod';
import { FIELD_PATTERN, VARIABLE_PATTERN } from '../core/expressions/parse-reference.ts';
import { NAME_PATTERN } from '../core/ids.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { BYTES_PATTERN } from '../util/bytes.ts';
import { DURATION_PATTERN } from '../util/duration.ts';
import { MONEY_PATTERN } from './amounts.ts';
import type { AgentGroupDefinition, WorkflowDefinition } from './definition.ts';

/** `what` completes "must be …"; `fix` is one sentence. Both are for messages and stay out of the JSON Schema. */
type Words = Readonly<{ what: string; fix: string }>;

/** Deeper values are refused. */
const DEEPEST_JSON = 64;

const words = (what: string, fix: string): Words => ({ what, fix });
const QUOTES = 'Put it in quotes: YAML reads it as something else.';

const text = z.string().max(65_536).meta(words('a text', QUOTES));
const word = z.string().min(1).max(32_768).meta(words('a text', QUOTES));
const argv = z
  .array(word)
  .min(1)
  .max(1_000)
  .meta(words('a list of words', 'Write the program and its arguments as a list: [npm, test].'));
const duration = z
  .string()
  .regex(DURATION_PATTERN)
  .meta(words('a number with a unit', 'Write for example 500ms, 10s, 30m or 2h.'));
const bytes = z
  .string()
  .regex(BYTES_PATTERN)
  .meta(words('a size with a unit', 'Write for example 64KiB, 512MiB or 2GB.'));
const money = z.string().regex(MONEY_PATTERN).meta(words('an amount in USD', 'Write for example 2 USD or 0.50 USD.'));
const scalar = z
  .union([z.string().max(1_024), z.number(), z.boolean()])
  .meta(words('a text, a number or true/false', 'Write one plain value.'));
const name = z
  .string()
  .regex(NAME_PATTERN)
  .meta(words('a name', 'Use up to 64 letters, digits, ".", "_" and "-", starting with a letter or digit.'));
const field = z
  .string()
  .regex(FIELD_PATTERN)
  .meta(words('a name', 'Use up to 64 letters, digits, "_" and "-", starting with a letter.'));
const variable = z
  .string()
  .regex(VARIABLE_PATTERN)
  .meta(words('a name of an environment variable', 'Use letters, digits and "_", starting with a letter.'));
const capability = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
  .meta(words('a capability', 'Use letters, digits, ".", "_", ":" and "-".'));
const capabilities = z.array(capability).max(100).meta(words('a list of capabilities', 'Write for example [build].'));
const count = (most: number): z.ZodInt => z.int().min(1).max(most);

const expression = z.string().max(1_024).meta(words('an expression', "Write for example inputs.version != ''."));

const env = z.record(variable, text).meta({
  description: 'Environment variables of the commands. They are kept in the journal: no secrets here, use envFrom.',
});
const envFrom = z
  .array(variable)
  .max(100)
  .meta({
    ...words('a list of names', 'Write for example [NPM_TOKEN].'),
    description:
      'Names of environment variables to pass on. Their values are never kept, and are hidden in the output.',
  });
const cwd = word.meta({ description: 'Folder to run in, relative to the project.' });
const priority = z.enum(['critical', 'high', 'normal', 'low']).meta({
  description: 'Which of the tasks that could start goes first. Waiting raises a task by one class every 5 minutes.',
});

const retry = z
  .strictObject({
    maxAttempts: count(20).exactOptional().meta({ description: 'Attempts in all, the first one included. Default 3.' }),
    firstDelay: duration
      .exactOptional()
      .meta({ description: 'Wait before the second attempt; doubles each time. Default 1s.' }),
    maxDelay: duration.exactOptional().meta({ description: 'The longest wait between two attempts. Default 5m.' }),
    nonRetryable: z
      .array(z.string().max(64))
      .max(50)
      .exactOptional()
      .meta({ description: 'Failure reasons that are final at once, such as exit-non-zero or timed-out.' }),
  })
  .meta({ description: 'What happens after an attempt failed.' });

const timeout = duration.meta({ description: 'When an attempt is ended that does not end by itself. Default 1h.' });

const defaults = z
  .strictObject({
    timeout: timeout.exactOptional(),
    retry: retry.exactOptional(),
    env: env.exactOptional(),
    envFrom: envFrom.exactOptional(),
    cwd: cwd.exactOptional(),
    priority: priority.exactOptional(),
  })
  .meta({ description: 'What tasks get that do not say it themselves.' });

const budget = z
  .strictObject({
    wall: duration.exactOptional().meta({ description: 'How long the run may take in all.' }),
    cost: money.exactOptional().meta({ description: 'What models may cost in all.' }),
    tokens: count(1e12).exactOptional().meta({ description: 'Tokens that models may use in all.' }),
    attempts: count(10_000_000).exactOptional().meta({ description: 'Attempts in all, over all tasks.' }),
    agents: count(100_000).exactOptional().meta({ description: 'Attempts at the same time.' }),
  })
  .meta({ description: 'Limits of one run. What is absent is unlimited.' });

const input = z
  .strictObject({
    type: z
      .enum(['string', 'number', 'boolean', 'list'])
      .meta({ description: 'list: on the command line a,b,c or a JSON list.' }),
    description: text.exactOptional(),
    required: z.boolean().exactOptional().meta({ description: 'Whether a run must give it. Default false.' }),
    default: z
      .union([scalar, z.array(scalar).max(10_000)])
      .exactOptional()
      .meta({
        description: 'Value when a run gives none.',
        ...words('a value of the type of the input', 'Write one plain value or a list of them.'),
      }),
    enum: z.array(scalar).min(1).max(1_000).exactOptional().meta({ description: 'The only values allowed.' }),
  })
  .meta({ description: 'A value that whoever starts the workflow may or must give: --input name=value.' });

const agentGroup = z
  .strictObject({
    description: text.exactOptional(),
    driver: word.meta({
      description: 'How the agents are backed: command, function, or remote: workers. With scale Waggle starts them.',
    }),
    count: count(1_000).exactOptional().meta({
      description: 'How many equal agents. Default 1; with scale how many there are at first, by default its min.',
    }),
    scale: z
      .strictObject({
        min: z
          .int()
          .min(0)
          .max(1_000)
          .exactOptional()
          .meta({ description: 'Fewest agents. Default coordination.minAgents.' }),
        max: count(1_000).exactOptional().meta({ description: 'Most agents. Default coordination.maxAgents.' }),
        voteAbove: count(1_000)
          .exactOptional()
          .meta({ description: 'More agents than this only when coordination.approvers have approved it.' }),
      })
      .exactOptional()
      .meta({ description: 'The number of agents follows the work, between these two.' }),
    capabilities: capabilities.exactOptional().meta({ description: 'What tasks may ask for with requires.' }),
    slots: count(1_000).exactOptional().meta({ description: 'Tasks that each agent runs side by side. Default 1.' }),
    provider: word.exactOptional().meta({
      description: 'Whose service they lean on: supervised agents of one provider share a circuit breaker.',
    }),
    account: word.exactOptional().meta({
      description: 'The account at the provider that they work on: where its quota is used up, all of them wait.',
    }),
    supervised: z.boolean().exactOptional().meta({
      description: 'Whether failed attempts are held against them: error rate and circuit breaker. Default false.',
    }),
    card: word.exactOptional().meta({ description: 'Prompt card of a model agent. Not in this version yet.' }),
    budget: budget.exactOptional().meta({ description: 'Budget of a model agent. Not in this version yet.' }),
  })
  .meta({ description: 'A group of equal agents.' });

const cell = z.record(field, scalar);
const matrix = z
  .object({
    include: z.array(cell).max(256).exactOptional().meta({ description: 'Cells to add.' }),
    exclude: z
      .array(cell)
      .max(256)
      .exactOptional()
      .meta({ description: 'Cells to leave out: every one that has these values.' }),
  })
  .catchall(z.array(scalar).min(1).max(256).meta(words('a list of values', 'Write for example [linux, mac].')))
  .meta({ description: 'Runs the task once for every combination of values: ${{ matrix.os }}. At most 256.' });

const resources = z
  .strictObject({
    cpu: z.number().positive().max(1_024).exactOptional().meta({ description: 'Processor cores; 0.5 is half a core.' }),
    memory: bytes.exactOptional(),
    storage: bytes.exactOptional(),
    network: bytes.exactOptional().meta({ description: 'Per second.' }),
  })
  .meta({
    description:
      'What the task reserves while it runs. All reservations together never take more than 80 % of the machine.',
  });

const output = z
  .union([z.strictObject({ file: word }), z.strictObject({ value: z.literal(true) })])
  .meta(
    words(
      '{ file: path } or { value: true }',
      'Write { file: dist/x.tgz } for a file, { value: true } for a key of the result.',
    ),
  );

const topicPattern = z
  .string()
  .max(MAX_TOPIC_CHARS)
  .regex(TOPIC_PATTERN)
  .meta(words('a topic', 'Write names with "." between them, "*" for any one, "**" at the end for the rest: found.*'));
const path = z.string().min(1).max(1_024).meta(words('a path', 'Write a path relative to the project.'));
const json = z
  .custom<Json>((value) => isJson(value, 0))
  .meta(words('plain JSON', 'Write texts, numbers, true/false, lists and keys.'));
const jsonObject = z
  .custom<JsonObject>(
    (value) => isJson(value, 0) && typeof value === 'object' && value !== null && !Array.isArray(value),
  )
  .meta({ type: 'object', ...words('keys with values', 'Write a JSON Schema.') });

/** By hand: a schema that refers to itself costs a hundred times as much for every task that has none. */
function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= DEEPEST_JSON) return false;
  return Object.values(value).every((item) => isJson(item, depth + 1));
}

const taskBudget = z
  .strictObject({
    cost: money.exactOptional().meta({ description: 'What models may cost.' }),
    tokens: count(1e12).exactOptional().meta({ description: 'Tokens that models may use.' }),
  })
  .meta({ description: 'What one task may spend.' });

const delegation = z
  .strictObject({
    depth: count(10).exactOptional().meta({ description: 'Levels of sub-tasks below it.' }),
    fanOut: count(1_000).exactOptional().meta({ description: 'Sub-tasks that it may add at once.' }),
    revisions: count(1_000).exactOptional().meta({ description: 'How often it may add some, over all its attempts.' }),
    keep: taskBudget
      .exactOptional()
      .meta({ description: 'The part of its budget that each of its own attempts may spend. Default nothing.' }),
    functions: z
      .array(word)
      .max(1_000)
      .exactOptional()
      .meta({
        description: 'Functions that sub-tasks may call. Default all.',
        ...words('a list of names', 'Write for example [review].'),
      }),
    commands: z.boolean().exactOptional().meta({ description: 'Whether sub-tasks may run commands. Default true.' }),
  })
  .meta({ description: 'What a task may delegate, within the limits of the configuration.' });

const task = z
  .strictObject({
    description: text.exactOptional().meta({ description: 'For people.' }),
    command: argv
      .exactOptional()
      .meta({ description: 'Program and arguments, run without a shell: [npm, run, build].' }),
    shell: z
      .string()
      .min(1)
      .max(32_768)
      .exactOptional()
      .meta({ description: 'A script for /bin/sh. Takes values through env, never through ${{ }}.' }),
    function: word
      .exactOptional()
      .meta({ description: 'Name of a function that the program around Waggle has registered.' }),
    input: json
      .exactOptional()
      .meta({ description: 'Given to the function. A text that is exactly one ${{ }} keeps the type of its value.' }),
    agent: name.exactOptional().meta({ description: 'The group of agents that does it.' }),
    prompt: text.exactOptional().meta({ description: 'What a model agent is asked to do. Not in this version yet.' }),
    workflow: word
      .exactOptional()
      .meta({ description: 'Another workflow file to run as this task. Not in this version yet.' }),
    needs: z
      .array(word)
      .max(1_000)
      .exactOptional()
      .meta({
        description: 'Tasks that must end first. A task with a matrix stands for all its cells.',
        ...words('a list of task names', 'Write for example [build].'),
      }),
    if: expression.exactOptional().meta({
      description:
        'Condition, looked at once when all needs have ended: tasks.build.outputs.size > 0. False skips the task.',
    }),
    matrix: matrix.exactOptional(),
    foreach: expression
      .exactOptional()
      .meta({ description: 'An input of type list: the task runs once for each item, ${{ matrix.item }}.' }),
    when: z.enum(['success', 'failed', 'always']).exactOptional().meta({
      description: 'Which ends of its needs let it start: all succeeded (the default), at least one did not, or any.',
    }),
    requires: capabilities.exactOptional().meta({ description: 'Capabilities an agent must have.' }),
    prefers: capabilities.exactOptional().meta({ description: 'Capabilities that make an agent fit better.' }),
    priority: priority.exactOptional(),
    env: env.exactOptional(),
    envFrom: envFrom.exactOptional(),
    cwd: cwd.exactOptional(),
    resources: resources.exactOptional(),
    writes: z.array(path).max(1_000).exactOptional().meta({
      description: 'Files (a/b.ts) and folders (dist/) that the task may write. Only these are seen by verify.',
    }),
    subscribes: z.array(topicPattern).max(100).exactOptional().meta({
      description: 'Topics of messages that it gets from the start of the run: found.*, found.** or **.',
    }),
    timeout: timeout.exactOptional(),
    estimate: duration
      .exactOptional()
      .meta({ description: 'How long it takes as a rule, until history knows better.' }),
    retry: retry.exactOptional(),
    effect: z.enum(['A', 'B', 'C', 'D']).exactOptional().meta({
      description:
        'What it does to the world: A can be thrown away (the default), B compares before it changes, C has a key, D cannot be undone and is never tried again by itself.',
    }),
    outputs: z.record(field, output).exactOptional().meta({
      description:
        'What the task must deliver: { file: path }, or { value: true } for a key of the JSON object that a function returns or a command writes to the file named by WAGGLE_OUTPUT. Other tasks use it: ${{ tasks.build.outputs.tarball }}.',
    }),
    budget: taskBudget
      .exactOptional()
      .meta({ description: 'The most that the task may spend. With delegate it is for its sub-tasks.' }),
    delegate: z
      .union([z.literal(true), delegation])
      .exactOptional()
      .meta({
        description: 'Whether its attempts may add sub-tasks, and which. Absent: they may not.',
        ...words('true or what may be delegated', 'Write delegate: true.'),
      }),
    outputSchema: jsonObject.exactOptional().meta({ description: 'JSON Schema that the result must fit.' }),
    verify: z
      .array(argv)
      .min(1)
      .max(50)
      .exactOptional()
      .meta({
        description: 'Commands that must succeed in a clean copy of the project before the task counts as done.',
        ...words('a list of commands', 'Write for example [[npm, test]].'),
      }),
  })
  .meta({ description: 'One step. Exactly one of command, shell, function, prompt and workflow says what it does.' });

/** Groups of agents, in a workflow and in `waggle.yaml`. */
export const agentGroupsSchema: z.ZodType<Readonly<Record<string, AgentGroupDefinition>>> = z
  .record(name, agentGroup)
  .meta({ description: 'Groups of agents by name. In a workflow they win over those of waggle.yaml.' });

/** The one form of a workflow. What it cannot say (cycles, unknown names) `compile` checks. */
export const workflowSchema: z.ZodType<WorkflowDefinition> = z
  .strictObject({
    name: name.meta({ description: 'Shown in lists, and what history knows its tasks by.' }),
    description: text.exactOptional(),
    inputs: z.record(field, input).exactOptional().meta({ description: 'Values that a run takes.' }),
    defaults: defaults.exactOptional(),
    budget: budget.exactOptional(),
    agents: agentGroupsSchema.exactOptional(),
    tasks: z.record(name, task).meta({
      description: 'The steps by name. Those that do not need each other run side by side.',
      ...words('tasks by name', 'Write at least one task.'),
    }),
  })
  .meta({ title: 'Waggle workflow' });
