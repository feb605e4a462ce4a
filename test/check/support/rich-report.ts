import type {
  CheckReport,
  Hotspot,
  PlannedChange,
  RunTimeline,
  TimelineAttempt,
  Trend,
} from '../../../src/core/findings/check-report.ts';
import { SEVERITIES, type Finding, type FindingState, type FindingVote } from '../../../src/core/findings/finding.ts';
import { attempt, report, vote } from './reports.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 2, 1, 14, 5);
const FOLDERS = ['core/tasks', 'core/runs', 'engine', 'cli/commands', 'cli/render', 'server', 'util', 'adapters/git'];
const NAMES = ['registry', 'order-service', 'scheduler', 'parse-options', 'index', 'http-client', 'retry', 'journal'];
const KINDS: readonly (readonly [string, string, string])[] = [
  ['hot-spot', 'Changed 231 times and hard to read: 188 decisions in 797 lines', 'Split it where its reasons part.'],
  ['duplicate-case', "Case stands twice: case 'retry'", 'Remove it, or correct its value.'],
  ['import-cycle', 'Four files import each other when the program loads', 'Move what both need into a module.'],
  ['secret', 'AWS access key: AKIA… (20 signs)', 'Revoke it first, then remove it; history keeps it.'],
  ['complex-function', 'resolveAll makes 61 decisions in 214 lines', 'Move branches into functions of their own.'],
  ['empty-catch', 'An error is caught and dropped without a word', 'Handle it, or say why it can be ignored.'],
  ['dead-link', 'A link leads nowhere: docs/guide.md', 'Correct the link.'],
  ['untested-hot-spot', 'Changed 44 times, and no test imports it', 'Write tests for what changes most.'],
];

const SKIPPED: Pick<CheckReport, 'notChecked' | 'leftOut'> = {
  notChecked: [
    {
      task: 'advisories',
      reason: 'needs-network',
      what: 'Known faults of packages',
      fix: 'Ask: waggle check --online',
    },
    {
      task: 'supply-chain',
      reason: 'no-lockfile',
      what: 'Lock file',
      fix: 'Write one: npm install --package-lock-only',
    },
  ],
  leftOut: ['14 sample keys in tests and docs.', '3 dead links of a documentation site, which resolves them itself.'],
};

function fileOf(index: number): string {
  return `src/${FOLDERS[index % FOLDERS.length] ?? ''}/${NAMES[(index * 3) % NAMES.length] ?? ''}-${index}.ts`;
}

/** A report with everything in it that a report can have: states, votes, a plan, trends, skipped parts. */
export function richReport(findings: number = 28, over: Partial<CheckReport> = {}): CheckReport {
  const all = Array.from({ length: findings }, (_, index) => findingAt(index, findings));
  return report({
    size: {
      files: 412,
      lines: 72_518,
      bytes: 2_400_000,
      languages: ['TypeScript', 'Markdown', 'JSON', 'YAML', 'CSS', 'Shell', 'Python'].map((language, index) => ({
        language,
        files: Math.round(300 / (index + 1)),
        lines: Math.round(52_000 / (index + 1) ** 2),
      })),
      unread: [{ cause: 'larger than 2 MiB', files: 2, examples: ['data/cities.json', 'data/words.txt'] }],
    },
    repository: { ...report().repository, commits: 2_944 },
    findings: all,
    past: pastFindings(),
    before: { run: 'check-0', checkedAtMs: NOW_MS - 7 * DAY_MS, commit: 'cd'.repeat(20) },
    hotspots: Array.from({ length: 40 }, (_, index) => hotspotAt(index)),
    functions: Array.from({ length: 14 }, (_, index) => ({
      file: fileOf(index),
      line: 12 + index * 7,
      name: index === 3 ? 'AVeryLongClassName.withAnEvenLongerMethodNameThatNobodyWouldWrite' : `resolve${index}`,
      complexity: Math.round(80 / (index + 1)) + 20,
      nesting: 6,
      lines: 214 - index * 9,
    })),
    modules: modules(),
    plan: planFor(all),
    trends: trends(),
    tasks: richTimeline().attempts.map(({ task, role }) => ({
      name: task,
      title: `What ${task} does`,
      role,
      state: 'done' as const,
      figures: [
        { label: 'files', value: '412' },
        { label: 'findings', value: '3' },
      ],
    })),
    ...SKIPPED,
    ...over,
  });
}

function pastFindings(): CheckReport['past'] {
  return Array.from({ length: 5 }, (_, index) => ({
    id: `${index}`.padStart(16, 'c'),
    kind: 'dead-link',
    severity: 'low' as const,
    title: `A link leads nowhere: docs/page-${index}.md`,
    file: `docs/index-${index}.md`,
    baseline: index < 4 ? ('gone' as const) : ('not-checked' as const),
  }));
}

function findingAt(index: number, total: number): Finding {
  const [kind, title, fix] = KINDS[index % KINDS.length] ?? ['hot-spot', 'Odd', 'Look.'];
  const state = stateAt(index / total);
  const file = fileOf(index);
  return {
    id: index.toString(16).padStart(16, '0'),
    kind,
    severity: SEVERITIES[Math.min(3, Math.floor((index / total) * 5))] ?? 'low',
    title,
    file,
    line: index % 6 === 5 ? 0 : 10 + index * 13,
    evidence: [
      { source: 'parse', text: "case 'retry': return again(order, { delayMs: 500 });", ref: `${file}:${20 + index}` },
      { source: 'history', text: '231 commits by 14 people, 37 in the last 12 months, 61 of them fixes.' },
    ],
    state,
    votes: state === 'not-voted' ? [] : votesFor(state, index),
    baseline: index % 4 === 1 ? 'new' : 'known',
    fix,
  };
}

function stateAt(share: number): FindingState {
  if (share < 0.4) return 'confirmed';
  if (share < 0.6) return 'unconfirmed';
  return share < 0.8 ? 'rejected' : 'not-voted';
}

function votesFor(state: FindingState, index: number): readonly FindingVote[] {
  const on = (text: string): FindingVote['evidence'] => [{ source: 'vote', text, ref: `${fileOf(index + 1)}:9` }];
  const against = state === 'rejected';
  return [
    vote('shape', against ? 'reject' : 'approve', {
      reason: against ? 'The word is a placeholder.' : 'A second parse, token by token, finds the same.',
      evidence: on('2 equal cases among 14.'),
    }),
    vote('context', against ? 'reject' : 'approve', {
      reason: against ? 'It stands in a fixture that nothing ships.' : 'It stands in code that is shipped.',
      evidence: on('Listed by "files" of package.json.'),
    }),
    vote('history', state === 'unconfirmed' ? 'reject' : 'abstain', {
      reason: state === 'unconfirmed' ? 'Nobody has touched it for 3 years.' : 'History says nothing about this kind.',
    }),
    vote('tests', state === 'confirmed' ? 'approve' : 'abstain', {
      reason: 'No test imports it, directly or through others.',
      evidence: on('0 of 88 test files reach it.'),
    }),
    vote('blast-radius', state === 'confirmed' ? 'approve' : 'abstain', {
      reason: '31 modules need it, more than 96% of the others.',
      evidence: on('31 of 300 modules.'),
      isCounted: index % 2 === 0,
    }),
  ];
}

function hotspotAt(index: number): Hotspot {
  const commits = Math.round(240 / (index + 1)) + 3;
  const complexity = 10 + ((index * 37) % 190);
  return {
    file: fileOf(index),
    language: 'TypeScript',
    lines: 120 + ((index * 61) % 900),
    commits,
    authors: 1 + (index % 14),
    fixes: Math.round(commits / 4),
    complexity,
    complexityBy: index % 9 === 8 ? 'counted' : 'parsed',
    trend: Array.from({ length: 12 }, (_, month) => (index * 7 + month * 5) % 9),
    score: commits * (1 + complexity),
  };
}

function modules(): CheckReport['modules'] {
  const folders = [...FOLDERS.map((folder) => `src/${folder}/`), 'src/*', 'scripts/', 'bench/'];
  const links = folders.flatMap((_, from) =>
    [1, 2, 3, 5].map((step) => ({
      from,
      to: (from * 2 + step) % folders.length,
      imports: ((from * 7 + step) % 23) + 1,
    })),
  );
  return {
    modules: 300,
    imports: 1_204,
    cycles: [
      {
        files: [fileOf(1), fileOf(2), fileOf(3), fileOf(4)],
        path: [1, 2, 3].map((at) => ({ file: fileOf(at), line: at * 4 })),
      },
      { files: [fileOf(8), fileOf(9)], path: [8, 9].map((at) => ({ file: fileOf(at), line: at })) },
    ],
    typeCycles: 3,
    mostImported: Array.from({ length: 12 }, (_, index) => ({ file: fileOf(index), importedBy: 90 - index * 6 })),
    map: {
      folders: folders.map((path, index) => ({ path, modules: 4 + index * 5 })),
      links: links.filter(({ from, to }) => from !== to),
    },
  };
}

function planFor(findings: readonly Finding[]): readonly PlannedChange[] {
  const roles = ['coder', 'tester', 'architect', 'integrator'] as const;
  const sizes = ['S', 'M', 'L'] as const;
  return findings
    .filter(({ state }) => state === 'confirmed')
    .slice(0, 8)
    .map((finding, index) => ({
      id: `T${index + 1}`,
      title: `Resolve: ${finding.title}`,
      role: roles[index % 4] ?? 'coder',
      findingIds: [finding.id],
      writes: index % 3 === 0 ? [finding.file, 'src/core/'] : [finding.file],
      dependsOn: index % 3 === 2 ? [`T${index}`, `T${index - 1}`] : [],
      verify: ['npm test', 'npx tsc --noEmit'].slice(0, 1 + (index % 2)),
      size: sizes[index % 3] ?? 'S',
    }));
}

function trends(): readonly Trend[] {
  const trend = (label: string, better: Trend['better'], values: readonly (number | null)[]): Trend => ({
    label,
    better,
    points: values.map((value, index) => ({ atMs: NOW_MS - (values.length - 1 - index) * 7 * DAY_MS, value })),
  });
  return [
    trend('confirmed findings', 'lower', [21, 20, 22, 18, 18, 15, 14, 11]),
    trend('import cycles', 'lower', [1, 1, 1, 1, 2, 2, 2, 2]),
    trend('lines', 'neither', [61_000, 63_500, null, 66_000, 68_000, 70_200, 71_000, 72_518]),
    trend('sources that a test reaches, percent', 'higher', [61, 62, 62, 64, 63, 66, 68, 67]),
    trend('secrets', 'lower', [0]),
  ];
}

const DETECTORS = ['manifests', 'history', 'parse.0', 'parse.1', 'secrets', 'docs', 'hygiene', 'duplication', 'ci'];
const VOTES = ['shape', 'context', 'history', 'tests', 'blast-radius'].map((name) => `vote.${name}`);
const AGENTS = ['researcher-1', 'reviewer-1', 'architect-1', 'security-reviewer-1'];

/** A run of 4 agents with all tasks of a check. */
export function richTimeline(): RunTimeline {
  const agent = (index: number): Pick<TimelineAttempt, 'agent' | 'role'> => {
    const name = AGENTS[index % AGENTS.length] ?? '';
    return { agent: name, role: name.replace(/-1$/, '') };
  };
  const after = (names: readonly string[], needs: readonly string[], startedAtMs: number): readonly TimelineAttempt[] =>
    names.map((name, index) => {
      const begins = startedAtMs + Math.floor(index / 4) * 240;
      return attempt(name, begins, begins + 130 + ((index * 53) % 110), { needs, ...agent(index) });
    });
  const first = after(['inventory'], [], 0);
  const found = after(DETECTORS, ['inventory'], 250);
  const second = after(['graph', 'hotspots', 'tests-map'], ['parse.0', 'parse.1', 'history'], 980);
  const proposed = after(['propose'], [...DETECTORS, 'graph', 'hotspots', 'tests-map'], 1_240);
  const voted = after(VOTES, ['propose'], 1_480);
  const last = [...after(['plan'], VOTES, 1_990), ...after(['report'], ['plan'], 2_200)];
  const attempts = [...first, ...found, ...second, ...proposed, ...voted, ...last];
  return { startedAtMs: 0, endedAtMs: 2_400, attempts };
}
