import type { FunctionRegistry } from './registered-function.ts';
import { coordinator } from './coordinator.ts';
import { monitor } from './monitor.ts';

/** What system agents do. They run in this process, each on an agent of its own, and mostly wait. */
export const SYSTEM_FUNCTIONS: FunctionRegistry = {
  'waggle.coordinator': { run: coordinator },
  'waggle.monitor': { run: monitor },
};
