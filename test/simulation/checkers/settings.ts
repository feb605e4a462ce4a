import type { SettingValue } from '../../../src/core/settings/setting-events.ts';
import type { TuningEvent } from '../../../src/core/tuning/tuning-events.ts';
import type { Plan } from '../../../src/simulation/plan.ts';
import type { Books } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';
import type { ProposalLine } from './vote-books.ts';

type Must = ReturnType<typeof checkerOf>;
type Decided = Extract<TuningEvent, { type: 'tuning.decided' }>;

/** Options that the process around the core reads. */
const OUTSIDE = ['performance.cacheSize', 'communication.batchSize'];

/** A change of an option is stored once, from the value that it had to one that it may have, and reaches who reads it. */
export function settingChecker(tell: Tell, books: Books, { rules, clients }: Plan): Checker {
  const must = checkerOf(tell);
  const values = new Map(rules.live.map(({ name, configured }) => [name, [configured]]));
  let trial = 0;
  const now = (name: string): SettingValue | undefined => values.get(name)?.at(-1);
  return {
    before: ({ event }) => {
      if (event.type === 'tuning.decided') {
        must(trial === 0, 'one-trial', `trial ${event.no} begins during trial ${trial}`);
        checkVoted(must, books, event, rules.tuner.asks);
        if (event.outcome === 'tried') trial = event.no;
      }
      if (event.type === 'tuning.ended') {
        must(trial === event.no, 'one-trial', `trial ${event.no} ends, not ${trial}`);
        trial = 0;
      }
      if (event.type !== 'config.changed') return;
      const { name, before, value } = event;
      must(values.has(name), 'setting-known', `${name} cannot be changed`);
      must(before === now(name), 'setting-once', `${name} was ${now(name)}, not ${before}`);
      must(before !== value, 'setting-once', `${name} is ${value} already`);
      const option = rules.live.find((one) => one.name === name);
      must(option !== undefined && fits(option, value), 'setting-fits', `${name} cannot be ${value}`);
      values.get(name)?.push(value);
    },
    set: (node, name, value) => {
      const isStored = values.get(name)?.includes(value) === true;
      must(isStored, 'effect-after-commit', `${node} takes ${value} for ${name}, which is not stored`);
    },
    answered: ({ request, input, answer }) => {
      if (input.type !== 'config.set' || !answer.ok) return;
      const isStored = values.get(input.name)?.includes(input.value) === true;
      must(isStored, 'ack-after-commit', `${clients.join()} are told that ${request} is done (seq ${books.seq})`);
    },
    ended: ({ applied }) => {
      for (const name of applied === undefined ? [] : OUTSIDE) {
        const [taken, stored] = [applied?.[name] ?? values.get(name)?.[0], now(name)];
        must(taken === stored, 'setting-applied', `${name} is ${stored}, and ${taken} counts`);
      }
    },
  };
}

/** Where changes are voted on, only what was approved is tried, once, and only what was not is left. */
function checkVoted(must: Must, { votes }: Books, event: Decided, asks: boolean): void {
  const { no, outcome } = event;
  const line = votes.lines.get(`_swarm/tuning-${no}`);
  switch (outcome) {
    case 'asked': {
      const isOpen = votes.ofRun('_swarm').some(({ closed }) => closed === undefined);
      return must(asks && line === undefined && !isOpen, 'one-question', `adjustment ${no} is asked for once more`);
    }
    case 'refused': {
      const isOver = line?.closed !== undefined && line.closed.outcome !== 'approved';
      return must(isOver, 'tuning-voted', `adjustment ${no} is left, and nobody has said so`);
    }
    case 'tried':
      return must(!asks || isApproved(line, event), 'tuning-voted', `nobody has approved adjustment ${no}`);
    case 'dropped':
  }
}

function isApproved(line: ProposalLine | undefined, { option, to }: Decided): boolean {
  if (line?.closed?.outcome !== 'approved' || line.hasActed) return false;
  const { action = {} } = line.opened.spec;
  return action['option'] === option && action['to'] === to;
}

function fits(option: Plan['rules']['live'][number], value: SettingValue): boolean {
  if ('choices' in option) return option.choices.includes(String(value));
  return typeof value === 'number' && value >= option.min && value <= option.max;
}
