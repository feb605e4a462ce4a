/**
 * `node check-loop.ts REPOSITORY DATA`: the functions of a check one after the other, in one thread, with a plain
 * counter for the votes: what a coordinator is measured against.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needData } from '../src/analysers/data-files.ts';
import { probeRepository } from '../src/analysers/probe.ts';
import { checkFunctions } from '../src/analysers/registry.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { renderReports } from '../src/reports/render-reports.ts';
import { planCheck } from '../src/workflows/check.ts';
import { PlainCounter } from './plain-counter.ts';

const [, , folder = '', data = ''] = process.argv;
rmSync(data, { recursive: true, force: true });
mkdirSync(data, { recursive: true });
const functions = checkFunctions();
// As the program: with PATH a linter is found, and its task is one of the functions.
const searchPath = readEnvironment().variables['PATH'];
const path = searchPath === undefined ? {} : { searchPath };
const facts = await probeRepository(folder, path);
const { tasks } = planCheck(facts, { data, run: 'loop', checkedAtMs: Date.now(), cores: 1, agents: 1, ...path });
const counter = new PlainCounter();
for (const { name, type, work } of tasks) {
  const registered = functions[type];
  if (registered === undefined || work.kind !== 'function') throw new Error(`There is no function for ${type}.`);
  const call = { input: work.input, signal: new AbortController().signal, proposals: counter.of(name) };
  if ('run' in registered) await registered.run(call);
  else await (await inThisThread(registered.worker))(call);
}
const timeline = { startedAtMs: 0, endedAtMs: 1, attempts: [] };
const rendered = renderReports({ report: needData(data, 'report'), timeline });
for (const [name, text] of Object.entries(rendered)) writeFileSync(join(data, name), text);

async function inThisThread(worker: Readonly<{ module: string; export: string }>): Promise<(call: object) => unknown> {
  const module: unknown = await import(worker.module);
  const found: unknown = typeof module === 'object' && module !== null ? Reflect.get(module, worker.export) : undefined;
  if (typeof found !== 'function') throw new Error(`${worker.module} exports no function "${worker.export}".`);
  return (call): unknown => Reflect.apply(found, undefined, [call]);
}
