/** Writes the rates of `reports/simulation/mutants.json` into docs/reliability.md: run `npm run simulate:mutants -- --rates N` before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { MUTANTS } from './mutant-list.ts';

const PAGE = 'docs/reliability.md';
const [BEGIN, END] = ['<!-- mutants: begin -->', '<!-- mutants: end -->'];

const found = z
  .array(z.object({ id: z.string(), seeds: z.int(), killed: z.int(), invariant: z.string() }))
  .parse(JSON.parse(readFileSync('reports/simulation/mutants.json', 'utf8')));
const page = readFileSync(PAGE, 'utf8');
const [head = '', rest = ''] = page.split(BEGIN);
const [before = '', tail = ''] = rest.split(END);
/** What was not run this time stays as it was. */
const known = new Map(before.split('\n').map((row) => [row.split('|')[1]?.trim(), row]));
const rows = MUTANTS.flatMap(({ id, breaks }) => {
  const one = found.find((other) => other.id === id);
  if (one === undefined) return known.get(id.replaceAll('-', ' ')) ?? [];
  const percent = one.seeds === 0 ? '-' : `${((100 * one.killed) / one.seeds).toFixed(1)} %`;
  return [
    `| ${id.replaceAll('-', ' ')} | ${breaks.map((name) => `\`${name}\``).join(', ')} | ${one.killed} of ${one.seeds} | ${percent} |`,
  ];
});
const table = ['| bug | promises that it breaks | seen in seeds | rate |', '|---|---|---:|---:|', ...rows].join('\n');
writeFileSync(PAGE, `${head}${BEGIN}\n${table}\n${END}${tail}`);
