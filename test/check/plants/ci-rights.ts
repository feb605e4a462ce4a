import { plantOf } from './lock-files.ts';
import type { Plant } from './plant.ts';

const RIGHTS = 'unstated-rights';
const OLD = 'outdated-action';
const PINNED = '11bd71901bbe5b1630ceea73d27597364c9af683';

const workflow = (kind: string, isTrue: boolean, name: string, [why, steps, more = '']: Told): Plant => {
  const file = `.github/workflows/${name}.yml`;
  const head = more.startsWith('permissions') ? more : '';
  const own = head === '' ? more : '';
  const text = `name: ${name}\non: push\n${head}jobs:\n  one:\n    runs-on: ubuntu-latest\n${own}    steps:\n${steps}`;
  return plantOf(kind, isTrue, { file, why, files: { [file]: text } });
};
type Told = readonly [why: string, steps: string, more?: string];

const CHECKOUT = `      - uses: actions/checkout@${PINNED} # v4.2.2\n`;
const withToken = (name: string): string => `${CHECKOUT}        with:\n          token: \${{ secrets.${name} }}\n`;

const rights: readonly Plant[] = [
  workflow(RIGHTS, true, 'push-pages', [
    'pushes pages',
    `${CHECKOUT}      - run: |\n          make pages\n          git push origin pages\n`,
  ]),
  workflow(RIGHTS, true, 'push-tags', ['pushes a tag', `${CHECKOUT}      - run: git push --tags\n`]),
  workflow(RIGHTS, true, 'make-release', [
    'makes a release',
    `${CHECKOUT}      - run: gh release create "$TAG" dist/*\n        env:\n          GH_TOKEN: \${{ secrets.GITHUB_TOKEN }}\n`,
  ]),
  workflow(RIGHTS, true, 'release-files', [
    'an action that makes a release',
    `${CHECKOUT}      - uses: softprops/action-gh-release@c95fe1489396fe8a9eb87c0abf8aa5b2ef267fda\n`,
  ]),
  workflow(RIGHTS, true, 'deploy-pages', [
    'an action that pushes to a branch',
    `${CHECKOUT}      - uses: peaceiris/actions-gh-pages@4f9cc6602d3f66b9c108549d475ec49e8ef4d45e\n        with:\n          github_token: \${{ secrets.GITHUB_TOKEN }}\n`,
  ]),
  workflow(RIGHTS, true, 'commit-format', [
    'commits what a formatter changed',
    `${CHECKOUT}      - run: npm run format\n      - uses: stefanzweifel/git-auto-commit-action@b863ae1933cb653a53c021fe36dbb774e1fb9403\n`,
  ]),
  workflow(RIGHTS, false, 'push-stated', [
    'the workflow says what it may',
    `${CHECKOUT}      - run: git push\n`,
    'permissions:\n  contents: write\n',
  ]),
  workflow(RIGHTS, false, 'push-job', [
    'the job says what it may',
    `${CHECKOUT}      - run: git push\n`,
    '    permissions:\n      contents: write\n',
  ]),
  workflow(RIGHTS, false, 'push-pat', ['with a token of its own', `${withToken('FORMAT_PAT')}      - run: git push\n`]),
  workflow(RIGHTS, false, 'push-app', [
    'with the token of an app',
    `      - uses: actions/create-github-app-token@${PINNED}\n${CHECKOUT}      - run: git push\n`,
  ]),
  workflow(RIGHTS, false, 'speaks', ['only speaks of it', `${CHECKOUT}      - run: echo "then git push"\n`]),
  workflow(RIGHTS, false, 'reads', ['only reads', `${CHECKOUT}      - run: gh release view\n      - run: git fetch\n`]),
];

const uses = (...actions: readonly string[]): string => actions.map((action) => `      - uses: ${action}\n`).join('');

const outdated: readonly Plant[] = [
  workflow(OLD, true, 'checkout-2', ['made for Node 12', uses('actions/checkout@v2', 'actions/setup-node@v6')]),
  workflow(OLD, true, 'checkout-1', ['a part of the runner', uses('actions/checkout@v1')]),
  workflow(OLD, true, 'node-3', ['made for Node 16', uses('actions/checkout@v4', 'actions/setup-node@v3')]),
  workflow(OLD, true, 'python-4', ['made for Node 16 too', uses('actions/setup-python@v4.7.1')]),
  workflow(OLD, true, 'artifact-3', ['refused by the service', uses('actions/upload-artifact@v3')]),
  workflow(OLD, true, 'cache-2', ['refused by the service as well', uses('actions/cache@v2')]),
  workflow(OLD, true, 'codeql-2', ['retired', uses('github/codeql-action/init@v2', 'github/codeql-action/analyze@v2')]),
  workflow(OLD, false, 'fresh', ['of today', uses('actions/checkout@v6', 'actions/setup-node@v6.1.0')]),
  workflow(OLD, false, 'hash', ['by its commit', uses(`actions/checkout@${PINNED} # v2`)]),
  workflow(OLD, false, 'branch', ['no version at all', uses('actions/hello-world-javascript-action@v1')]),
  workflow(OLD, false, 'cache-4', ['versions that are kept up', uses('actions/cache@v4', 'actions/stale@v9')]),
  workflow(OLD, false, 'artifact-4', ['the first version that works', uses('actions/download-artifact@v4')]),
  workflow(OLD, false, 'in-text', [
    'in a comment',
    '      # - uses: actions/checkout@v2\n      - run: echo actions/cache@v2\n',
  ]),
];

export const RIGHTS_PLANTS: readonly Plant[] = [...rights, ...outdated];
