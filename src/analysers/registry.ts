import { extname } from 'node:path';
import type { Json } from '../core/json.ts';
import type { AnalyserResult } from './analyser.ts';
import { collectReport, type BaselineMemory, type CollectInput } from './collect.ts';
import { writeData } from './data-files.ts';

/** How a function of the check is run: in a worker thread, or where it is called. */
export type CheckFunction =
  | Readonly<{ worker: Readonly<{ module: string; export: string }> }>
  | Readonly<{ run: (call: Readonly<{ input: Json | undefined }>) => Promise<AnalyserResult> }>;

const inWorker = (file: string, name: string): CheckFunction => ({
  worker: { module: new URL(`./${file}${extname(import.meta.url)}`, import.meta.url).href, export: name },
});

/**
 * The functions that the tasks of a check name in `work.function`, for the function driver. Without `memory` nothing
 * is known from earlier checks.
 */
export function checkFunctions(memory?: BaselineMemory): Readonly<Record<string, CheckFunction>> {
  return {
    'check:inventory': inWorker('inventory', 'inventory'),
    'check:manifests': inWorker('manifests', 'manifests'),
    'check:history': inWorker('history', 'history'),
    'check:parse': inWorker('parse', 'parse'),
    'check:graph': inWorker('graph', 'graph'),
    'check:hotspots': inWorker('hotspots', 'hotspots'),
    'check:secrets': inWorker('secrets', 'secrets'),
    'check:docs': inWorker('docs', 'docs'),
    'check:hygiene': inWorker('hygiene', 'hygiene'),
    'check:tests-map': inWorker('tests-map', 'testsMap'),
    'check:duplication': inWorker('duplication', 'duplication'),
    'check:risky-code': inWorker('risky-code', 'riskyCode'),
    'check:supply-chain': inWorker('supply-chain', 'supplyChain'),
    'check:ci': inWorker('ci', 'ci'),
    'check:lint': inWorker('lint', 'lint'),
    'check:advisories': inWorker('advisories', 'advisories'),
    'check:propose': inWorker('propose', 'propose'),
    'check:vote.shape': inWorker('voting/vote', 'voteShape'),
    'check:vote.context': inWorker('voting/vote', 'voteContext'),
    'check:vote.history': inWorker('voting/vote', 'voteHistory'),
    'check:vote.tests': inWorker('voting/vote', 'voteTests'),
    'check:vote.blast-radius': inWorker('voting/vote', 'voteBlastRadius'),
    'check:plan': inWorker('plan', 'plan'),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the input that planCheck made for this function
    'check:report': { run: ({ input }) => report(input as unknown as CollectInput, memory) },
  };
}

/** The last task: what all others left as one report, in `report.json` of the data folder. */
async function report(input: CollectInput, memory: BaselineMemory | undefined): Promise<AnalyserResult> {
  const collected = await collectReport(input, memory);
  const { findings, past, notChecked } = collected;
  return {
    file: writeData(input.data, 'report', collected),
    summary: { findings: findings.length, gone: past.length, notChecked: notChecked.length },
  };
}
