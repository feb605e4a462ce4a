import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reportJsonSchema } from '../../scripts/generate-reference-schemas.ts';
import { renderReports } from '../../src/reports/render-reports.ts';
import { checkHere } from './support/run-check.ts';
import { finding, report, timeline } from './support/reports.ts';
import { richReport, richTimeline } from './support/rich-report.ts';
import { TestRepository } from './support/repository.ts';

const published: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/check-report.schema.json'), 'utf8'),
);
const isValid = new Ajv.default({ allErrors: true, strict: false }).compile(
  z.record(z.string(), z.unknown()).parse(published),
);

function problemsIn(text: string): readonly unknown[] {
  const data: unknown = JSON.parse(text);
  isValid(data);
  return isValid.errors ?? [];
}

describe('schemas/check-report.schema.json', () => {
  it('is what the code checks: run "node scripts/generate-reference.ts" where it is not', () => {
    expect(published).toEqual(structuredClone(reportJsonSchema()));
  });

  it('fits the report of a real check', async () => {
    using repository = new TestRepository({
      'package.json': JSON.stringify({ name: 'a', main: './gone.js' }),
      'src/a.js': "import { b } from './b.js';\nexport const a = (c) => c === NaN || b;\n",
      'src/b.js': "import { a } from './a.js';\nexport const b = () => a(1);\n",
      'README.md': '[there](gone.md)\n',
    });
    repository.commit('add all');
    const { report: found, timeline: ran, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(found.findings.length).toBeGreaterThan(2);
    expect(problemsIn(renderReports({ report: found, timeline: ran })['report.json'])).toEqual([]);
  });

  it('fits a report with everything in it, and one with nothing', () => {
    const full = renderReports({ report: richReport(), timeline: richTimeline() });
    const empty = renderReports({ report: report(), timeline: timeline() });
    expect([...problemsIn(full['report.json']), ...problemsIn(empty['report.json'])]).toEqual([]);
  });

  it('refuses what no check writes', () => {
    const odd = { ...report({ findings: [finding({ id: 'short' })] }), timeline: timeline(), more: 1 };
    expect(problemsIn(JSON.stringify(odd))).toMatchObject([
      { keyword: 'additionalProperties' },
      { keyword: 'pattern' },
    ]);
  });
});
