/** JSON Schemas for editors, from the schemas and the table that check at run time. */
import { z } from 'zod';
import { alertsSchema } from '../src/config/alert-rules.ts';
import { notifiersSchema } from '../src/config/notifiers.ts';
import { showOption } from '../src/config/option-value.ts';
import type { OptionRow } from '../src/config/option-row.ts';
import { OPTION_GROUPS, OPTIONS } from '../src/config/options.ts';
import { checkReportFile } from '../src/workflows/check-report-schema.ts';
import { agentGroupsSchema, workflowSchema } from '../src/workflows/definition-schema.ts';

export type JsonSchema = { [key: string]: unknown };

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** Words for our own messages, no keywords of JSON Schema. */
const SIZE_PATTERN = '^\\d{1,9}(\\.\\d{1,3})?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$';
const OUR_WORDS = ['what', 'fix'];

const GROUP_TEXTS: Readonly<Record<string, string>> = {
  communication: 'Between processes, and with the world outside.',
  coordination: 'How tasks find agents.',
  messaging: 'Messages between tasks, agents and people of a run.',
  faultTolerance: 'What happens when something fails.',
  performance: 'Limits that trade speed for memory and disk.',
  budgets: 'Limits of runs that do not set their own.',
  workspaces: 'Clean copies of the project, in which the coordinator checks what agents say they did.',
  memory: 'The shared memory of the swarm.',
  monitoring: 'What is watched, and who is told.',
  security: 'What commands may see.',
};

/** One sentence on a group of options. */
export function groupText(group: string): string {
  const text = GROUP_TEXTS[group];
  if (text === undefined) throw new Error(`the group ${group} has no text in scripts/generate-reference-schemas.ts`);
  return text;
}

/** Of a workflow file. */
export function workflowJsonSchema(): JsonSchema {
  return fromZod(workflowSchema);
}

/** The same with our own words (`what`) in it, for the reference page. */
export function workflowWords(): JsonSchema {
  return z.toJSONSchema(workflowSchema, { unrepresentable: 'any' });
}

/** Of `report.json` of a check. */
export function reportJsonSchema(): JsonSchema {
  const { $schema, ...rest } = fromZod(checkReportFile);
  return { $schema, title: 'Report of waggle check', ...rest };
}

/** Of `waggle.yaml`. */
export function configJsonSchema(): JsonSchema {
  const groups = OPTION_GROUPS.map((group): [string, JsonSchema] => {
    const names = [...OPTIONS].filter(([name]) => name.startsWith(`${group}.`));
    const properties = names.map(([name, row]): [string, JsonSchema] => [name.slice(group.length + 1), ofOption(row)]);
    return [group, closed(groupText(group), Object.fromEntries(properties))];
  });
  const { $schema, ...agents } = fromZod(agentGroupsSchema);
  const { $schema: _dialect, ...alerts } = fromZod(alertsSchema);
  const { $schema: _same, ...notifiers } = fromZod(notifiersSchema);
  return {
    $schema: $schema ?? DIALECT,
    title: 'Waggle configuration',
    ...closed('waggle.yaml: options of Waggle in this project.', {
      ...Object.fromEntries(groups),
      agents,
      alerts,
      notifiers,
    }),
  };
}

/** How an option's default is shown everywhere. */
export function showDefault(row: OptionRow): string {
  return row.default === 'cores' ? 'as many as cores' : showOption(row, row.default ?? undefined);
}

/** `0ms to 1d`, or the choices. */
export function showRange(row: OptionRow): string {
  if (row.type === 'choice') return row.choices.join(', ');
  if (row.type === 'amounts') return 'cpu, memory, storage, network';
  if (!('min' in row)) return `at most ${row.most}`;
  const unit = row.type === 'count' ? ` ${row.unit}` : '';
  return `${showOption(row, row.min)} to ${showOption(row, row.max)}${unit}`;
}

function ofOption(row: OptionRow): JsonSchema {
  const grant = row.needsGrant === true ? ' In a repository it counts only after "waggle trust grant".' : '';
  const description = `${row.effect} Default: ${showDefault(row)}. ${row.reason}${grant}`;
  switch (row.type) {
    case 'count':
      return { description, type: 'integer', minimum: row.min, maximum: row.max };
    case 'duration':
      return withUnit(description, row, '^\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h|d)$');
    case 'bytes':
      return withUnit(description, row, SIZE_PATTERN);
    case 'choice':
      return { description, enum: row.choices, default: row.default };
    case 'names':
    case 'people':
    case 'hosts':
      return { description, type: 'array', items: { type: 'string' }, maxItems: row.most };
    case 'amounts': {
      const size = {
        anyOf: [
          { type: 'string', pattern: SIZE_PATTERN },
          { type: 'integer', minimum: 1 },
        ],
      };
      const properties = { cpu: { type: 'number' }, memory: size, storage: size, network: size };
      return { description, type: 'object', additionalProperties: false, properties };
    }
    case 'commands': {
      const argv = { type: 'array', items: { type: 'string' }, minItems: 1 };
      return { description, type: 'array', items: argv, maxItems: row.most };
    }
  }
}

function withUnit(
  description: string,
  { min, max }: Readonly<{ min: number; max: number }>,
  pattern: string,
): JsonSchema {
  const figure = { type: 'integer', minimum: min, maximum: max };
  return { description, anyOf: [{ type: 'string', pattern }, figure] };
}

function closed(description: string, properties: JsonSchema): JsonSchema {
  return { description, type: 'object', properties, additionalProperties: false };
}

function fromZod(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    unrepresentable: 'any', // JSON of any form: checked by hand at run time
    override: ({ jsonSchema }) => {
      for (const word of OUR_WORDS) delete jsonSchema[word];
    },
  });
}
