/**
 * Puts measured figures into docs/performance.md, between its two marks:
 * `npm run --silent bench -- all | tee reports/figures.jsonl; node bench/table.ts reports/figures.jsonl`.
 * Nothing is typed by hand, and a goal that was missed is shown as missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { GOALS, type Goal } from './goals.ts';

const PAGE = 'docs/performance.md';
const [BEGIN, END] = ['<!-- figures: begin -->', '<!-- figures: end -->'];

const machineLine = z.object({
  bench: z.string(),
  machine: z.string(),
  kernel: z.string(),
  node: z.string(),
  atUtc: z.string(),
});
const figureLine = z.object({
  bench: z.string(),
  figure: z.string(),
  value: z.number(),
  unit: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
const notRunLine = z.object({ bench: z.string(), figure: z.string(), notRun: z.string() });
type Figure = z.infer<typeof figureLine>;

const [, , file = ''] = process.argv;
const lines = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line): unknown => JSON.parse(line));
const figures = lines.flatMap((line) => figureLine.safeParse(line).data ?? []);
const machines = lines.flatMap((line) => machineLine.safeParse(line).data ?? []);
const missing = lines.flatMap((line) => notRunLine.safeParse(line).data ?? []);

const page = readFileSync(PAGE, 'utf8');
const [before = '', rest = ''] = page.split(BEGIN);
const [, after = ''] = rest.split(END);
writeFileSync(PAGE, `${before}${BEGIN}\n${content()}\n${END}${after}`);

function content(): string {
  const [machine] = machines;
  if (machine === undefined) throw new Error(`${file} holds no line that names the machine.`);
  const { node, kernel } = machine;
  const about = `Measured ${machine.atUtc.slice(0, 10)} on ${machine.machine}, Linux ${kernel}, Node ${node}.`;
  return [about, '', '### Goals', '', ...goals(), '', '### All figures', '', ...all()].join('\n');
}

function goals(): readonly string[] {
  const rows = GOALS.map((goal) => {
    const found = figures.find(({ bench, figure }) => bench === goal.bench && figure === goal.figure);
    const value = found === undefined ? 'not measured' : `${shown(found.value)} ${found.unit}`;
    return `| ${goal.what} | ${value} | ${goal.most === undefined ? '≥' : '≤'} ${shown(goal.least ?? goal.most ?? 0)} | ${verdict(goal, found)} | \`npm run bench -- ${goal.bench}\` |`;
  });
  return ['| what | measured | goal | | program |', '|---|---:|---:|---|---|', ...rows];
}

function verdict({ least = -Infinity, most = Infinity }: Goal, found: Figure | undefined): string {
  if (found === undefined) return 'not measured';
  return found.value >= least && found.value <= most ? 'met' : '**missed**';
}

function all(): readonly string[] {
  const rows = figures.map(({ bench, figure, value, unit, options = {} }) => {
    const set = Object.entries(options).map(([name, of]) => `${name} ${of}`);
    return `| ${bench} | ${figure} | ${shown(value)} ${unit} | ${set.join(', ')} |`;
  });
  const none = missing.map(({ bench, figure, notRun }) => `| ${bench} | ${figure} | not run: ${notRun} | |`);
  return ['| program | figure | value | with |', '|---|---|---:|---|', ...rows, ...none];
}

function shown(value: number): string {
  return value >= 1_000 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : String(value);
}
