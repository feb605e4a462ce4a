import type { Command } from 'commander';
import type { Act, Handlers } from './handlers.ts';
import { count } from './values.ts';

/** Commands that set a project up and explain it. */
export function addSetup(program: Command, handlers: Handlers, act: Act): void {
  program.commandsGroup('Set up:');
  program
    .command('init')
    .summary('write a first workflow and waggle.yaml; never overwrites')
    .description(
      'Writes a first workflow, hello.yaml, and waggle.yaml with the options of the project. Never overwrites.',
    )
    .action(act(handlers.init));
  program
    .command('doctor')
    .summary('check what Waggle needs on this machine, and say how to get it')
    .description('Checks what Waggle needs on this machine, and says how to get it. Changes nothing.')
    .action(act(handlers.doctor));
  addConfig(program, handlers, act);
  addTrust(program, handlers, act);
}

function addConfig(program: Command, handlers: Handlers, act: Act): void {
  const config = program.command('config').helpCommand(false).description('show and explain the options');
  config
    .command('show', { isDefault: true })
    .description('every option with its value and where it comes from')
    .option('--changed', 'only what differs from the defaults')
    .action(act(handlers.configShow));
  config
    .command('explain')
    .description('what an option does, its range, its default and why')
    .argument('<option>', 'name, as in coordination.maxAgents')
    .action(act(handlers.configExplain));
  config
    .command('set')
    .description('change an option at once, for the process that leads and those after it')
    .argument('<option>', 'name, as in coordination.maxWaitMs')
    .argument('<value>', 'as in waggle.yaml: 5m, 100, adaptive')
    .action(act(handlers.configSet));
  config
    .command('reset')
    .description('take such a change back')
    .argument('<option>', 'name, as in coordination.maxWaitMs')
    .action(act(handlers.configReset));
  config
    .command('changes')
    .description('what was changed at once, by whom and why, newest first')
    .option('-n, --limit <n>', 'at most this many', count, 50)
    .action(act(handlers.configChanges));
  config
    .command('tuning')
    .description('what the tuner has tried, why, and what it took back')
    .option('-n, --limit <n>', 'at most this many', count, 50)
    .action(act(handlers.configTuning));
}

function addTrust(program: Command, handlers: Handlers, act: Act): void {
  const trust = program
    .command('trust')
    .helpCommand(false)
    .summary('say which settings of a repository may take effect')
    .description(
      'Settings of a repository that run something or change what is allowed have no effect before you agree to exactly that content.',
    );
  trust
    .command('list', { isDefault: true })
    .description('what asks for your agreement here, and what has it')
    .action(act(handlers.trustList));
  trust
    .command('grant')
    .description('agree to the content with this hash')
    .argument('<hash>', 'hash from `waggle trust list`')
    .action(act(handlers.trustGrant));
  trust
    .command('revoke')
    .description('take an agreement back')
    .argument('<hash>', 'hash from `waggle trust list`')
    .action(act(handlers.trustRevoke));
}
