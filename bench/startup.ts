/** Start of the program from this checkout: `waggle --version` and a run of one trivial command, whole process. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { printMachine } from './figure.ts';
import { timeProgram } from './time-program.ts';

const BENCH = 'startup';
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });

printMachine(BENCH);
const program = fileURLToPath(new URL('../bin/waggle.js', import.meta.url));
timeProgram(BENCH, program, { rounds: values.smoke ? 1 : 20, installed: false });
