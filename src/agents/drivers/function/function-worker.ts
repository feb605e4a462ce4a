import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { assert } from '../../../util/assert.ts';
import type { Json } from '../../../core/json.ts';
import type { FunctionCall } from './registered-function.ts';
import { threw } from './stop-failure.ts';
import type { CallRequest, FromWorker, ToWorker } from './worker-messages.ts';
import { WorkerAsks } from './worker-asks.ts';

const port = parentPort;
assert(port !== null, 'the function worker runs in a worker thread only');

const load = createRequire(import.meta.url);
const post = (message: FromWorker): void => port.postMessage(message);

let asks: WorkerAsks | undefined;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'call') void answer(message.call, message.request);
  else asks?.settle(message);
});

async function answer(call: number, request: CallRequest): Promise<void> {
  post({ kind: 'begun', call });
  const own = new WorkerAsks(call, post);
  asks = own;
  const end = (message: FromWorker): void => {
    own.end();
    post(message);
  };
  const before = process.threadCpuUsage();
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage(before);
    return Math.round((user + system) / 1_000);
  };
  try {
    const value = await findFunction(request)(callOf(call, request, own));
    end({ kind: 'returned', value, cpuMs: cpuMs() });
  } catch (error) {
    // What the function threw, or a value that cannot cross to another thread.
    const { failure } = threw(error);
    assert(failure.reason === 'threw', 'what was thrown is described as such');
    const { message, stack } = failure;
    end({ kind: 'threw', message, ...(stack !== undefined && { stack }), cpuMs: cpuMs() });
  }
}

/** `require` loads ES modules as well; `import()` would have to know the module when it is compiled. */
function findFunction({ module, exportName }: CallRequest): (call: FunctionCall) => unknown {
  const loaded: unknown = load(fileURLToPath(module));
  const found: unknown = typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, exportName) : undefined;
  if (isFunction(found)) return found;
  throw new Error(`${module} exports no function "${exportName}".`);
}

function isFunction(value: unknown): value is (call: FunctionCall) => unknown {
  return typeof value === 'function';
}

function callOf(call: number, { data }: CallRequest, own: WorkerAsks): FunctionCall {
  return {
    ...data,
    signal: new AbortController().signal,
    report: (report) => post({ kind: 'report', call, report }),
    memory: own.memory,
    messages: own.messages,
    tasks: own.tasks,
    proposals: own.proposals,
    load: (value: Json) => Promise.resolve(value),
  };
}
