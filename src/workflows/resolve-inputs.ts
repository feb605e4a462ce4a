import { isList, isScalar } from '../core/expressions/value.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { InputDefinition, WorkflowDefinition } from './definition.ts';
import { didYouMean, type DefinitionPath, type Findings } from './diagnostics.ts';

/** What a run was given: values from code, texts from a command line. Texts win. */
export type GivenInputs = Readonly<{
  inputs?: Readonly<Record<string, Json>> | undefined;
  inputTexts?: Readonly<Record<string, string>> | undefined;
}>;

const EMPTY: Readonly<Record<InputDefinition['type'], Json | undefined>> = {
  string: '',
  boolean: false,
  list: [],
  number: undefined,
};
const TYPE_WORDS: Readonly<Record<InputDefinition['type'], string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list of texts, numbers or true/false',
};

/** The value of every input of the workflow, each of its declared type, in the order of the definition. */
export function resolveInputs(definition: WorkflowDefinition, given: GivenInputs, findings: Findings): JsonObject {
  const declared = definition.inputs ?? {};
  refuseUnknown(Object.keys(declared), given, findings);
  const values: [string, Json][] = [];
  for (const [name, input] of Object.entries(declared)) {
    checkDeclaration(name, input, findings);
    const value = valueOf(name, input, given, findings);
    if (value !== undefined) values.push([name, value]);
  }
  return Object.fromEntries(values);
}

/** `text` as a value of the declared type, or undefined when it is none: `true`, `42`, `a,b` or `["a","b"]`. */
export function coerceInput(text: string, type: InputDefinition['type']): Json | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : undefined;
    case 'list':
      return listFrom(text);
  }
}

function refuseUnknown(declared: readonly string[], given: GivenInputs, findings: Findings): void {
  const names = new Set([...Object.keys(given.inputs ?? {}), ...Object.keys(given.inputTexts ?? {})]);
  for (const name of names) {
    if (declared.includes(name)) continue;
    const known = declared.length === 0 ? 'The workflow has no inputs.' : `It has: ${declared.join(', ')}.`;
    findings.error({
      code: 'WORKFLOW_INPUT_UNKNOWN',
      path: declared.length === 0 ? [] : ['inputs'],
      message: `There is no input "${name}".`,
      fix: `${known}${didYouMean(nearestName(name, declared))}`,
    });
  }
}

function checkDeclaration(name: string, input: InputDefinition, findings: Findings): void {
  const path = ['inputs', name];
  if (input.default !== undefined && !fits(input.default, input.type)) {
    const message = `The default of input "${name}" is not ${TYPE_WORDS[input.type]}.`;
    findings.error({
      code: 'WORKFLOW_INPUT_TYPE',
      path: [...path, 'default'],
      message,
      fix: 'Change its type or its default.',
    });
  }
  if (input.default !== undefined) checkChoice(name, input, input.default, findings);
  for (const [index, choice] of (input.enum ?? []).entries()) {
    if (fits(choice, input.type === 'list' ? 'list-item' : input.type)) continue;
    const message = `Choice ${index + 1} of input "${name}" is not of type ${input.type}.`;
    findings.error({
      code: 'WORKFLOW_INPUT_TYPE',
      path: [...path, 'enum', index],
      message,
      fix: 'Change its type or the choice.',
    });
  }
  if (input.type === 'number' && input.required !== true && input.default === undefined) {
    const message = `Input "${name}" is a number that nobody has to give.`;
    findings.error({
      code: 'WORKFLOW_INPUT_DEFAULT',
      path,
      message,
      fix: 'Give it a default, or write required: true.',
    });
  }
}

function valueOf(name: string, input: InputDefinition, given: GivenInputs, findings: Findings): Json | undefined {
  const fallback = input.default !== undefined && fits(input.default, input.type) ? input.default : EMPTY[input.type];
  const path: DefinitionPath = ['inputs', name];
  const text = own(given.inputTexts, name);
  const value = text === undefined ? own(given.inputs, name) : coerceInput(text, input.type);
  if (text === undefined && value === undefined) {
    if (input.required === true && input.default === undefined) {
      const fix = `Give it: --input ${name}=<${input.type}>.`;
      findings.error({ code: 'WORKFLOW_INPUT_MISSING', path, message: `Input "${name}" is required.`, fix });
    }
    return fallback;
  }
  if (value === undefined || !fits(value, input.type)) {
    const shown = JSON.stringify(text ?? value);
    const message = `Input "${name}" is ${shown}, but must be ${TYPE_WORDS[input.type]}.`;
    findings.error({ code: 'WORKFLOW_INPUT_TYPE', path, message, fix: `Give ${TYPE_WORDS[input.type]}.` });
    return fallback;
  }
  return checkChoice(name, input, value, findings) ? value : fallback;
}

function checkChoice(name: string, input: InputDefinition, value: Json, findings: Findings): boolean {
  const choices = input.enum;
  if (choices === undefined) return true;
  const wrong = (isList(value) ? value : [value]).find((item) => !choices.some((choice) => choice === item));
  if (wrong === undefined) return true;
  const near = typeof wrong === 'string' ? nearestName(wrong, choices.map(String)) : undefined;
  findings.error({
    code: 'WORKFLOW_INPUT_CHOICE',
    path: ['inputs', name],
    message: `Input "${name}" is ${JSON.stringify(wrong)}, which is not one of its choices.`,
    fix: `Give one of ${choices.join(', ')}.${didYouMean(near)}`,
  });
  return false;
}

function fits(value: Json, type: InputDefinition['type'] | 'list-item'): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'list-item':
      return isScalar(value);
    case 'list':
      return isList(value) && value.every(isScalar);
  }
}

function listFrom(text: string): Json | undefined {
  if (!text.startsWith('[')) return text === '' ? [] : text.split(',').map((item) => item.trim());
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isPlain) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller says what was expected
  }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
