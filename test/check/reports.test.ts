import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath, lanesOf, withFailures } from '../../src/reports/check-run-view.ts';
import { escapeHtml } from '../../src/reports/html/html.ts';
import { renderReports } from '../../src/reports/render-reports.ts';
import { treemap } from '../../src/reports/treemap.ts';
import { checkReportFile } from '../../src/workflows/check-report-schema.ts';
import { attempt, finding, planned, report, timeline, vote } from './support/reports.ts';

const findings = Array.from({ length: 14 }, (_, index) =>
  finding({ id: `${index}`.padStart(16, '0'), title: `Finding ${index + 1}`, line: index }),
);

describe('report.md', () => {
  it('says in its first 20 lines what came out, of what, when, what is first and what was not checked', () => {
    const skipped = {
      task: 'history',
      reason: 'shallow-history',
      what: 'Who changed what',
      fix: 'Get it: git fetch --unshallow.',
    } as const;
    const before = { run: 'run-0', checkedAtMs: Date.UTC(2026, 1, 1), commit: null };
    const votes = [vote('shape', 'approve'), vote('context', 'approve'), vote('history', 'abstain')];
    const confirmed = findings.map((one, index) =>
      finding({ ...one, state: 'confirmed', votes, baseline: index === 1 ? 'new' : 'known' }),
    );
    const { 'report.md': markdown } = renderReports({
      report: report({
        findings: confirmed,
        before,
        notChecked: [skipped],
        plan: [planned('T1'), planned('T2'), planned('T3')],
      }),
      timeline: timeline(attempt('inventory', 0, 1_900)),
    });
    expect(markdown.split('\n').slice(0, 20)).toEqual([
      '# Check of shop',
      '',
      '**14 confirmed findings: 14 high.**',
      'Since 2026-02-01 00:00 UTC: 1 new, 13 known, 0 gone.',
      '',
      '10 files, 1,234 lines (TypeScript and Markdown), commit ababababab, 2 changed files. 2026-03-01 14:05 UTC, 1.9 s, by functions: no model took part.',
      '',
      '1. **high** Finding 1: `src/a.js` (2 for, 0 against)',
      '2. **high** Finding 2: `src/a.js:1` (2 for, 0 against; **new**)',
      '3. **high** Finding 3: `src/a.js:2` (2 for, 0 against)',
      '4. **high** Finding 4: `src/a.js:3` (2 for, 0 against)',
      '5. **high** Finding 5: `src/a.js:4` (2 for, 0 against)',
      '6. ... and 9 more findings below',
      '',
      '**To do first**: T1 Mend it · T2 Mend it · 1 more below',
      '',
      '**Not checked**: Who changed what (shallow-history: Get it: git fetch --unshallow.)',
      '',
      '## What to do',
      '',
    ]);
  });

  it('has the votes with their reasons, and why a finding was rejected', () => {
    const votes = [
      vote('shape', 'approve', { reason: 'A second look says the same.' }),
      vote('context', 'reject', { reason: 'It stands in a fixture.', isCounted: false }),
    ];
    const { 'report.md': markdown } = renderReports({
      report: report({
        findings: [
          finding({ state: 'confirmed', votes }),
          finding({
            state: 'rejected',
            title: 'A key',
            votes: [vote('shape', 'reject', { reason: 'A placeholder.' })],
          }),
        ],
      }),
      timeline: timeline(),
    });
    expect(markdown).toContain('* **votes**: 1 for, 0 against');
    expect(markdown).toContain('  * shape for: A second look says the same.');
    expect(markdown).toContain('  * context against (not counted): It stands in a fixture.');
    expect(markdown).toContain('## Rejected\n\n* high · A key · `src/a.js:3`: shape: A placeholder.');
  });

  it('says why a finding was left open though votes were for it', () => {
    const votes = [
      vote('shape', 'abstain', { reason: 'Only people can say.', isCounted: false }),
      vote('context', 'approve'),
      vote('blast-radius', 'approve'),
    ];
    const open = finding({ state: 'unconfirmed', title: 'A <name>', votes });
    const few = finding({ state: 'unconfirmed', title: 'Another', votes: votes.slice(0, 2) });
    const { 'report.md': markdown, 'report.html': page } = renderReports({
      report: report({ findings: [open, few] }),
      timeline: timeline(),
    });
    expect(markdown).toContain('`src/a.js:3`: 2 for, 0 against; shape abstained: Only people can say.\n');
    expect(markdown).toContain('* high · Another · `src/a.js:3`: 1 for, 0 against\n');
    expect(page).toMatch(/class="why">shape abstained: Only people can say\.</);
    expect(page.match(/class="why"/g)).toHaveLength(1);
  });

  it('tells what changed since the check before', () => {
    const before = { run: 'run-0', checkedAtMs: Date.UTC(2026, 1, 1), commit: null };
    const past = [{ id: '1', kind: 'secret', severity: 'high', title: 'Old', file: 'b.js', baseline: 'gone' } as const];
    const { 'report.md': markdown } = renderReports({
      report: report({ findings, before, past }),
      timeline: timeline(),
    });
    expect(markdown).toContain('Since 2026-02-01 00:00 UTC: 14 new, 0 known, 1 gone.');
    expect(markdown).toContain('* gone: Old, `b.js`');
  });
});

describe('report.html', () => {
  const html = (over: Parameters<typeof report>[0]): string =>
    renderReports({ report: report(over), timeline: timeline(attempt('inventory', 0, 100)) })['report.html'];

  it('escapes every text of the repository', () => {
    const evil = `<b onclick="x">'&\u202E\u0007`;
    const shown = '&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;⟨U+202E⟩⟨U+0007⟩';
    const page = html({
      findings: [
        finding({
          title: evil,
          file: evil,
          evidence: [{ source: evil, text: evil, ref: evil }],
          fix: evil,
          kind: evil,
        }),
      ],
      repository: { ...report().repository, name: evil, path: evil, branch: evil, commit: evil },
      size: {
        ...report().size,
        languages: [{ language: evil, files: 1, lines: 1 }],
        unread: [{ cause: evil, files: 1, examples: [evil] }],
      },
      notChecked: [{ task: evil, reason: 'no-git', what: evil, fix: evil }],
      leftOut: [evil],
      hotspots: [1, 2].map(() => ({
        file: evil,
        language: evil,
        lines: 1,
        commits: 1,
        authors: 1,
        fixes: 1,
        complexity: 1,
        complexityBy: 'parsed',
        trend: [1],
        score: 2,
      })),
      functions: [{ file: evil, line: 1, name: evil, complexity: 30, nesting: 1, lines: 9 }],
      modules: {
        modules: 2,
        imports: 2,
        cycles: [{ files: [evil], path: [{ file: evil, line: 1 }] }],
        typeCycles: 0,
        mostImported: [],
      },
      tasks: [
        { name: evil, title: evil, role: evil, state: 'failed', figures: [{ label: evil, value: evil }], note: evil },
      ],
      past: [{ id: 'x', kind: evil, severity: 'low', title: evil, file: evil, baseline: 'gone' }],
    });
    expect(page).not.toContain('<b onclick');
    expect(page).not.toContain('\u202E');
    expect(page).toContain(shown);
  });

  it('shows what was not checked before anything else', () => {
    const page = html({
      findings,
      notChecked: [{ task: 'history', reason: 'no-git', what: 'History', fix: 'Clone it.' }],
    });
    expect(page.indexOf('Not checked')).toBeLessThan(page.indexOf('id="findings"'));
    expect(page).toMatch(/History<\/b> <span class="tag ">no-git<\/span>/);
  });

  it('marks the critical path and shows a failed task with its reason', () => {
    const run = timeline(
      attempt('inventory', 0, 100),
      attempt('secrets', 100, 150, { outcome: 'failed', needs: ['inventory'] }),
      attempt('parse.0', 100, 300, { needs: ['inventory'] }),
    );
    const tasks = [
      { name: 'secrets', title: 'Keys', role: 'security-reviewer', state: 'failed', figures: [] },
    ] as const;
    const page = renderReports({
      report: withFailures(report({ tasks }), { secrets: 'It ran out of memory.' }),
      timeline: run,
    })['report.html'];
    expect(page).toContain('It ran out of memory.');
    expect(page.match(/class="bar path"\s+style/g)).toHaveLength(2);
    expect(page.match(/class="bar failed"\s+style/g)).toHaveLength(1);
    expect(page.match(/class="n run\d path"/g)).toHaveLength(2);
    expect(page).toContain('failed, 50 ms');
  });
});

describe('report.json', () => {
  it('fits its schema, with the timeline', () => {
    const { 'report.json': json } = renderReports({
      report: report({ findings }),
      timeline: timeline(attempt('inventory', 0, 100)),
    });
    expect(checkReportFile.safeParse(JSON.parse(json)).error).toBeUndefined();
  });

  it('does not fit with a reason that is not in the closed list', () => {
    const odd = {
      ...report(),
      timeline: timeline(),
      notChecked: [{ task: 'a', reason: 'tired', what: 'b', fix: 'c' }],
    };
    expect(checkReportFile.safeParse(odd).success).toBe(false);
  });
});

describe('escaping', () => {
  it('leaves no sign that could end a text or an attribute', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"'\u202E\u200B]/.test(escapeHtml(text))));
  });
});

describe('the critical path', () => {
  it('goes from the task that ended last to the need that ended last', () => {
    const run = timeline(
      attempt('inventory', 0, 100),
      attempt('history', 100, 400, { needs: ['inventory'] }),
      attempt('parse.0', 100, 600, { needs: ['inventory'] }),
      attempt('hotspots', 600, 650, { needs: ['history', 'parse.0'] }),
      attempt('secrets', 100, 500, { needs: ['inventory'] }),
      attempt('report', 650, 700, { needs: ['hotspots', 'secrets'] }),
    );
    expect([...criticalPath(run)]).toEqual(['report#1', 'hotspots#1', 'parse.0#1', 'inventory#1']);
  });

  it('takes the attempt that counted where a task was tried twice, and ends on a ring of needs', () => {
    const run = timeline(
      attempt('a', 0, 10, { outcome: 'failed', needs: ['b'] }),
      attempt('a', 20, 50, { attempt: 2, needs: ['b'] }),
      attempt('b', 0, 5, { needs: ['a'] }),
    );
    expect([...criticalPath(run)]).toEqual(['a#2', 'b#1']);
  });

  it('is empty where nothing ran', () => {
    expect(criticalPath(timeline()).size).toBe(0);
  });

  it('stands beside lanes in the order in which agents began', () => {
    const run = timeline(
      attempt('b', 50, 60, { agent: 'x' }),
      attempt('a', 0, 10, { agent: 'y' }),
      attempt('c', 70, 80, { agent: 'x' }),
    );
    expect(lanesOf(run).map(({ agent, attempts }) => [agent, attempts.length])).toEqual([
      ['y', 1],
      ['x', 2],
    ]);
  });
});

describe('the map', () => {
  it('fills the whole without overlap, in proportion', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(fc.property(sizes, isTiled), { numRuns: 60 });
  });
});

function isTiled(unordered: readonly number[]): boolean {
  const ordered = unordered.toSorted((a, b) => b - a);
  const total = ordered.reduce((sum, size) => sum + size, 0);
  const tiles = treemap(ordered, (size) => size, 2);
  const isFair = tiles.every(({ item, width, height }) => Math.abs((width * height) / 10_000 - item / total) < 1e-6);
  const isInside = tiles.every(({ left, top, width, height }) => {
    return left > -1e-6 && top > -1e-6 && left + width < 100 + 1e-6 && top + height < 100 + 1e-6;
  });
  const isApart = tiles.every((a, index) => tiles.slice(index + 1).every((b) => overlap(a, b) < 1e-6));
  return isFair && isInside && isApart && tiles.length === ordered.length;
}

type Box = Readonly<{ left: number; top: number; width: number; height: number }>;

function overlap(a: Box, b: Box): number {
  const wide = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const high = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return wide > 1e-6 && high > 1e-6 ? wide * high : 0;
}
