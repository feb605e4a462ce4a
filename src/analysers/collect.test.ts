import { expect, it } from 'vitest';
import { checkHere } from '../../test/check/support/run-check.ts';
import { TestRepository } from '../../test/check/support/repository.ts';

it('an audit that cannot be made is not checked, with its reason; it is no task that failed, and no good one', async () => {
  using repository = new TestRepository({
    'package.json': '{"name":"a","version":"1.0.0"}',
    'package-lock.json': '{"lockfileVersion":3,"packages":{"":{}}}',
    '.npmrc': '@acme:registry=https://npm.acme.example\n',
  });
  const { report, failures } = await checkHere(repository.path, { isOnline: true });
  const audit = report.tasks.filter(({ name }) => name === 'advisories');
  expect(failures).toEqual([]);
  expect(audit).toMatchObject([{ state: 'skipped', note: 'needs-consent' }]);
  const left = report.notChecked.filter(({ task }) => task === 'advisories');
  expect(left).toMatchObject([{ reason: 'needs-consent' }]);
  expect(left[0]?.fix).toContain('a registry of its own');
});
