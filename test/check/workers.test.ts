import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FunctionDriver } from '../../src/agents/drivers/function/function-driver.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { readData } from '../../src/analysers/data-files.ts';
import { DETECTORS } from '../../src/analysers/detectors.ts';
import { probeRepository } from '../../src/analysers/probe.ts';
import { checkFunctions } from '../../src/analysers/registry.ts';
import { agentId, runId, taskId } from '../../src/core/ids.ts';
import { planCheck } from '../../src/workflows/check.ts';
import { ScriptedMemory } from '../../src/testing/scripted-memory.ts';
import { ScriptedMessages } from '../../src/testing/scripted-messages.ts';
import { ScriptedProposals } from '../../src/testing/scripted-proposals.ts';
import { ScriptedTasks } from '../../src/testing/scripted-tasks.ts';
import { TRUE_PLANTS } from './support/plants.ts';
import { TestRepository } from './support/repository.ts';

describe('the functions of a check', () => {
  it('run in worker threads of the function driver, every task of the plan', async () => {
    using repository = new TestRepository({
      'src/a.js': 'export const f = (a) => a === NaN;\n',
      'package.json': '{"name":"a"}',
      'README.md': '# A\n',
      'test/a.test.js': "import '../src/a.js';\n",
      'package-lock.json': JSON.stringify({ name: 'a', lockfileVersion: 3, packages: { '': { name: 'a' } } }),
      '.github/workflows/test.yml':
        'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n',
    });
    repository.commit('first');
    const data = mkdtempSync(join(tmpdir(), 'waggle-check-data-'));
    const driver = new FunctionDriver({ functions: checkFunctions(), clock: new SystemClock() });
    const run = runId('run-1');
    try {
      const tools = resolve(import.meta.dirname, '../../node_modules/.bin');
      const facts = await probeRepository(repository.path, { searchPath: `${tools}:/usr/local/bin:/usr/bin:/bin` });
      const plan = planCheck(facts, { data, run, checkedAtMs: 1, cores: 2 });
      expect(plan.notChecked.map(({ task }) => task)).toEqual(['advisories']);
      for (const spec of plan.tasks) {
        const result = await driver.run(
          {
            taskId: taskId(run, spec.name),
            runId: run,
            agentId: agentId('a-1'),
            attempt: 1,
            spec,
            work: spec.work,
            project: facts.root,
            needs: {},
            inputs: {},
          },
          {
            signal: new AbortController().signal,
            report: () => {},
            proposals: new ScriptedProposals(),
            memory: new ScriptedMemory(),
            messages: new ScriptedMessages(),
            tasks: new ScriptedTasks(),
          },
        );
        expect(result).toMatchObject({ ok: true, outputs: { file: `${spec.name}.json` } });
      }
      expect(readData(data, 'report')?.findings.map(({ kind }) => kind)).toEqual(['compares-with-nan']);
    } finally {
      await driver.close();
      rmSync(data, { recursive: true, force: true });
    }
  });

  it('are known as the detector of every kind that they find', () => {
    const kinds = new Set(TRUE_PLANTS.map(({ kind }) => kind));
    expect([...kinds].filter((kind) => !DETECTORS.has(kind))).toEqual([]);
  });
});
