/** Entry point of the thread that has a store open: it may wait for the disk, the engine's thread may not. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../util/assert.ts';
import { StoreServer } from './store-server.ts';
import { packError, type StoreCall, type StoreReply } from './store-call.ts';

/** A short run should leave no 16 MiB behind. */
const RESERVE_AFTER_MS = 5_000;

const port = parentPort;
assert(port !== null && typeof workerData === 'string', 'the store thread is started by StoreThread only');
const server = new StoreServer(workerData);
setTimeout(() => server.makeReserve(), RESERVE_AFTER_MS).unref();

port.on('message', ({ id, request }: StoreCall) => {
  port.postMessage(answer(id, request));
  if (request.op === 'close') port.close();
  else server.tidy();
});

function answer(id: number, request: StoreCall['request']): StoreReply {
  try {
    return { id, value: server.handle(request) };
  } catch (error) {
    return { id, error: packError(error) };
  }
}
