import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import addFormats from 'ajv-formats';
import Ajv from 'ajv-draft-04';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DETECTORS } from '../../src/analysers/detectors.ts';
import { KNOWN_KINDS, kindText } from '../../src/reports/kinds.ts';
import { renderReports, type ReportOptions } from '../../src/reports/render-reports.ts';
import { attempt, finding, report, timeline, vote } from './support/reports.ts';
import { richReport, richTimeline } from './support/rich-report.ts';

const require = createRequire(import.meta.url);
/** The schema as the makers of SARIF publish it. */
const SCHEMA: unknown = JSON.parse(
  readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
);

const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isValid = ajv.compile(z.record(z.string(), z.unknown()).parse(SCHEMA));

const location = z.object({
  id: z.int().optional(),
  physicalLocation: z.object({
    artifactLocation: z.object({ uri: z.string(), uriBaseId: z.literal('%SRCROOT%') }),
    region: z.object({ startLine: z.int().min(1), startColumn: z.int().min(1), endLine: z.int().min(1) }),
  }),
});
const notifications = z.array(
  z.object({ descriptor: z.object({ id: z.string() }), level: z.string(), message: z.object({ text: z.string() }) }),
);
/** What code scanning services need beyond the schema. */
const uploaded = z.object({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.object({
      tool: z.object({
        driver: z.object({
          name: z.string().min(1),
          semanticVersion: z.string().optional(),
          rules: z.array(
            z.object({
              id: z.string().min(1),
              name: z.string().min(1).max(255),
              shortDescription: z.object({ text: z.string().min(1).max(1_024) }),
              fullDescription: z.object({ text: z.string().min(1).max(1_024) }),
              help: z.object({ text: z.string().min(1), markdown: z.string().min(1) }),
              defaultConfiguration: z.object({ level: z.enum(['note', 'warning', 'error']) }),
              properties: z.object({ tags: z.array(z.string()).min(1).max(10) }),
            }),
          ),
          notifications: z.array(z.object({ id: z.string() })),
        }),
      }),
      automationDetails: z.object({ id: z.string() }),
      invocations: z.tuple([
        z.object({ toolConfigurationNotifications: notifications, toolExecutionNotifications: notifications }),
      ]),
      versionControlProvenance: z
        .array(z.object({ repositoryUri: z.string(), revisionId: z.string(), branch: z.string() }))
        .optional(),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.int(),
          level: z.enum(['note', 'warning', 'error']),
          message: z.object({ text: z.string().min(1) }),
          locations: z.tuple([location]),
          relatedLocations: z.array(location).optional(),
          partialFingerprints: z.object({ primaryLocationLineHash: z.string().regex(/^[0-9a-f]{16}:1$/) }),
          baselineState: z.enum(['new', 'unchanged', 'absent']).optional(),
        }),
      ),
    }),
  ]),
});

type Run = z.infer<typeof uploaded>['runs'][0];

function sarif(over: Parameters<typeof report>[0], options: ReportOptions = { all: false }): Run {
  return runIn(renderReports({ report: report(over), timeline: timeline(attempt('inventory', 0, 100)) }, options));
}

function runIn({ 'report.sarif': text }: ReturnType<typeof renderReports>): Run {
  const log: unknown = JSON.parse(text);
  isValid(log);
  expect(isValid.errors ?? []).toEqual([]);
  return uploaded.parse(log).runs[0];
}

const before = { run: 'run-0', checkedAtMs: Date.UTC(2026, 1, 1), commit: null };
const confirmed = finding({ state: 'confirmed', votes: [vote('shape', 'approve'), vote('context', 'approve')] });

describe('report.sarif', () => {
  it('fits the schema of SARIF 2.1.0, small and large, with and without all', () => {
    const view = { report: richReport(), timeline: richTimeline() };
    for (const all of [true, false]) {
      expect(runIn(renderReports(view, { all, version: '1.2.3' })).tool.driver.semanticVersion).toBe('1.2.3');
    }
    expect(sarif({}).results).toEqual([]);
  });

  it('is told apart from what does not fit', () => {
    expect(isValid({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false);
  });

  it('holds confirmed findings alone, and with all the rest as notes', () => {
    const findings = [
      confirmed,
      finding({ id: '1'.repeat(16), state: 'unconfirmed' }),
      finding({ id: '2'.repeat(16), state: 'rejected' }),
      finding({ id: '3'.repeat(16), state: 'not-voted' }),
    ];
    expect(sarif({ findings }).results.map(({ level }) => level)).toEqual(['error']);
    expect(sarif({ findings }, { all: true }).results.map(({ level }) => level)).toEqual([
      'error',
      'note',
      'note',
      'note',
    ]);
  });

  it('says new, unchanged and absent against the check before, and nothing on the first check', () => {
    const past = [
      { id: 'a'.repeat(16), kind: 'secret', severity: 'high', title: 'Old', file: 'b.js', baseline: 'gone' },
      { id: 'b'.repeat(16), kind: 'secret', severity: 'high', title: 'Odd', file: 'c.js', baseline: 'not-checked' },
    ] as const;
    const findings = [confirmed, finding({ ...confirmed, id: '1'.repeat(16), baseline: 'known' })];
    const states = (run: Run): readonly unknown[] => run.results.map(({ baselineState }) => baselineState);
    expect(states(sarif({ findings, past, before }, { all: true }))).toEqual(['new', 'unchanged', 'absent']);
    expect(states(sarif({ findings, past, before }))).toEqual(['new', 'unchanged']);
    expect(states(sarif({ findings }, { all: true }))).toEqual([undefined, undefined]);
  });

  it('names places as encoded paths below the root, with a line, and those that evidence names', () => {
    const evidence = [
      { source: 'graph', text: 'Imports [it]', ref: 'src/o ther#1.ts:7' },
      { source: 'graph', text: 'Here', ref: 'src/ü ñ%.ts:3' },
      { source: 'graph', text: 'No place', ref: 'package.json' },
    ];
    const [result] = sarif({ findings: [finding({ ...confirmed, file: 'src/ü ñ%.ts', line: 3, evidence })] }).results;
    expect(result?.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'src/%C3%BC%20%C3%B1%25.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 1, endLine: 3 },
    });
    expect(result?.relatedLocations).toMatchObject([
      { id: 1, physicalLocation: { artifactLocation: { uri: 'src/o%20ther%231.ts' }, region: { startLine: 7 } } },
    ]);
    expect(result?.message.text).toBe('Case stands twice. Remove it. See [1](1).');
  });

  it('takes the first line for a file as a whole', () => {
    const [result] = sarif({ findings: [finding({ ...confirmed, line: 0 })] }).results;
    expect(result?.locations[0].physicalLocation.region.startLine).toBe(1);
  });

  it('makes no link out of what stands in brackets in the repository', () => {
    const [result] = sarif({ findings: [finding({ ...confirmed, title: 'See [x](1)\u202E' })] }).results;
    expect(result?.message.text).toContain(String.raw`See \[x\](1)⟨U+202E⟩.`);
  });

  it('tells what was not checked and what failed', () => {
    const run = sarif({
      notChecked: [{ task: 'history', reason: 'no-git', what: 'History', fix: 'Clone it.' }],
      tasks: [{ name: 'secrets', title: 'Keys', role: 'reviewer', state: 'failed', figures: [], note: 'No memory.' }],
    });
    expect(run.invocations[0]).toMatchObject({
      toolConfigurationNotifications: [
        {
          descriptor: { id: 'not-checked/no-git' },
          level: 'warning',
          message: { text: 'Not checked: History (no-git). Clone it.' },
        },
      ],
      toolExecutionNotifications: [{ descriptor: { id: 'task-failed' }, message: { text: 'Keys: No memory.' } }],
    });
    expect(run.tool.driver.notifications.map(({ id }) => id)).toEqual(['not-checked/no-git', 'task-failed']);
  });

  it('names the commit and the run', () => {
    const run = sarif({});
    expect(run.automationDetails.id).toBe('waggle-check/run-1');
    expect(run.versionControlProvenance).toEqual([
      { repositoryUri: 'file:///srv/shop', revisionId: 'ab'.repeat(20), branch: 'main' },
    ]);
    expect(
      sarif({ repository: { ...report().repository, git: false, commit: null } }).versionControlProvenance,
    ).toBeUndefined();
  });

  it('has one rule for each kind, at the index that results name, also for a kind of another version', () => {
    const { tool, results } = sarif({ findings: [confirmed, finding({ ...confirmed, kind: 'from-elsewhere' })] });
    const ids = tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(results.map(({ ruleId, ruleIndex }) => ids[ruleIndex] === ruleId)).toEqual([true, true]);
    expect(tool.driver.rules.at(-1)).toMatchObject({ id: 'from-elsewhere', name: 'FromElsewhere' });
  });
});

describe('kinds', () => {
  it('of every detector have a name and a description', () => {
    expect([...DETECTORS.keys()].filter((kind) => !KNOWN_KINDS.includes(kind))).toEqual([]);
    expect(KNOWN_KINDS.filter((kind) => !DETECTORS.has(kind))).toEqual([]);
  });

  it('have texts that end as sentences, and names that do not', () => {
    for (const { name, short, why, help } of KNOWN_KINDS.map(kindText)) {
      expect(name).toMatch(/^(?:[A-Z]|forEach|typeof).*[^.]$/);
      for (const text of [short, why, help]) expect(text).toMatch(/^[A-Za-z].+\.$/);
    }
  });
});
