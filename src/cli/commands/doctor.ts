import type { DoctorCheck } from '../../app/project.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../render/format.ts';
import type { Style } from '../render/style.ts';
import { visible, widthOf, wrap } from '../render/text.ts';
import { withProject } from '../with-project.ts';

/** Longest that all probes together may take. */
const TIMEOUT_MS = 30_000;

/** `waggle doctor`: exit 1 when something will not work. */
export function doctor(cli: Cli): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const { out } = cli;
    const checks = await project.doctor(AbortSignal.timeout(TIMEOUT_MS));
    for (const check of checks) out.json({ type: 'doctor.check', ...check });
    const width = checks.reduce((most, { name }) => Math.max(most, widthOf(visible(name))), 0);
    for (const check of checks) out.result(...checkLines(check, width, out.style, out.columns));
    const failed = checks.filter(({ state }) => state === 'failed').length;
    const warnings = checks.filter(({ state }) => state === 'warning').length;
    out.result('', sum(failed, warnings));
    return failed > 0 ? EXIT.failed : EXIT.ok;
  });
}

function sum(failed: number, warnings: number): string {
  if (failed === 0 && warnings === 0) return 'All is well.';
  const parts = [
    failed > 0 ? `${plural(failed, 'thing')} will not work` : '',
    warnings > 0 ? plural(warnings, 'warning') : '',
  ];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}

function checkLines(
  { name, state, detail, fix }: DoctorCheck,
  width: number,
  style: Style,
  columns: number,
): readonly string[] {
  const { done, failed, warn } = style.signs;
  const sign = { ok: style.green(done), warning: style.yellow(warn), failed: style.red(failed) }[state];
  const label = visible(name).padEnd(width);
  const indent = ' '.repeat(width + 4);
  const room = (Number.isFinite(columns) ? columns : 100) - indent.length;
  const [first = '', ...more] = wrap(visible(detail), room);
  const lines = [`${sign} ${label}  ${first}`, ...more.map((text) => indent + text)];
  return fix === undefined ? lines : [...lines, ...wrap(`To do: ${visible(fix)}`, room).map((text) => indent + text)];
}
