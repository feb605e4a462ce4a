import { type AgentsAsked, type SimulatedEstimates, type SimulationOptions, STRATEGIES } from '../app/simulation.ts';
import { nearestName } from '../util/nearest-name.ts';
import { type UserError, UserErrors, userError } from '../util/user-error.ts';

/** As they were written. */
export type SimulateFlags = Readonly<{
  input?: Readonly<Record<string, string>>;
  agents?: string;
  strategy?: string;
  estimates?: string;
  faults?: string;
  cost?: string;
  seed?: string;
  chart?: string;
  compare?: true;
}>;

export type ReadFlags = Readonly<{ agents: AgentsAsked; options: Omit<SimulationOptions, 'agents'> }>;

const MOST_AGENTS = 100_000;
const MOST_FAULTS = 0.9;
const MOST_WRONG = 1_000;
const MOST_PRICE = 1_000_000;
const MOST_SEED = 2 ** 32 - 1;

/** Throws `UserErrors` with every mistake. */
export function readSimulateFlags(flags: SimulateFlags): ReadFlags {
  const problems: UserError[] = [];
  const wrong = (flag: string, message: string, fix: string): undefined => {
    problems.push(userError({ code: 'SIMULATE_OPTION', at: `--${flag}`, message, fix }));
  };
  const number = (flag: 'faults' | 'cost' | 'seed', most: number): number | undefined => {
    const text = flags[flag];
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const isRight = value >= 0 && value <= most && (flag !== 'seed' || Number.isInteger(value));
    if (isRight) return value;
    return wrong(
      flag,
      `"${text}" does not fit.`,
      `Write a ${flag === 'seed' ? 'whole ' : ''}number from 0 to ${most}.`,
    );
  };
  const agents = agentsIn(flags.agents, wrong);
  const strategy = STRATEGIES.find((known) => known === (flags.strategy ?? 'adaptive'));
  if (strategy === undefined) {
    const near = nearestName(flags.strategy ?? '', STRATEGIES);
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
    wrong('strategy', `There is no strategy "${flags.strategy}".`, `Write ${STRATEGIES.join(', ')}.${hint}`);
  }
  const estimates = estimatesIn(flags.estimates ?? 'exact', wrong);
  const [faults, pricePerHour, seed] = [
    number('faults', MOST_FAULTS),
    number('cost', MOST_PRICE),
    number('seed', MOST_SEED),
  ];
  checkChart(flags, wrong);
  if (problems.length > 0) throw new UserErrors(problems);
  return {
    agents,
    options: {
      ...(strategy === undefined ? {} : { strategy }),
      ...(estimates === undefined ? {} : { estimates }),
      ...(faults === undefined ? {} : { faults }),
      ...(pricePerHour === undefined ? {} : { pricePerHour }),
      ...(seed === undefined ? {} : { seed }),
    },
  };
}

function checkChart({ chart, compare }: SimulateFlags, wrong: Wrong): void {
  if (chart === undefined) return;
  if (compare === true) wrong('chart', 'One chart shows one simulation.', 'Leave out --chart or --compare.');
  if (!chart.endsWith('.svg')) wrong('chart', `"${chart}" is no SVG file.`, 'Give a name that ends in .svg.');
}

type Wrong = (flag: string, message: string, fix: string) => undefined;

function agentsIn(text: string | undefined, wrong: Wrong): AgentsAsked {
  if (text === undefined) return undefined;
  if (!text.includes('=')) return countOf(text) ?? wrongCount(text, wrong);
  const roles = new Map<string, number>();
  for (const part of text.split(',')) {
    const [role = '', value = '', ...rest] = part.split('=').map((piece) => piece.trim());
    const count = value === '0' ? 0 : countOf(value);
    if (roles.has(role)) wrong('agents', `"${role}" stands in it twice.`, 'Write each role once.');
    if (count === undefined || role === '' || rest.length > 0) wrongCount(part, wrong);
    else roles.set(role, count);
  }
  return roles;
}

function countOf(text: string): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= MOST_AGENTS ? count : undefined;
}

function wrongCount(text: string, wrong: Wrong): undefined {
  const fix = `Write a whole number from 1 to ${MOST_AGENTS}, or roles: build=4,test=2.`;
  return wrong('agents', `"${text}" is no number of agents.`, fix);
}

function estimatesIn(text: string, wrong: Wrong): SimulatedEstimates | undefined {
  if (text === 'exact' || text === 'none') return text;
  const wrongBy = text.startsWith('wrong:') ? Number(text.slice('wrong:'.length)) : Number.NaN;
  if (wrongBy >= 1 && wrongBy <= MOST_WRONG) return { wrongBy };
  return wrong(
    'estimates',
    `"${text}" does not fit.`,
    `Write exact, none, or wrong:4 (a number from 1 to ${MOST_WRONG}).`,
  );
}
