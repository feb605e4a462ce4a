/** Writes the rates of `reports/simulation/mutants.json` into docs/reliability.md: run `npm run simulate:mutants -- --rates N` before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { MUTANTS } from './mutant-list.ts';

const PAGE = 'docs/reliability.md';
const [BEGIN, END] = ['<!-- mutants: begin -->', '<!-- mutants: end -->'];

const found = z
  .array(z.object({ id: z.string(), seeds: z.int(), killed: z.int(), invariant: z.string() }))
  .parse(JSON.parse(readFileSync('reports/simulation/mutants.json', 'utf8')));
const rows = MUTANTS.flatMap(({ id, breaks }) => {
  const one = found.find((other) => other.id === id);
  if (one === undefined) return [];
  const percent = one.seeds === 0 ? '-' : `${((100 * one.killed) / one.seeds).toFixed(1)} %`;
  return [
    `| ${id.replaceAll('-', ' ')} | ${breaks.map((name) => `\`${name}\``).join(', ')} | ${one.killed} of ${one.seeds} | ${percent} |`,
  ];
});
const table = ['| bug | promises that it breaks | seen in seeds | rate |', '|---|---|---:|---:|', ...rows].join('\n');
const page = readFileSync(PAGE, 'utf8');
const [head = '', rest = ''] = page.split(BEGIN);
const [, tail = ''] = rest.split(END);
writeFileSync(PAGE, `${head}${BEGIN}\n${table}\n${END}${tail}`);
