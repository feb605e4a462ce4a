import type { Command } from 'commander';
import type { Act, Handlers } from './handlers.ts';
import { inputs } from './values.ts';

/** Flags are read together, so that all mistakes in them are told at once. */
export function addSimulate(program: Command, handlers: Handlers, act: Act): void {
  program
    .command('simulate')
    .summary('forecast a run in virtual time')
    .description(
      'Plays tasks through the real scheduler in virtual time: how long they take together, what they wait for, what more agents would buy. Starts and changes nothing.',
    )
    .argument(
      '<source>',
      'a run (its id, its first letters, "last"), a workflow.yaml, a graph.json, or synthetic:layers=10,width=100,seed=1',
    )
    .option('-i, --input <name=value>', 'value of an input of the workflow; may be given more than once', inputs)
    .option('-a, --agents <n>', 'so many agents that can do everything, or by role: build=4,test=2')
    .option('--strategy <name>', 'adaptive, capability-based, least-loaded or round-robin; default: adaptive')
    .option('--estimates <kind>', 'times known beforehand: exact, none, or wrong:4 (up to ×4 or ÷4); default: exact')
    .option('--faults <part>', 'so many attempts fail: 0.05 is one in twenty')
    .option('--cost <usd>', 'price of an agent for an hour, USD')
    .option('--seed <n>', 'for faults and wrong estimates; default: 1')
    .option('--chart <file>', 'draw who does what when, as an SVG')
    .option('--compare', 'several numbers of agents and every strategy, in a table')
    .addHelpText('after', EXAMPLES)
    .action(act(handlers.simulate));
}

const EXAMPLES = `
Examples:
  waggle simulate last --compare             would more agents have made it faster?
  waggle simulate release.yaml --agents 8    how long it should take
  waggle simulate last --chart last.svg      who did what when, to look at
  waggle simulate synthetic:layers=10,width=1000 --agents 64 --faults 0.05`;
