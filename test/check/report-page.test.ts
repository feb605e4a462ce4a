import { describe, expect, it } from 'vitest';
import { renderReports } from '../../src/reports/render-reports.ts';
import { DARK, LIGHT } from '../../src/reports/html/styles.ts';
import { contrast, tagsOf, type Tag } from './support/page-tags.ts';
import { attempt, finding, report, timeline, vote } from './support/reports.ts';
import { richReport, richTimeline } from './support/rich-report.ts';

function pageOf(over: Parameters<typeof report>[0]): string {
  return renderReports({ report: report(over), timeline: timeline(attempt('inventory', 0, 100)) })['report.html'];
}

const rich = renderReports({ report: richReport(), timeline: richTimeline() })['report.html'];
const empty = pageOf({});
const pages = [
  ['full', rich],
  ['empty', empty],
] as const;

const value = (tag: Tag, name: string): string | undefined => tag.attributes.get(name);

describe.each(pages)('report.html, %s', (_, page) => {
  const tags = tagsOf(page);
  const valuesOf = (name: string): readonly string[] => tags.flatMap((tag) => value(tag, name) ?? []);

  it('has tags that are closed in the order in which they were opened, and ids that stand once', () => {
    const ids = valuesOf('id');
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('asks for nothing: no script, no address but places in itself, and a policy that forbids both', () => {
    expect(new Set(tags.map(({ name }) => name))).not.toContain('script');
    const policies = tags.filter((tag) => value(tag, 'http-equiv') === 'Content-Security-Policy');
    expect(policies.map((tag) => value(tag, 'content'))).toEqual([
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    ]);
    const asking = tags.filter(({ name }) => ['link', 'img', 'iframe', 'object', 'embed', 'audio'].includes(name));
    expect(asking).toEqual([]);
    for (const name of ['src', 'srcset', 'action', 'data', 'poster', 'xlink:href']) expect(valuesOf(name)).toEqual([]);
    expect(valuesOf('href').filter((href) => !href.startsWith('#'))).toEqual([]);
    expect(
      [...page.matchAll(/url\(([^)]*)\)/g)].map(([, where = '']) => where).filter((to) => !to.startsWith('#')),
    ).toEqual([]);
    expect(page).not.toMatch(/@import|\son\w+=/);
  });

  it('leads nowhere that is not there', () => {
    const ids = new Set(valuesOf('id'));
    const wanted = [
      ...valuesOf('href').map((href) => href.slice(1)),
      ...valuesOf('aria-labelledby'),
      ...[...page.matchAll(/url\(#([^)]*)\)/g)].map(([, id = '']) => id),
    ];
    expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('has one h1, and no heading that skips a step', () => {
    const levels = tags.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, index) => index > 0 && level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  });

  it('has landmarks with names, tables with headers, and pictures with a text or hidden', () => {
    const named = (name: string): readonly Tag[] => tags.filter((tag) => tag.name === name);
    for (const landmark of ['header', 'nav', 'main', 'footer']) expect(named(landmark)).toHaveLength(1);
    for (const tag of named('section')) expect(value(tag, 'aria-labelledby')).toMatch(/-title$/);
    for (const tag of named('th')) expect(value(tag, 'scope')).toMatch(/^(?:col|row)$/);
    for (const tag of tags.filter((one) => value(one, 'role') === 'region')) {
      expect([value(tag, 'tabindex'), value(tag, 'aria-label')]).toEqual(['0', expect.stringMatching(/./)]);
    }
    const pictures = named('svg').filter((tag) => !(value(tag, 'class') ?? '').startsWith('mark '));
    for (const tag of pictures) expect(value(tag, 'aria-label') ?? value(tag, 'aria-hidden')).toMatch(/./);
    expect(named('html').map((tag) => value(tag, 'lang'))).toEqual(['en']);
  });
});

describe('report.html', () => {
  it('has text that can be read in light and dark: contrast of at least 4.5', () => {
    for (const colours of [LIGHT, DARK]) {
      const of = (name: string): string => colours[name] ?? '';
      const texts = ['ink', 'soft', 'accent', 'critical', 'high', 'medium', 'low', 'ok'];
      const pairs = [
        ...texts.flatMap((text) => [
          [text, 'paper'],
          [text, 'card'],
        ]),
        ...[0, 1, 2, 3, 4].map((level) => [`h${level}t`, `h${level}`]),
        ['path-ink', 'path'],
        ['ink', 'bar'],
        ['accent', 'accent-soft'],
        ['ok', 'ok-soft'],
        ['critical', 'no-soft'],
      ];
      const poor = pairs.filter(([text = '', ground = '']) => contrast(of(text), of(ground)) < 4.5);
      expect(poor).toEqual([]);
    }
  });

  it('stays under 2 MB with as many findings as a report holds, all voted on, with long texts', () => {
    const long = 'ä<&"'.repeat(120);
    const votes = (['shape', 'context', 'history', 'tests', 'blast-radius'] as const).map((voter) =>
      vote(voter, 'approve', { reason: long, evidence: [{ source: voter, text: long, ref: `${long}:1` }] }),
    );
    const whole = richReport(300);
    const findings = whole.findings.map((one, index) => (index < 40 ? { ...one, title: long, votes } : one));
    const page = renderReports({ report: { ...whole, findings }, timeline: richTimeline() })['report.html'];
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
  });

  it('is the same for the same check', () => {
    expect(renderReports({ report: richReport(), timeline: richTimeline() })['report.html']).toBe(rich);
  });

  it('tells who voted how, and why', () => {
    const votes = [
      vote('shape', 'approve', { evidence: [{ source: 'vote.shape', text: 'Two equal cases.', ref: 'src/a.js:9' }] }),
      vote('context', 'reject', { reason: 'It stands in a fixture.' }),
      vote('history', 'abstain', { isCounted: false }),
    ];
    const page = pageOf({ findings: [finding({ state: 'confirmed', votes })] });
    expect(page).toContain('1 for, 1 against');
    const marks = page.matchAll(/class="mark ([a-z]+(?: late)?)">\s*<title>([^<]*)/g);
    expect([...marks].map(([, look, said]) => `${look} = ${said}`)).toEqual([
      'approve = shape: for',
      'reject = context: against',
      'abstain late = history: abstained, not counted',
      'none = tests: no vote',
      'none = blast radius: no vote',
    ]);
    for (const text of ['Two equal cases.', 'src/a.js:9', 'It stands in a fixture.']) expect(page).toContain(text);
  });

  it('keeps confirmed, unconfirmed, not voted on and rejected apart, in this order, with the reason of the last', () => {
    const state = (name: 'confirmed' | 'unconfirmed' | 'rejected' | 'not-voted', id: string) =>
      finding({
        id: id.repeat(16),
        state: name,
        title: `Was ${name}`,
        votes: name === 'rejected' ? [vote('shape', 'reject', { reason: 'A placeholder.' })] : [],
      });
    const findings = [
      state('rejected', 'a'),
      state('unconfirmed', 'b'),
      state('not-voted', 'c'),
      state('confirmed', 'd'),
    ];
    const page = pageOf({ findings });
    const at = ['Was confirmed', 'Was unconfirmed', 'Was not-voted', 'Was rejected'].map((text) => page.indexOf(text));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at.every((index) => index > 0)).toBe(true);
    expect(page).toMatch(/class="why">shape: A placeholder\.</);
    expect(page).toContain(
      '1 confirmed finding: 1 high. Apart from these: 1 unconfirmed, 1 rejected and 1 not voted on.',
    );
  });

  it('says what is left where nothing was confirmed', () => {
    const page = pageOf({ findings: [finding({ state: 'unconfirmed' }), finding({ state: 'rejected' })] });
    expect(page).toContain('No finding was confirmed: 1 unconfirmed and 1 rejected.');
    expect(page).not.toContain('Apart from these');
  });

  it('shows all findings first where nobody voted', () => {
    const page = pageOf({ findings: [finding()] });
    expect(page).toContain('1 finding: 1 high. Nobody voted on them.');
    expect(page).toContain('<h2 id="findings-title">Findings</h2>');
    expect(page).not.toContain('id="not-voted"');
  });

  it('draws what changed: counts, new ones with a link, figures with an arrow in words', () => {
    const before = { run: 'run-0', checkedAtMs: Date.UTC(2026, 1, 1), commit: 'cd'.repeat(20) };
    const points = [5, null, 3].map((figure, atMs) => ({ atMs, value: figure }));
    const page = pageOf({
      before,
      findings: [finding({ state: 'confirmed' })],
      past: [{ id: 'x', kind: 'secret', severity: 'low', title: 'Old key', file: 'b.js', baseline: 'gone' }],
      trends: [
        { label: 'import cycles', better: 'lower', points },
        { label: 'files', better: 'neither', points: points.map((point) => ({ ...point, value: 7 })) },
      ],
    });
    expect(page).toContain('Since 2026-02-01 00:00 UTC: 1 new, 0 known, 1 gone.');
    expect(page).toContain('<a href="#f-0123456789abcdef">Case stands twice</a>');
    expect(page).toContain('Old key');
    expect(page).toContain('aria-label="import cycles, oldest first: 5, not measured, 3"');
    expect(page).toContain('down from 5, better');
    expect(page).toContain('files 7');
    expect(pageOf({})).toContain('First check here: there is nothing to compare with.');
  });

  it('draws folders that need each other with the lightest link dashed', () => {
    const page = pageOf({
      modules: {
        modules: 3,
        imports: 3,
        cycles: [],
        typeCycles: 0,
        mostImported: [],
        map: {
          folders: ['a/', 'b/', 'c/'].map((path) => ({ path, modules: 1 })),
          links: [
            { from: 0, to: 1, imports: 9 },
            { from: 1, to: 0, imports: 1 },
            { from: 1, to: 2, imports: 1 },
          ],
        },
      },
    });
    expect(page.match(/class="n dep\d round"/g)).toHaveLength(2);
    expect(page.match(/class="e depf1 dept0 up"/g)).toHaveLength(1);
    expect(page).toContain('b/ imports a/: 1 time');
  });

  it('plans: what to write, when it is done, after what, and which findings it answers', () => {
    const plan = [
      {
        id: 'T2',
        title: 'Mend it',
        role: 'coder',
        findingIds: ['0123456789abcdef', 'ffffffffffffffff'],
        writes: ['src/a.js'],
        dependsOn: ['T1'],
        verify: ['npm test'],
        size: 'M',
      },
    ] as const;
    const page = pageOf({ plan, findings: [finding({ state: 'confirmed' })] });
    for (const text of ['Mend it', 'size M: medium', 'after T1', 'src/a.js', 'npm test']) expect(page).toContain(text);
    expect(page).toContain('<a href="#f-0123456789abcdef">Case stands twice</a>');
    expect(page).not.toContain('#f-ffffffffffffffff');
  });
});
