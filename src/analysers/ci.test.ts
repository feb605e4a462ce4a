import { describe, expect, it } from 'vitest';
import { analyseFolder, foundBy } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { ci } from './ci.ts';
import type { Detected } from './detected.ts';

const workflow = (steps: string, on = 'push'): string =>
  `on: ${on}\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
const TESTS: Files = { 'test/a.test.js': '', 'test/b.test.js': '', 'src/c.test.js': '' };
const found = (files: Files): Promise<readonly string[]> => foundBy(['ci', ci], files);

describe('tests that CI does not run', () => {
  const path = '.github/workflows/ci.yml';

  it.each([
    ['only builds', workflow('      - run: npm ci\n      - run: npm run build\n')],
    ['only deploys', workflow('      - uses: actions/checkout@v4\n      - run: rsync -a dist/ web1\n')],
    ['only greets', workflow('      - run: gh issue comment 1 --body hello\n', 'issues')],
    ['only publishes', workflow('      - run: npm publish\n', 'release')],
    ['only looks for what is old', workflow('      - uses: actions/stale@v9\n')],
    ['only formats', workflow('      - run: npx prettier --write .\n')],
  ])('are named where it %s', async (_, text) => {
    expect(await found({ ...TESTS, [path]: text })).toEqual([`no-test-step ${path}`]);
  });

  it.each([
    ['runs them', workflow('      - run: npm test\n')],
    ['runs them by another word', workflow('      - run: npm run ci\n')],
    ['calls a script of the project', workflow('      - run: ./tools/everything.sh\n')],
    ['uses an action of the project', workflow('      - uses: ./.github/actions/all\n')],
    [
      'calls a workflow from elsewhere',
      'on: push\njobs:\n  all:\n    uses: acme/ci/.github/workflows/node.yml@11bd71901bbe5b1630ceea73d27597364c9af683\n',
    ],
    ['runs make', workflow('      - run: make\n')],
    [
      'runs them as a cell of a matrix',
      workflow('      - run: pnpm run ${{ matrix.task }}\n').replace(
        '    steps:',
        '    strategy:\n      matrix:\n        node: [20]\n        task: [lint, test:edge]\n    steps:',
      ),
    ],
    [
      'runs them as a cell that is included',
      workflow('      - run: ${{ matrix.run.command }}\n').replace(
        '    steps:',
        '    strategy:\n      matrix:\n        run:\n          - command: cargo test\n          - command: cargo doc\n    steps:',
      ),
    ],
    ['runs what it is told when it runs', workflow('      - run: npm run ${{ inputs.script }}\n')],
    ['runs an image', workflow('      - run: docker compose up --exit-code-from app\n')],
    ['runs a task of just', workflow('      - run: just everything\n')],
    ['has another file that cannot be read', 'on: [push\n'],
  ])('are not named where it %s', async (_, text) => {
    const builds = workflow('      - run: npm run build\n');
    expect(await found({ ...TESTS, [path]: text, '.github/workflows/b.yml': builds })).toEqual([]);
  });

  it.each([
    [
      'a script',
      'npm run everything',
      { 'package.json': '{"scripts":{"everything":"tsc && npm run more","more":"vitest"}}' },
    ],
    ['a script of a package', 'npm run one -w a', { 'a/package.json': '{"scripts":{"one":"mocha"}}' }],
    ['a program', 'node tools/run.js', { 'tools/run.js': 'import { run } from "node:test";' }],
    ['a program in another language', 'python3 tools/run.py', { 'tools/run.py': 'import pytest\npytest.main()\n' }],
  ])('are not named where CI runs them by %s', async (_, command, files: Files) => {
    const text = workflow(`      - run: ${command}\n`);
    expect(await found({ ...TESTS, ...files, [path]: text })).toEqual([]);
    expect(await found({ ...TESTS, [path]: text })).toEqual([`no-test-step ${path}`]);
  });

  it('are not named where there are none, or another service may run them', async () => {
    const text = workflow('      - run: npm run build\n');
    expect(await found({ 'test/a.test.js': '', [path]: text })).toEqual([]);
    expect(await found({ ...TESTS, [path]: text, 'appveyor.yml': 'build: off\n' })).toEqual([]);
  });
});

describe('official actions that are outdated', () => {
  it('are told once for each file, with all their lines', async () => {
    const old = '      - uses: actions/checkout@v2\n';
    using repository = new TestRepository({
      '.github/workflows/a.yml': workflow(old.repeat(3)),
      '.github/workflows/b.yml': workflow(old),
    });
    const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
    expect(first?.evidence.map(({ text, ref }) => `${ref} ${text}`)).toEqual([
      '.github/workflows/a.yml:6 uses: actions/checkout@v2, also in lines 7 and 8. It is made for Node 12, which ended in April 2022.',
      '.github/workflows/b.yml:6 uses: actions/checkout@v2. It is made for Node 12, which ended in April 2022.',
    ]);
  });
});

it('says what a token may do where nothing limits it', async () => {
  using repository = new TestRepository({ '.github/workflows/a.yml': workflow('      - run: git push\n') });
  const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
  expect(first?.evidence.at(-1)?.text).toBe(
    'Without "permissions:" the settings of the repository or its organisation decide what the token may do: write nearly everything, which was the default before February 2023, or only read, and then this fails.',
  );
});

describe('failures that are passed over', () => {
  const path = '.github/workflows/test.yml';
  const OLD = '2021-12-15T12:00:00Z';
  const steps = (comment: string): string => `${comment}      - name: Run Tests\n        run: npm test || true\n`;
  const lookAt = async (
    text: string,
    message: string,
    newest = '2024-01-01T12:00:00Z',
  ): Promise<readonly Detected[]> => {
    using repository = new TestRepository({ [path]: workflow(text) });
    repository.commitAt(OLD, message);
    repository.write({ 'a.txt': 'later' });
    repository.commitAt(newest);
    return (await analyseFolder(repository.path, ['ci', ci])).findings;
  };

  it('say since when, and what brought them', async () => {
    const [finding] = await lookAt(steps(''), 'Add tests');
    expect(finding).toMatchObject({ severity: 'high', title: 'CI goes on when "npm test" fails', line: 7 });
    expect(finding?.evidence.at(-1)?.text).toBe('Since 2021-12-15: Add tests');
  });

  it.each([
    ['      - run: npx eslint . --fix\n        continue-on-error: true\n', 0],
    ['      - run: cargo fmt --all || true\n', 0],
    ['      - run: npm run lint:fix || true\n', 0],
    ['      - run: npm run lint || true\n      - uses: autofix-ci/action@v1\n', 0],
    ['      - run: cargo fmt --all -- --check || true\n', 1],
    ['      - run: npx eslint . --format stylish || true\n', 1],
    ['      - uses: autofix-ci/action@v1\n      - run: npm run lint || true\n', 1],
    ['      - run: npm test || true\n      - uses: autofix-ci/action@v1\n', 1],
  ])('are none where the step repairs, or the job hands in what it repaired: %j', async (text, count) => {
    const all = await lookAt(text, 'Add it');
    expect(all.filter(({ kind }) => kind === 'failure-ignored')).toHaveLength(count);
  });

  it('are left alone where the commit that brought them says why', async () => {
    expect(await lookAt(steps(''), 'ci: allow the old runner to fail')).toEqual([]);
  });

  it('are told of where they were meant for a while, and a year is over', async () => {
    const comment = '      # This is a short term fix, until the old runner is gone.\n';
    const [finding] = await lookAt(steps(comment), 'Add tests');
    expect(finding).toMatchObject({
      severity: 'medium',
      title: '"npm test" may fail, for a while only: since 2021-12-15',
    });
    expect(finding?.evidence.map(({ text }) => text)).toContain(
      'Said beside it: This is a short term fix, until the old runner is gone.',
    );
    expect(await lookAt(steps(comment), 'Add tests', '2022-05-01T12:00:00Z')).toEqual([]);
  });
});

describe('other build services', () => {
  it.each([
    ['.circleci/config.yml', 'jobs:\n  test:\n    steps:\n      - checkout\n      - run: npm test || true\n'],
    [
      '.circleci/config.yml',
      'jobs:\n  test:\n    steps:\n      - run:\n          name: Tests\n          command: pytest || true\n',
    ],
    ['.travis.yml', 'language: node_js\nscript:\n  - npm run lint || true\n'],
    ['azure-pipelines.yml', 'stages:\n  - jobs:\n      - steps:\n          - bash: npm test || true\n'],
    ['Jenkinsfile', "pipeline {\n  stages { stage('Test') { steps { sh 'make check || true' } } }\n}\n"],
    ['.gitlab-ci.yml', 'test:\n  script: go test ./... || true\n'],
  ])('are read: %s', async (path, text) => {
    expect(await found({ [path]: text })).toEqual([`failure-ignored ${path}`]);
  });

  it('says how many files it could not read', async () => {
    using repository = new TestRepository({ '.gitlab-ci.yml': 'a: [b\n', '.travis.yml': 'script: make\n' });
    const { leftOut, looked } = await analyseFolder(repository.path, ['ci', ci]);
    expect([looked, leftOut]).toEqual([1, ['1 CI file that could not be read as YAML.']]);
  });
});

it('is not held up by commands made to hold it up', async () => {
  const long = [
    `npm ${'-a '.repeat(40_000)}x`,
    `npm ${'-a=b '.repeat(40_000)}`,
    `mvn ${'a '.repeat(60_000)}`,
    `${'${{ '.repeat(20_000)}`,
    `${'|| echo '.repeat(20_000)}`,
  ];
  const text = workflow(long.map((line) => `      - run: |\n          ${line}\n`).join(''));
  expect(await found({ '.github/workflows/long.yml': text })).toEqual([]);
});
