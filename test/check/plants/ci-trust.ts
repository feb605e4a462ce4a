import { plantOf } from './lock-files.ts';
import type { Plant } from './plant.ts';

type Kind = 'untrusted-input-in-script' | 'untrusted-checkout' | 'unpinned-action';

const workflow = (kind: Kind, isTrue: boolean, name: string, [why, text]: readonly [string, string]): Plant => {
  const file = `.github/workflows/${name}.yml`;
  return plantOf(kind, isTrue, { file, why, files: { [file]: text } });
};

const CHECKOUT = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683';
const one = (name: string, on: string, steps: string, more = ''): string =>
  `name: ${name}\n${on}\njobs:\n  ${name}:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`;

const INPUT = 'untrusted-input-in-script';

const inputs: readonly Plant[] = [
  workflow(INPUT, true, 'triage', [
    'the title of an issue in a shell',
    one(
      'triage',
      'on:\n  issues:\n    types: [opened]',
      '      - run: |\n          echo "New issue: ${{ github.event.issue.title }}"\n          ./label.sh\n',
    ),
  ]),
  workflow(INPUT, true, 'answer', [
    'a comment in a shell',
    one(
      'answer',
      'on: issue_comment',
      '      - name: Parse command\n        run: python bot.py --text "${{ github.event.comment.body }}"\n',
    ),
  ]),
  workflow(INPUT, true, 'preview-link', [
    'the branch name of a fork',
    one(
      'preview-link',
      'on: pull_request_target',
      '      - run: echo "url=https://${{ github.head_ref }}.preview.example.com" >> "$GITHUB_OUTPUT"\n',
    ),
  ]),
  workflow(INPUT, true, 'describe', [
    'the text of a pull request in a script',
    one(
      'describe',
      'on: [pull_request_target]',
      '      - uses: actions/github-script@60a0d83039c74a4aee543508d2ffcb1c3799cdea\n        with:\n          script: |\n            const body = `${{ github.event.pull_request.body }}`;\n            await check(body);\n',
    ),
  ]),
  workflow(INPUT, true, 'announce', [
    'the message of a commit',
    one('announce', 'on: push', "      - run: ./notify --message '${{ github.event.head_commit.message }}'\n"),
  ]),
  workflow(INPUT, true, 'after-build', [
    'the branch of the run that came before',
    one(
      'after-build',
      'on:\n  workflow_run:\n    workflows: [Build]\n    types: [completed]',
      '      - run: git log "origin/${{ github.event.workflow_run.head_branch }}" -1\n',
    ),
  ]),
  workflow(INPUT, true, 'title-format', [
    'a title inside of another expression',
    one(
      'title-format',
      'on: pull_request',
      "      - run: echo ${{ format('PR {0}', github.event.pull_request.title) }}\n",
    ),
  ]),
  workflow(INPUT, false, 'title-safe', [
    'handed over in the environment',
    one(
      'title-safe',
      'on: issues',
      '      - env:\n          TITLE: ${{ github.event.issue.title }}\n        run: echo "$TITLE"\n',
    ),
  ]),
  workflow(INPUT, false, 'number', [
    'a number',
    one(
      'number',
      'on: issue_comment',
      '      - run: gh issue edit ${{ github.event.issue.number }} --add-label seen\n',
    ),
  ]),
  workflow(INPUT, false, 'asked', [
    'only asked whether a word is in it',
    one(
      'asked',
      'on: push',
      '      - run: echo "skip=${{ contains(github.event.head_commit.message, \'[skip]\') }}" >> "$GITHUB_OUTPUT"\n',
    ),
  ]),
  workflow(INPUT, false, 'conditional', [
    'in a condition, not in a script',
    one(
      'conditional',
      'on: issue_comment',
      "      - if: startsWith(github.event.comment.body, '/deploy')\n        run: ./deploy.sh\n",
    ),
  ]),
  workflow(INPUT, false, 'as-argument', [
    'given to an action as a value',
    one(
      'as-argument',
      'on: pull_request',
      '      - uses: amannn/action-semantic-pull-request@0723387faaf9b38adef4775cd42cfd5155ed6017\n        with:\n          title: ${{ github.event.pull_request.title }}\n',
    ),
  ]),
  workflow(INPUT, false, 'grouped', [
    'the branch names a group of runs',
    `name: grouped\non: pull_request\nconcurrency:\n  group: ci-\${{ github.head_ref }}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test -- --sha \${{ github.event.pull_request.head.sha }}\n`,
  ]),
];

const OUT = 'untrusted-checkout';
const TARGET = 'on: pull_request_target';
const out = (ref: string): string => `      - uses: ${CHECKOUT}\n        with:\n          ref: ${ref}\n`;
const HEAD = '${{ github.event.pull_request.head.sha }}';

const checkouts: readonly Plant[] = [
  workflow(OUT, true, 'size', [
    'builds the head with the rights of the base',
    one('size', TARGET, `${out(HEAD)}      - run: npm ci && npm run build\n`),
  ]),
  workflow(OUT, true, 'docs-preview', [
    'installs and builds pages of a fork',
    one(
      'docs-preview',
      'on:\n  pull_request_target:\n    paths: [docs/**]',
      `${out('${{ github.head_ref }}').replace('ref:', 'repository: ${{ github.event.pull_request.head.repo.full_name }}\n          ref:')}      - run: pip install -r docs/requirements.txt\n      - run: make docs\n`,
    ),
  ]),
  workflow(OUT, true, 'benchmark', [
    'the merge of the request',
    one(
      'benchmark',
      'on: issue_comment',
      `${out('refs/pull/${{ github.event.issue.number }}/merge')}      - run: cargo bench\n`,
      "    if: contains(github.event.comment.body, '/bench')\n",
    ),
  ]),
  workflow(OUT, true, 'report-after', [
    'the commit of the run before',
    one(
      'report-after',
      'on:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]',
      `${out('${{ github.event.workflow_run.head_sha }}')}      - run: ./scripts/report.sh\n`,
    ),
  ]),
  workflow(OUT, true, 'snapshots', [
    'an action of the repository, as the fork has it',
    one('snapshots', TARGET, `${out(HEAD)}      - uses: ./.github/actions/prepare\n`),
  ]),
  workflow(OUT, true, 'e2e-secrets', [
    'tests of the fork with a key',
    one(
      'e2e-secrets',
      TARGET,
      `${out('${{ github.event.pull_request.head.ref }}')}      - run: pnpm install --frozen-lockfile\n      - run: pnpm test:e2e\n        env:\n          KEY: \${{ secrets.E2E_KEY }}\n`,
    ),
  ]),
  workflow(OUT, false, 'labels', [
    'the base alone, which is the default',
    one('labels', TARGET, `      - uses: ${CHECKOUT}\n      - run: node .github/label.js\n`),
  ]),
  workflow(OUT, false, 'plain-tests', [
    'pull_request has no secrets',
    one('plain-tests', 'on: pull_request', `${out(HEAD)}      - run: npm test\n`),
  ]),
  workflow(OUT, false, 'approved', [
    'somebody of the project set a label first',
    one(
      'approved',
      'on:\n  pull_request_target:\n    types: [labeled]',
      `${out(HEAD)}      - run: npm test\n`,
      "    if: contains(github.event.pull_request.labels.*.name, 'safe to test')\n",
    ),
  ]),
  workflow(OUT, false, 'members', [
    'only members may ask',
    one(
      'members',
      'on: issue_comment',
      `${out('refs/pull/${{ github.event.issue.number }}/head')}      - run: make bench\n`,
      "    if: github.event.comment.author_association == 'MEMBER'\n",
    ),
  ]),
  workflow(OUT, false, 'base-branch', [
    'the branch it goes into',
    one('base-branch', TARGET, `${out('${{ github.event.pull_request.base.sha }}')}      - run: node check-title.js\n`),
  ]),
  workflow(OUT, false, 'spelling', [
    'the head is read, and nothing of it is run',
    one('spelling', TARGET, `${out(HEAD)}      - uses: crate-ci/typos@11bd71901bbe5b1630ceea73d27597364c9af683\n`),
  ]),
  workflow(OUT, false, 'greet', [
    'nothing is checked out',
    one(
      'greet',
      TARGET,
      '      - run: gh pr comment ${{ github.event.pull_request.number }} --body "Thanks for ${{ github.event.pull_request.head.sha }}"\n',
    ),
  ]),
];

const PIN = 'unpinned-action';
const RELEASE = 'on:\n  push:\n    tags: [v*]';
const uses = (action: string, more = ''): string =>
  `      - uses: ${CHECKOUT} # v4.2.2\n      - uses: ${action}\n${more}`;
const token = (name: string): string => `        with:\n          token: \${{ secrets.${name} }}\n`;

const actions: readonly Plant[] = [
  workflow(PIN, true, 'comment-by-env', [
    'a token by the environment, and nothing limits it',
    one(
      'comment',
      'on: push',
      uses('helpful-comments/summarise@v3', '        env:\n          GITHUB_TOKEN: ${{ github.token }}\n'),
    ),
  ]),
  workflow(PIN, false, 'measure-cover', [
    'the token of the service that makes the action',
    `permissions:\n  contents: read\n${one('measure-cover', 'on: push', uses('codecov/codecov-action@v5', token('CODECOV_TOKEN')))}`,
  ]),
  workflow(PIN, false, 'name-org', [
    'names that are kept among the secrets',
    `permissions:\n  contents: read\n${one('name-org', 'on: push', uses('helpful-comments/summarise@v3', token('DOCKER_ORG_NAME')))}`,
  ]),
  workflow(PIN, false, 'provenance', [
    'its README asks for the tag, and a commit breaks it',
    'name: provenance\non:\n  push:\n    tags: [v*]\njobs:\n  provenance:\n    permissions:\n      id-token: write\n      contents: write\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0\n',
  ]),
  workflow(PIN, true, 'publish-crate', [
    'a branch, with the token of the registry',
    one('publish-crate', RELEASE, uses('katyo/publish-crates@master', token('CARGO_TOKEN'))),
  ]),
  workflow(PIN, true, 'publish-npm', [
    'a tag, with the token of the registry',
    one('publish-npm', RELEASE, uses('JS-DevTools/npm-publish@v3', token('NPM_TOKEN'))),
  ]),
  workflow(PIN, true, 'publish-image', [
    'tags, with the password of the registry',
    one(
      'publish-image',
      RELEASE,
      uses(
        'docker/login-action@v3',
        '        with:\n          username: acme\n          password: ${{ secrets.REGISTRY_PASSWORD }}\n      - uses: docker/build-push-action@v6\n',
      ),
    ),
  ]),
  workflow(PIN, true, 'publish-release', [
    'a tag, in a workflow that may write',
    `permissions:\n  contents: write\n${one('publish-release', RELEASE, uses('softprops/action-gh-release@v2'))}`,
  ]),
  workflow(PIN, true, 'deploy-cloud', [
    'an identity of the cloud',
    one(
      'deploy-cloud',
      RELEASE,
      uses(
        'google-github-actions/auth@v2',
        '        with:\n          workload_identity_provider: projects/1/locations/global\n',
      ),
      '    permissions:\n      id-token: write\n',
    ),
  ]),
  workflow(PIN, true, 'call-shared', [
    "somebody else's workflow with all secrets",
    `name: call-shared\non: push\njobs:\n  shared:\n    uses: acme/workflows/.github/workflows/release.yml@main\n    secrets: inherit\n`,
  ]),
  workflow(PIN, false, 'pinned', [
    'named by its commit',
    one(
      'pinned',
      RELEASE,
      uses('softprops/action-gh-release@c95fe1489396fe8a9eb87c0abf8aa5b2ef267fda # v2.2.1', token('RELEASE_TOKEN')),
    ),
  ]),
  workflow(PIN, false, 'first-party', [
    'by those who run the service',
    one('first-party', RELEASE, uses('actions/setup-node@v4', token('NPM_TOKEN'))),
  ]),
  workflow(PIN, false, 'scan', [
    'of the service itself too',
    `permissions:\n  contents: write\n${one('scan', 'on: push', uses('github/codeql-action/init@v3'))}`,
  ]),
  workflow(PIN, false, 'reads-only', [
    'in a job whose token may only read',
    `permissions:\n  contents: read\n${one('reads-only', 'on: push', uses('golangci/golangci-lint-action@v6'))}`,
  ]),
  workflow(PIN, false, 'site', [
    'the official set-up of a language, for the pages of the project',
    `permissions:\n  contents: read\n  pages: write\n  id-token: write\n${one('site', 'on: push', uses('ruby/setup-ruby@v1', '      - run: bundle exec rake docs\n'))}`,
  ]),
  workflow(PIN, false, 'local-action', [
    'of the repository itself',
    one('local-action', RELEASE, uses('./.github/actions/release', token('NPM_TOKEN'))),
  ]),
  workflow(PIN, false, 'in-comment', [
    'in a comment and in a text',
    one(
      'in-comment',
      RELEASE,
      `      # - uses: evil/action@main\n      - run: echo "uses others/action@main"\n        env:\n          TOKEN: \${{ secrets.TOKEN }}\n`,
    ),
  ]),
  workflow(PIN, false, 'container', [
    'an image by its digest',
    one(
      'container',
      RELEASE,
      uses(
        'docker://alpine@sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d',
        token('TOKEN').replace('with', 'env'),
      ),
    ),
  ]),
];

export const TRUST_PLANTS: readonly Plant[] = [...inputs, ...checkouts, ...actions];
