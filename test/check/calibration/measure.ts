import { outcomeAtDue } from '../../../src/core/consensus/outcome.ts';
import { type Finding, type FindingState, type Voter } from '../../../src/core/findings/finding.ts';
import { type Electorate, electorateOf } from '../../../src/analysers/voting/electorate.ts';
import { ruleOf } from '../../../src/analysers/voting/kinds.ts';
import type { Plant } from '../plants/plant.ts';
import { checkHere } from '../support/run-check.ts';
import { PlantedRepository, type Without } from './planted-repository.ts';

/** What a check made of one plant. */
export type Judged = Readonly<{
  plant: Plant;
  /** The finding about it, the one that came furthest; undefined when no detector took it for one. */
  finding: Finding | undefined;
}>;

/** Kinds of which a check makes one finding, or few, for the whole repository: each plant gets one of its own. */
const ALONE = new Set([
  'hot-spot',
  'untested-hot-spot',
  'no-test-step',
  'unpinned-action',
  'outdated-action',
  'unstated-rights',
  'old-todo',
  'dead-link',
  'skipped-tests',
  'lock-files-compete',
  'package-name-twice',
  'case-collision',
]);
/** A check shows only the worst few of these. */
const FEW: ReadonlyMap<string, number> = new Map([
  ['complex-function', 4],
  ['import-cycle', 1],
  ['duplicate-code', 4],
]);
/** Only the first 40 findings of a check are voted on. */
const TOGETHER = 14;
const AT_ONCE = 2;

/** Plants the plants, kind by kind, and checks each repository. In the order of the kinds. */
export async function judge(plants: readonly Plant[], without: Without): Promise<readonly Judged[]> {
  const batches = [...Map.groupBy(plants, ({ kind }) => kind).values()].flatMap((kind) => split(kind));
  const judged: Judged[][] = batches.map(() => []);
  const queue = [...batches.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      judged[next[0]] = await judgeTogether(next[1], without);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return judged.flat();
}

/** No two that bring the same file with other content. */
function split(plants: readonly Plant[]): readonly (readonly Plant[])[] {
  const batches: Plant[][] = [];
  for (const plant of plants) {
    const most = ALONE.has(plant.kind) ? 1 : (FEW.get(plant.kind) ?? TOGETHER);
    const fit = batches.find((batch) => batch.length < most && !batch.some((other) => clash(plant, other)));
    if (fit === undefined) batches.push([plant]);
    else fit.push(plant);
  }
  return batches;
}

function clash(plant: Plant, other: Plant): boolean {
  return Object.keys(plant.files).some((path) => Object.hasOwn(other.files, path));
}

async function judgeTogether(plants: readonly Plant[], without: Without): Promise<Judged[]> {
  using repository = new PlantedRepository(plants, without);
  const { report, failures } = await checkHere(repository.path);
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const further = (a: Finding, b: Finding): number => STATES.indexOf(a.state) - STATES.indexOf(b.state);
  return plants.map((plant) => {
    const found = report.findings.filter(({ kind, file }) => kind === plant.kind && file === plant.file);
    return { plant, finding: found.toSorted(further)[0] };
  });
}

const STATES: readonly FindingState[] = ['confirmed', 'unconfirmed', 'rejected', 'not-voted'];

/** The state that the same votes give when `left` is not asked. */
export function stateWithout(finding: Pick<Finding, 'kind' | 'votes'>, left: Voter | undefined): FindingState {
  const electorate = electorateOf(finding.kind, finding.votes.length === 1);
  return stateBy(finding, { ...electorate, asked: electorate.asked.filter((voter) => voter !== left) });
}

/** The state that the same votes give by one vote each and a plain majority. */
export function stateByMajority(finding: Pick<Finding, 'kind' | 'votes'>): FindingState {
  const { asked } = electorateOf(finding.kind, finding.votes.length === 1);
  return stateBy(finding, { asked, threshold: 'majority', weights: {} });
}

function stateBy({ votes }: Pick<Finding, 'votes'>, { asked, threshold, weights }: Electorate): FindingState {
  if (asked.length === 0) return 'not-voted';
  const tally = { total: 0, approve: 0, reject: 0, abstain: 0 };
  for (const voter of asked) {
    const weight = weights[voter] ?? 1;
    const vote = votes.find((one) => one.voter === voter);
    tally.total += weight;
    if (vote !== undefined) tally[vote.choice] += weight;
  }
  const cast = votes.filter(({ voter }) => asked.includes(voter));
  const count = (wanted: string): number => cast.filter(({ choice }) => choice === wanted).length;
  const outcome = outcomeAtDue({ quorumPercent: 60, threshold }, tally, 'impossible');
  if (outcome === 'rejected') return count('reject') > 0 ? 'rejected' : 'unconfirmed';
  if (outcome !== 'approved') return 'unconfirmed';
  return count('approve') >= 2 || count('approve') === asked.length ? 'confirmed' : 'unconfirmed';
}

/** The whole suite, and parts of it without history and without tests. */
export async function measureAll(
  plants: readonly Plant[],
): Promise<Readonly<Record<'whole' | 'noHistory' | 'noTests', readonly Judged[]>>> {
  const part = someOf(plants);
  return {
    whole: await judge(plants, 'nothing'),
    noHistory: await judge(part, 'history'),
    noTests: await judge(part, 'tests'),
  };
}

/** All plants about quality, which history and tests weigh; the first two real and the first two tempting of the others. */
function someOf(plants: readonly Plant[]): readonly Plant[] {
  return [...Map.groupBy(plants, ({ kind, isTrue }) => `${kind} ${isTrue}`).values()].flatMap((own) =>
    ruleOf(own[0]?.kind ?? '').class === 'quality' ? own : own.slice(0, 2),
  );
}
