import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeUserError, UserErrors, userErrorsIn } from '../util/user-error.ts';
import { compile } from '../workflows/compile.ts';
import { formatPath } from '../workflows/diagnostics.ts';
import { readEnvironment } from './environment.ts';
import { loadConfig } from './load-config.ts';
import { parseYaml } from './yaml-file.ts';

const GUIDES = join(import.meta.dirname, '../../docs/guides');

/** The YAML examples of a guide, named after the line where they begin. */
function examples(guide: string): readonly (readonly [line: string, text: string])[] {
  const text = readFileSync(join(GUIDES, guide), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(({ index, 1: yaml = '' }) => {
    return [`line ${text.slice(0, index).split('\n').length}`, yaml];
  });
}

const isWorkflow = ([, yaml]: readonly [line: string, text: string]): boolean => /^tasks:/m.test(yaml);

describe.each(['workflows.md', 'getting-started.md', 'configuration.md'])('workflows in the guide %s', (guide) => {
  const workflows = guide === 'configuration.md' ? examples(guide).filter(isWorkflow) : examples(guide);

  test('are there', () => {
    expect(workflows).not.toEqual([]);
  });

  test.each(workflows)('at %s compile without a warning', (_, yaml) => {
    const { value } = parseYaml(Buffer.from(yaml), guide);
    const inputTexts = yaml.includes('version: { type: string, required: true }') ? { version: '1.0.0' } : {};
    const result = compile(value, { localAgents: 2, source: guide, inputTexts });
    const said = result.ok ? result.warnings : result.diagnostics;
    expect(said.map(({ path, message }) => `${formatPath(path)}: ${message}`)).toEqual([]);
  });
});

describe('configurations in the guide', () => {
  const configurations = [...examples('configuration.md'), ...examples('alerts.md')].filter((one) => !isWorkflow(one));

  test('are there', () => {
    expect(configurations).not.toEqual([]);
  });

  test.each(configurations)('at %s load', async (_, yaml) => {
    const root = await mkdtemp(join(tmpdir(), 'waggle-guide-'));
    try {
      await writeFile(join(root, 'waggle.yaml'), yaml);
      const said = await loadConfig({ root, environment: readEnvironment({ HOME: root }) }).then(
        () => [],
        (error: unknown) =>
          error instanceof UserErrors ? userErrorsIn(error).map(describeUserError) : [String(error)],
      );
      expect(said).toEqual([]);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
