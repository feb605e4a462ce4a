import type { Cli } from '../cli.ts';
import { ask } from '../ask.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { bytes, plural } from '../render/format.ts';
import { withProject } from '../with-project.ts';
import { userError } from '../../util/user-error.ts';

const DAY_MS = 86_400_000;

/** `waggle runs prune` */
export function runsPrune(cli: Cli, options: Readonly<{ olderThan: number; yes?: true }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const olderThanMs = options.olderThan * DAY_MS;
    if (project.archive() === undefined) {
      cli.out.result('Nothing to remove.');
      return EXIT.ok;
    }
    const { runs, freedBytes } = await project.prune({ olderThanMs, isDryRun: true });
    if (runs.length === 0) {
      cli.out.result('Nothing to remove.');
      return EXIT.ok;
    }
    const what = `logs, outputs and reports of ${plural(runs.length, 'run')}, ${bytes(freedBytes)}`;
    if (options.yes !== true && !(await mayRemove(cli, what))) return EXIT.ok;
    const removed = await project.prune({ olderThanMs });
    cli.out.json({ type: 'runs.pruned', runs: removed.runs, freedBytes: removed.freedBytes });
    cli.out.result(`Removed ${what}. Their history stays.`);
    return EXIT.ok;
  });
}

function mayRemove(cli: Cli, what: string): Promise<boolean> {
  if (cli.out.hasPerson) return ask(`Remove ${what}?`);
  const message = `This would remove ${what}.`;
  throw userError({ code: 'NEEDS_YES', message, fix: 'Say yes with: waggle runs prune --yes' });
}
