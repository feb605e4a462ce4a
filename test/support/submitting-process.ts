/**
 * A process that shares a project with others. Arguments: the project, a prefix of ids, how many runs to submit.
 * Says `ready`, waits for a line on stdin, submits all at once and says `ack <run>` for each; ends when stdin does.
 */
import { once } from 'node:events';
import { openProject } from '../../src/app/open-project.ts';
import { runId } from '../../src/core/ids.ts';
import { scripts } from './projects.ts';

const [path = '', prefix = '', count = '0'] = process.argv.slice(2);
const project = await openProject({ cwd: path, isRoot: true });
const coordinator = await project.connect();
process.stdout.write(`ready ${coordinator.role}\n`);
await once(process.stdin, 'data');
const ids = Array.from({ length: Number(count) }, (_, index) => runId(`${prefix}-${index}`));
await Promise.all(
  ids.map(async (id) => {
    const answer = await coordinator.submit({ ...scripts({ only: ['true'] }), runId: id });
    process.stdout.write(answer.ok ? `ack ${id}\n` : `refused ${id} ${answer.refusal.reason}\n`);
  }),
);
process.stdout.write('submitted\n');
await once(process.stdin, 'end');
await project.close();
