import type { Plant } from './plant.ts';
import { flat, nested, type Place, real, small, tempting } from './quality.ts';
import { changes, type Past } from './snippets.ts';

const hot = (times: number): Past => changes(times, { daysAgo: 4, every: 12 });

/** There for long, and then changed inside of its hardest function, every other time by a fix. */
function mended(name: string, code: string, times: number): Readonly<{ code: string; past: Past }> {
  const version = (step: number): string => {
    let left = step;
    return code.replaceAll(/(?<=left|size) > /g, (sign) => ((left -= 1) >= 0 ? ' >= ' : sign));
  };
  const begin = { daysAgo: 700, author: 'Ada', message: 'begin' };
  const work = changes(times, { daysAgo: 4, every: 12, isFix: true });
  const past = [begin, ...work].map((one, step) => ({ ...one, files: { [name]: version(step) } }));
  return { code: version(times), past };
}

/** Changed as often, and nothing of it was a fix of the function. */
const grown = (name: string, code: string, times: number): Readonly<{ code: string; past: Past }> => {
  const { past, code: last } = mended(name, code, times);
  return { code: last, past: past.map((one, step) => ({ ...one, message: `step ${step}` })) };
};

/** Three functions of some hundred lines each, five levels deep. */
const PYTHON = Array.from({ length: 3 }, (_, index) => {
  const part = (step: number): string =>
    `    for row in rows[${step}:]:\n        if row.open and row.size > ${step}:\n            for part in row.parts:\n                if part.left > ${step} or part.right:\n                    while part.next:\n                        part = part.next\n                elif part.count:\n                    found.append(part.count + ${step})\n`;
  const body = Array.from({ length: 15 }, (__, step) => part(index * 20 + step)).join('');
  return `def step_${index}(rows):\n    found = []\n${body}    return found\n`;
}).join('\n\n');

const hotReal = (name: string, why: string, rest: Readonly<{ size: number; times: number }> & Place): Plant => {
  const { size, times, ...place } = rest;
  const { code: last, past } = mended(`src/hot-spot/${name}.js`, nested(size), times);
  return real('hot-spot', name, why, [last, { ...place, past }]);
};

const MENDED_PYTHON = mended('src/hot-spot/python.py', PYTHON, 26);
const GROWN = grown('src/hot-spot/grown.js', nested(14), 24);
const SHORT = mended('src/hot-spot/short.js', nested(5), 24);
const RELEASING = mended('scripts/hot-spot/release.js', nested(14), 24);

/** Long functions that fixes had to change again and again, and what only looks like them. */
export const HOT_SPOT_PLANTS: readonly Plant[] = [
  hotReal('deep', 'deep, long, and fixed often', { size: 12, times: 24, users: 1 }),
  hotReal('fixed', 'deep, and mostly fixed', { size: 14, times: 22, users: 2 }),
  hotReal('central', 'deep, fixed, and imported by many', { size: 12, times: 28, users: 6 }),
  hotReal('tested', 'deep and central, though tested', { size: 16, times: 26, users: 5, tests: 3 }),
  hotReal('alone', 'deep, a program of its own, and well tested', { size: 12, times: 24, tests: 3 }),
  hotReal('untested', 'deep, and no test reaches it', { size: 11, times: 20, users: 1 }),
  {
    kind: 'hot-spot',
    file: 'src/hot-spot/python.py',
    isTrue: true,
    why: 'in a language that is not parsed',
    files: { 'src/hot-spot/python.py': MENDED_PYTHON.code },
    past: MENDED_PYTHON.past,
  },
  tempting('hot-spot', 'grown', 'deep, and it grew without a fix', [GROWN.code, { past: GROWN.past, users: 2 }]),
  tempting('hot-spot', 'short', 'deep and fixed, and not long', [SHORT.code, { past: SHORT.past, users: 2 }]),
  {
    kind: 'hot-spot',
    file: 'scripts/hot-spot/release.js',
    isTrue: false,
    why: 'makes a release',
    files: { 'scripts/hot-spot/release.js': RELEASING.code },
    past: RELEASING.past,
  },
  tempting('hot-spot', 'list', 'a list that grows', [flat(160), { past: hot(30), users: 1 }]),
  tempting('hot-spot', 'small', 'many small functions', [small(60), { past: hot(24), users: 1 }]),
  tempting('hot-spot', 'names', 'a table of names', [flat(220), { past: hot(22), users: 2 }]),
  {
    kind: 'hot-spot',
    file: 'src/legacy/engine.js',
    isTrue: false,
    why: 'kept, not used',
    files: { 'src/legacy/engine.js': nested(12) },
    past: hot(24),
  },
  {
    kind: 'hot-spot',
    file: 'src/copied/engine.js',
    isTrue: false,
    why: 'copied, tested, and left out by the linter',
    files: {
      'src/copied/engine.js': nested(12),
      'test/copied/one.test.js': "import '../../src/copied/engine.js';\n",
      'test/copied/two.test.js': "import '../../src/copied/engine.js';\n",
    },
    past: hot(24),
  },
  tempting('hot-spot', 'switches', 'plain choices', [flat(120) + small(20), { past: hot(26), users: 1 }]),
];
