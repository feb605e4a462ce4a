/** What a benchmark takes from outside: the only place in `bench/` that reads the environment. */
export type BenchEnvironment = Readonly<{
  /** Folder with `swarm-dag/1` files, `WAGGLE_WORKLOADS`. Without it graphs of the same size are drawn. */
  workloads: string | undefined;
  /** A private Redis for the peer that needs one, `REDIS_URL`; `scripts/services.sh run` sets it. */
  redisUrl: string | undefined;
}>;

export function benchEnvironment(): BenchEnvironment {
  // oxlint-disable-next-line node/no-process-env -- benchmarks are no part of the product and have no configuration
  const { WAGGLE_WORKLOADS: workloads, REDIS_URL: redisUrl } = process.env;
  return { workloads, redisUrl };
}
