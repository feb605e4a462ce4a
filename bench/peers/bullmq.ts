import { Queue, Worker } from 'bullmq';
import { childrenOf, type Graph } from '../graphs.ts';
import { benchEnvironment } from '../environment.ts';

/** One queue, one worker with `slots` jobs at a time; whoever ends a job adds those that waited for it. */
export async function run(graph: Graph, slots: number, work: () => unknown): Promise<void> {
  const { redisUrl } = benchEnvironment();
  if (redisUrl === undefined) throw new Error('BullMQ needs REDIS_URL: run it inside `scripts/services.sh run`.');
  const connection = connectionTo(redisUrl);
  const queue = new Queue(`bench-${process.pid}-${performance.now()}`, { connection });
  const children = childrenOf(graph);
  const open = graph.parents.map((parents) => parents.length);
  const jobs = (indices: number[]): { name: string; data: { index: number }; opts: object }[] =>
    indices.map((index) => ({ name: 'task', data: { index }, opts: { removeOnComplete: true } }));
  const all = Promise.withResolvers<void>();
  let left = graph.n;
  const worker = new Worker(queue.name, () => work(), {
    connection: { ...connection, maxRetriesPerRequest: null },
    concurrency: slots,
  });
  worker.on('completed', (job) => {
    const ready = (children[job.data.index] ?? []).filter((child) => (open[child] -= 1) === 0);
    if (ready.length > 0) queue.addBulk(jobs(ready)).catch(all.reject);
    left -= 1;
    if (left === 0) all.resolve();
  });
  worker.on('error', all.reject);
  await queue.addBulk(jobs([...graph.parents.keys()].filter((index) => graph.parents[index]?.length === 0)));
  await all.promise;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
}

function connectionTo(url: string): { host: string; port: number; username?: string; password?: string } {
  const { hostname, port, username, password } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  };
}
