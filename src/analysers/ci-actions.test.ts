import { describe, expect, it } from 'vitest';
import { analyseFolder, foundBy } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { ci } from './ci.ts';

const workflow = (steps: string, on = 'push'): string =>
  `on: ${on}\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
const found = (files: Files): Promise<readonly string[]> => foundBy(['ci', ci], files);

describe('actions by names that can move', () => {
  it('are one finding where secrets are at stake, whatever their number, and none where nothing is', async () => {
    const filesWith = (more: string): Files =>
      Object.fromEntries(
        ['a', 'b', 'c'].map((name) => [
          `.github/workflows/${name}.yml`,
          workflow(`      - uses: acme/${name}@v1\n${more}`),
        ]),
      );
    const held = '        with:\n          key: ${{ secrets.KEY }}\n';
    const beside = '      - run: ./a.sh\n        env:\n          KEY: ${{ secrets.KEY }}\n';
    expect(await found(filesWith(held))).toEqual(['unpinned-action .github/workflows/a.yml']);
    expect(await found(filesWith(beside))).toEqual([]);
    expect(await found(filesWith(''))).toEqual([]);
  });

  it('name the one that is handed a key first, and say how many of them may write', async () => {
    const release = `on: push\njobs:\n  release:\n    runs-on: x\n    permissions:\n      contents: write\n    steps:\n      - uses: acme/build@v1\n      - uses: acme/sign@v2\n        with:\n          key: \${{ secrets.GPG_KEY }}\n      - uses: acme/done@v1\n`;
    const test = 'on: push\njobs:\n  one:\n    runs-on: x\n    permissions:\n      contents: read\n    steps:\n';
    using repository = new TestRepository({
      '.github/workflows/release.yml': release,
      '.github/workflows/test.yml': `${test}      - uses: acme/other@v1\n      - run: ./a.sh \${{ secrets.KEY }}\n`,
      '.github/workflows/lint.yml': `${test}      - uses: acme/lint@v1\n`,
    });
    const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
    expect(first?.title).toBe('acme/sign@v2 and 2 more are not pinned, in jobs that may write');
    expect(first?.evidence.map(({ text }) => text).slice(0, 3)).toEqual([
      'uses: acme/sign@v2. Its job has contents: write. It is handed the secret GPG_KEY.',
      'uses: acme/build@v1. Its job has contents: write.',
      'uses: acme/done@v1. Its job has contents: write.',
    ]);
  });

  it.each([
    ['medium', 'pages: write\n      id-token: write', 'acme/pages@v1', ''],
    [undefined, 'pages: write\n      id-token: write', 'ruby/setup-ruby@v1', ''],
    ['medium', 'contents: write', 'ruby/setup-ruby@v1', ''],
    [undefined, 'contents: read', 'ruby/setup-ruby@v1', ''],
    ['medium', 'actions: write', 'acme/cancel@v1', ''],
    [undefined, 'contents: read', 'codecov/codecov-action@v5', 'CODECOV_TOKEN'],
    [undefined, 'contents: read', 'coverallsapp/github-action@v2', 'COVERALLS_REPO_TOKEN'],
    [undefined, 'contents: read', 'acme/tell@v1', 'CODECOV_TOKEN'],
    ['high', 'contents: read', 'docker/login-action@v3', 'DOCKER_TOKEN'],
    ['high', 'contents: read', 'acme/publish@v1', 'NPM_TOKEN'],
    ['medium', 'contents: read', 'acme/tell@v1', 'CHAT_TOKEN'],
    [undefined, 'contents: read', 'acme/tell@v1', 'GITHUB_TOKEN'],
    [undefined, 'contents: read', 'acme/tell@v1', 'DOCKER_USERNAME'],
  ])('are %s where a job has %s and uses %s with %j', async (severity, rights, action, secret) => {
    const given = secret === '' ? '' : `        with:\n          token: \${{ secrets.${secret} }}\n`;
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    permissions:\n      ${rights}\n    steps:\n      - uses: ${action}\n${given}`;
    using repository = new TestRepository({ '.github/workflows/a.yml': text });
    const { findings } = await analyseFolder(repository.path, ['ci', ci]);
    expect(findings.find(({ kind }) => kind === 'unpinned-action')?.severity).toBe(severity);
  });

  it.each([
    ['Dependabot keeps it fresh.', '.github/dependabot.yml', 'updates:\n  - package-ecosystem: github-actions\n'],
    ['Dependabot or Renovate can keep it fresh.', '.github/dependabot.yml', 'updates:\n  - package-ecosystem: npm\n'],
    ['Renovate keeps it fresh.', 'renovate.json', '{"extends":["config:recommended"]}'],
    ['Dependabot or Renovate can keep it fresh.', 'renovate.json', '{"enabledManagers":["npm"]}'],
  ])('are told with "%s" for %s: %j', async (said, path, text) => {
    const publish = workflow('      - uses: acme/a@v1\n      - run: npm publish\n');
    using repository = new TestRepository({ '.github/workflows/a.yml': publish, [path]: text });
    const { findings } = await analyseFolder(repository.path, ['ci', ci]);
    expect(findings.find(({ kind }) => kind === 'unpinned-action')?.fix).toContain(said);
  });

  it('are one finding where much is at stake too: without those of jobs that only read', async () => {
    const release = `on: push\njobs:\n  lint:\n    runs-on: x\n    steps:\n      - uses: acme/lint@v1\n  release:\n    runs-on: x\n    permissions:\n      id-token: write\n    steps:\n      - uses: acme/publish@v2\n      - run: npm publish\n`;
    using repository = new TestRepository({
      '.github/workflows/a.yml': workflow('      - uses: acme/lint@v1\n      - uses: acme/lint@v2\n'),
      '.github/workflows/release.yml': release,
    });
    const { findings } = await analyseFolder(repository.path, ['ci', ci]);
    expect(findings).toMatchObject([{ severity: 'high', file: '.github/workflows/release.yml', line: 12 }]);
    expect(findings[0]?.title).toBe('acme/publish@v2 is not pinned to a commit, in a job that may publish');
    expect(findings[0]?.evidence.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^uses: acme\/publish@v2/),
      expect.stringMatching(/^Whoever can move such a name/),
      'Not counted, since nothing of weight is to be gained in their jobs: acme/lint@v1.',
    ]);
  });

  it('are told of in few words, for one and for many, however long their names are', async () => {
    const titleOf = async (...lines: readonly string[]): Promise<string | undefined> => {
      const text = `${workflow(lines.map((line) => `      - ${line}\n`).join(''))}`;
      using repository = new TestRepository({ '.github/workflows/a.yml': text });
      return (await analyseFolder(repository.path, ['ci', ci])).findings[0]?.title;
    };
    const publish = 'run: npm publish';
    expect(await titleOf('uses: acme/a@v1', publish)).toBe(
      'acme/a@v1 is not pinned to a commit, in a job that may publish',
    );
    const long = await titleOf(`uses: acme/${'a'.repeat(80)}@v1`, 'uses: acme/b@v1', publish);
    expect(long).toMatch(/^acme\/a+… and 1 more are not pinned, in jobs that may write$/);
    expect(long).toHaveLength(100);
    expect(await titleOf('uses: github/codeql-action/init@v2')).toBe('github/codeql-action/init@v2 is retired');
    expect(await titleOf('uses: github/codeql-action/init@v2', 'uses: actions/cache@v2')).toBe(
      'github/codeql-action/init@v2 and 1 more official action are retired',
    );
    expect(await titleOf('uses: actions/cache@v2', 'uses: actions/checkout@v2')).toBe(
      'actions/cache@v2 and 1 more official action are retired or outdated',
    );
    expect(await titleOf('uses: actions/checkout@v2')).toBe('actions/checkout@v2 is outdated');
    expect(await titleOf('uses: actions/checkout@v2', 'uses: actions/setup-node@v2')).toBe(
      'actions/checkout@v2 and 1 more official action are outdated',
    );
  });

  it.each([
    ['high', '    permissions:\n      contents: write\n', ''],
    [undefined, '    permissions:\n      contents: read\n', ''],
    ['high', '', '      - run: cargo publish\n'],
    [undefined, '', '      - run: echo "npm publish comes later"\n'],
    ['medium', '    env:\n      KEY: ${{ secrets.KEY }}\n', ''],
  ])('weigh as much as what their own job may do: %s with %j and %j', async (severity, more, step) => {
    const one = `on: push\njobs:\n  one:\n    runs-on: x\n${more}    steps:\n      - uses: acme/a@v1\n${step}`;
    const other = `  other:\n    runs-on: x\n    permissions: write-all\n    steps:\n      - run: npm publish\n        env:\n          A: \${{ secrets.A }}\n`;
    using repository = new TestRepository({ '.github/workflows/a.yml': one + other });
    const { findings } = await analyseFolder(repository.path, ['ci', ci]);
    expect(findings.map(({ kind, severity: weight }) => `${kind} ${weight}`)).toEqual(
      severity === undefined ? [] : [`unpinned-action ${severity}`],
    );
  });

  it.each([
    '      # Cannot be pinned to a commit because there are no releases\n      - uses: acme/a@main\n',
    '      # see https://github.com/acme/a/issues/6836\n      - name: x\n        uses: acme/a@main\n',
    '      - uses: acme/a@main # zizmor: ignore[unpinned-uses]\n',
  ])('are left alone where a comment gives a reason: %j', async (steps) => {
    expect(await found({ '.github/workflows/a.yml': workflow(steps) })).toEqual([]);
  });

  it('are found in images as well', async () => {
    const text = workflow(
      '      - uses: docker://acme/checker:v1.6\n      - uses: docker://alpine:3\n      - run: npm publish\n',
    );
    expect(await found({ '.github/workflows/a.yml': text })).toEqual(['unpinned-action .github/workflows/a.yml']);
  });

  it('begin with those that may publish, wherever they stand', async () => {
    const push = workflow('      - uses: acme/a@v1\n      - run: git push\n');
    const publish = `${push.replace('    steps:', '    permissions:\n      id-token: write\n    steps:')}`;
    using repository = new TestRepository({
      '.github/workflows/a.yml': push,
      '.github/workflows/b.yml': publish,
    });
    const { findings } = await analyseFolder(repository.path, ['ci', ci]);
    const unpinned = findings.find(({ kind }) => kind === 'unpinned-action');
    expect(unpinned).toMatchObject({ file: '.github/workflows/b.yml', severity: 'high' });
    expect(unpinned?.evidence[0]?.text).toBe('uses: acme/a@v1. Its job has id-token: write and runs "git push".');
  });

  it('that read their own name have to be called by the tag of a version', async () => {
    const generator = 'slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml';
    const calling = (ref: string): Files => ({
      '.github/workflows/release.yml': `on: push\njobs:\n  provenance:\n    permissions:\n      id-token: write\n      contents: write\n    uses: ${generator}@${ref}\n`,
    });
    expect(await found(calling('v2.1.0'))).toEqual([]);
    expect(await found(calling('main'))).toEqual(['unpinned-action .github/workflows/release.yml']);
  });

  it('do not lead where their workflow is said to be off and starts by hand alone', async () => {
    const text = (head: string): string =>
      `${head}jobs:\n  one:\n    runs-on: x\n    permissions:\n      contents: write\n    steps:\n`;
    const off = `${text('# Disabled since it does not work\non:\n  workflow_dispatch:\n')}      - uses: acme/off@v1\n      - run: npm publish\n`;
    const on = `${text('on: push\n')}      - uses: acme/on@v1\n`;
    const of = async (files: Files): Promise<unknown> => {
      using repository = new TestRepository(files);
      return (await analyseFolder(repository.path, ['ci', ci])).findings;
    };
    expect(await of({ '.github/workflows/a.yml': off })).toMatchObject([{ severity: 'low' }]);
    const both = { '.github/workflows/a.yml': off, '.github/workflows/b.yml': on };
    expect(await of(both)).toMatchObject([{ severity: 'high', file: '.github/workflows/b.yml' }]);
  });

  it('stand in jobs that are called by their key where a name is only known when it runs', async () => {
    const text = 'on: push\njobs:\n  build:\n    name: ${{ matrix.os }}\n    steps:\n      - run: git push\n';
    using repository = new TestRepository({ '.github/workflows/a.yml': text });
    const { findings } = await analyseFolder(repository.path, ['ci', ci]);
    expect(findings.map(({ title }) => title)).toContain('Job "build" writes, and nothing says what its token may do');
  });

  it('may be named like that by their owner', async () => {
    const files = {
      'package.json': '{"name":"a","repository":"github:Acme/a"}',
      '.github/workflows/a.yml': workflow('      - uses: acme/a@main\n'),
    };
    expect(await found(files)).toEqual([]);
  });

  it('say all that is handed over and held, once for each action, with every place', async () => {
    const given = '        env:\n          A: ${{ secrets.NPM_TOKEN }}\n          B: ${{ secrets.CHAT_TOKEN }}\n';
    const held = '    env:\n      C: ${{ secrets.EXPO_KEY }}\n    steps:\n';
    const tell = `      - uses: acme/tell@v1\n${given}      - uses: acme/tell@v1\n${given}`;
    const token = '      - uses: acme/draft@v2\n        with:\n          token: ${{ github.token }}\n';
    const draft = workflow(token).replace('    steps:\n', held);
    using repository = new TestRepository({
      '.github/workflows/a.yml': workflow(tell),
      '.github/workflows/b.yml': draft,
    });
    const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
    expect(first?.title).toBe('acme/tell@v1 and 1 more are not pinned, in jobs with secrets');
    expect(first?.evidence.map(({ text }) => text)).toEqual([
      'uses: acme/tell@v1, also in line 10. It is handed the secrets NPM_TOKEN and CHAT_TOKEN.',
      'uses: acme/draft@v2. Its job holds the secret EXPO_KEY. It is handed GITHUB_TOKEN, and no "permissions:" says what that may do.',
      'Whoever can move such a name runs other code with what its job has.',
    ]);
  });

  it('are those after a login too: it is left in their job', async () => {
    const login =
      '      - uses: docker/login-action@v3\n        with:\n          password: ${{ secrets.DOCKER_PASSWORD }}\n';
    const text = workflow(`      - uses: acme/before@v1\n${login}      - uses: acme/push@v1\n`);
    using repository = new TestRepository({ '.github/workflows/a.yml': text });
    const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
    expect(first?.title).toBe('docker/login-action@v3 and 1 more are not pinned, in jobs with secrets');
    expect(first?.evidence[1]).toMatchObject({
      text: 'uses: acme/push@v1. Its job has logged in with docker/login-action before.',
      ref: '.github/workflows/a.yml:10',
    });
  });

  it('leave out a comment that gives a reason for something else', async () => {
    const comment = '      # Also updates it, since we have\n      # made the release above.\n';
    const text = workflow(`${comment}      - uses: acme/a@v1\n      - run: npm publish\n`);
    expect(await found({ '.github/workflows/a.yml': text })).toEqual(['unpinned-action .github/workflows/a.yml']);
  });

  it('begin with a stranger where those who run the registry are named as well', async () => {
    const steps = '      - uses: pypa/gh-action-pypi-publish@release/v1\n      - uses: acme/a@v1\n';
    const text = workflow(steps).replace('    steps:', '    permissions:\n      id-token: write\n    steps:');
    using repository = new TestRepository({ '.github/workflows/a.yml': text });
    const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
    expect(first).toMatchObject({ severity: 'high', line: 9 });
    expect(first?.title).toBe('acme/a@v1 and 1 more are not pinned, in jobs that may write');
  });

  it.each([
    ['where it was cloned from', {}, 'https://github.com/Acme/app.git'],
    [
      'what its README shows',
      { 'README.md': '![](https://github.com/acme/app/actions/workflows/a.yml/badge.svg)' },
      '',
    ],
    ['its setup.cfg', { 'setup.cfg': '[metadata]\nurl = https://github.com/acme/app/\n' }, ''],
  ])('leave out those of its own organisation, known by %s', async (_, files: Files, origin) => {
    const names = ['acme/a@v1', 'acme-labs/b@v1', 'dependabot/fetch-metadata@v2', 'actions/checkout@main'];
    const steps = names.map((name) => `      - uses: ${name}\n`).join('');
    const text = workflow(`${steps}      - run: npm publish\n`);
    using repository = new TestRepository({ ...files, '.github/workflows/a.yml': text });
    repository.commitAt('2024-01-01T12:00:00Z');
    if (origin !== '') repository.git('remote', 'add', 'origin', origin);
    expect((await analyseFolder(repository.path, ['ci', ci])).findings).toEqual([]);
  });

  it('are found in actions of the repository too, where a job that uses them has something to lose', async () => {
    const text = 'runs:\n  using: composite\n  steps:\n    - uses: acme/setup@main\n';
    const path = '.github/actions/setup/action.yml';
    const steps = '      - uses: ./.github/actions/setup\n';
    const publish = workflow(`${steps}      - run: npm publish\n`);
    expect(await found({ [path]: text, '.github/workflows/a.yml': publish })).toEqual([`unpinned-action ${path}`]);
    expect(await found({ [path]: text, '.github/workflows/a.yml': workflow(steps) })).toEqual([]);
  });
});

it('says of an action inside of an action of the repository what reaches it', async () => {
  const path = '.github/actions/all/action.yml';
  const inner = '    - uses: acme/tell@v1\n    - uses: acme/sign@v1\n      with:\n        key: ${{ inputs.key }}\n';
  const given =
    '        with:\n          key: ${{ secrets.SIGN_KEY }}\n        env:\n          A: ${{ secrets.CHAT }}\n';
  using repository = new TestRepository({
    [path]: `inputs:\n  key: {}\nruns:\n  using: composite\n  steps:\n${inner}`,
    '.github/workflows/a.yml': workflow(`      - uses: ./.github/actions/all\n${given}`),
  });
  const [first] = (await analyseFolder(repository.path, ['ci', ci])).findings;
  expect(first?.evidence.map(({ text }) => text).slice(0, 2)).toEqual([
    'uses: acme/sign@v1. It is handed the secrets SIGN_KEY and CHAT.',
    'uses: acme/tell@v1. It is handed the secret CHAT.',
  ]);
});
