import type { FunctionCall, RegisteredFunction, TaskFunction } from '../agents/drivers/function/registered-function.ts';
import type { Json } from '../core/json.ts';
import type { AgentGroupDefinition } from '../workflows/definition.ts';

/** A schema of any library that follows Standard Schema 1: zod, valibot, arktype and others. */
export type StandardSchema<Value = unknown> = Readonly<{
  '~standard': Readonly<{
    version: 1;
    vendor: string;
    validate: (value: unknown) => SchemaResult<Value> | Promise<SchemaResult<Value>>;
    types?: Readonly<{ input: unknown; output: Value }> | undefined;
  }>;
}>;

type SchemaResult<Value> =
  | Readonly<{ value: Value; issues?: undefined }>
  | Readonly<{ issues: readonly Readonly<{ message: string; path?: readonly unknown[] | undefined }>[] }>;

/** What a function of a task is called with; `input` has passed the function's schema. */
export type TypedCall<Input> = Omit<FunctionCall, 'input'> & Readonly<{ input: Input }>;

/** A function that tasks can name in `function`. */
export type FunctionDefinition<Input = Json | undefined, Output = unknown> = Readonly<{
  /** Checked before the function is called; what does not fit fails the attempt. */
  input?: StandardSchema<Input>;
  /** Checked before the result counts; what does not fit fails the attempt. */
  output?: StandardSchema<Output>;
  /**
   * Runs in this process. An object it returns is the outputs by name, anything else the one output `result`; all of
   * it plain JSON. Throwing fails the attempt, which is tried again by the task's retry policy. For work that
   * computes more than it waits use a worker: `{ worker: { module, export } }`.
   */
  run: (call: TypedCall<Input>) => Output | Promise<Output>;
}>;

/** Gives the definition back; its use is that types of input and output follow from the schemas. */
export function defineFunction<Input = Json | undefined, Output = unknown>(
  definition: FunctionDefinition<Input, Output>,
): FunctionDefinition<Input, Output> {
  return definition;
}

/** A group of equal agents: `defineAgent({ driver: 'function', count: 4, capabilities: ['gpu'] })`. */
export function defineAgent(definition: AgentGroupDefinition): AgentGroupDefinition {
  return definition;
}

/** What may stand under a name in `SwarmOptions.functions`. */
// oxlint-disable-next-line typescript/no-explicit-any -- any input and output: a record cannot name them one by one
export type AnyFunction = FunctionDefinition<any, any> | TaskFunction | RegisteredFunction;

/** The form in which the function driver takes it. */
export function registered(definition: AnyFunction): RegisteredFunction {
  if (typeof definition === 'function') return { run: definition };
  if ('worker' in definition) return definition;
  const { run } = definition;
  const input = 'input' in definition ? definition.input : undefined;
  const output = 'output' in definition ? definition.output : undefined;
  if (input === undefined && output === undefined) return { run };
  return { run: (call) => checked(call, { input, output, run }) };
}

type Checks = Readonly<{
  input: StandardSchema | undefined;
  output: StandardSchema | undefined;
  run: (call: FunctionCall) => unknown;
}>;

async function checked(call: FunctionCall, { input, output, run }: Checks): Promise<unknown> {
  const given = input === undefined ? call.input : await validate(input, call.input, 'input');
  const result: unknown = await run(withInput(call, given));
  return output === undefined ? result : validate(output, result, 'result');
}

/** The call as it is, with another input: its other parts are looked up only when they are asked for. */
function withInput(call: FunctionCall, input: unknown): FunctionCall {
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the schema gave is what the function takes
    input: input as Json,
    task: call.task,
    report: call.report,
    load: call.load,
    get inputs() {
      return call.inputs;
    },
    get needs() {
      return call.needs;
    },
    get memory() {
      return call.memory;
    },
    get messages() {
      return call.messages;
    },
    get tasks() {
      return call.tasks;
    },
    get proposals() {
      return call.proposals;
    },
    get signal() {
      return call.signal;
    },
  };
}

/** The value as the schema gives it; throws with every issue when it does not fit. */
export async function validate<Value>(schema: StandardSchema<Value>, value: unknown, name: string): Promise<Value> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.slice(0, 20).map(({ message, path = [] }) => `${placeOf(name, path)}: ${message}`);
  throw new Error(`The ${name} does not fit its schema. ${issues.join('; ')}`);
}

function placeOf(name: string, path: readonly unknown[]): string {
  const steps = path.map((step) => (typeof step === 'object' && step !== null && 'key' in step ? step.key : step));
  return [name, ...steps.map(String)].join('.');
}
