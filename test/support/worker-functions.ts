import type { TaskFunction } from '../../src/agents/drivers/function/registered-function.ts';

/** Functions for worker threads, by the names of the driver contract and of the tests of limits. */
export const nothing: TaskFunction = () => undefined;

export const answer: TaskFunction = async () => ({ answer: 42, text: 'é' });

export const echo: TaskFunction = ({ inputs, needs }) => ({ given: inputs['word'], before: needs['first']?.['word'] });

export const fail: TaskFunction = () => {
  throw new TypeError('it cannot be done');
};

/** Computes without end: nothing but the end of its thread stops it. */
export const hang: TaskFunction = ({ report: tell }) => {
  tell({ kind: 'progress', percentage: null, step: 'hanging' });
  for (let count = 0; count >= 0;) count = (count + 1) % 1_000;
};

export const report: TaskFunction = (call) => call.report({ kind: 'progress', percentage: 40, step: 'half' });

/** Takes memory without end. */
export const hoard: TaskFunction = () => {
  const all: number[][] = [];
  for (;;) all.push(Array.from({ length: 100_000 }, (_, index) => index));
};

/** Uses so many ms of processor time. */
export const compute: TaskFunction = ({ input }) => {
  const untilMicros = Number(input) * 1_000;
  const before = process.threadCpuUsage();
  while (process.threadCpuUsage(before).user + process.threadCpuUsage(before).system < untilMicros);
};

export const leave: TaskFunction = () => process.exit(3);

export const giveFunction: TaskFunction = () => ({ handler: () => 1 });

export const notAFunction = 42;
