import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { table } from '../render/table.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';

/** `waggle tasks writes` */
export function tasksWrites(cli: Cli): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const suggestions = await project.writeSuggestions();
    for (const one of suggestions) cli.out.json({ type: 'writes', task: one.type, writes: one.paths, seen: one.seen });
    if (suggestions.length === 0) {
      cli.out.result('No task is known to write files that it does not declare.');
      cli.out.say('Commands are measured when they have the project for themselves; it takes two that succeed.');
      return EXIT.ok;
    }
    const rows = suggestions.map(({ type, paths, seen }) => [
      visible(type),
      String(seen),
      `writes: [${paths.map(visible).join(', ')}]`,
    ]);
    const heads = [
      { title: 'task' },
      { title: 'seen', align: 'right' },
      { title: 'could declare', least: 16 },
    ] as const;
    cli.out.result(...table(heads, rows, cli.out.columns));
    cli.out.say('Tasks that declare the same files never run at the same time. Nothing changes before you write it.');
    return EXIT.ok;
  });
}
