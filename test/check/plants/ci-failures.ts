import { plantOf } from './lock-files.ts';
import type { Plant } from './plant.ts';

const workflow = (name: string): string => `.github/workflows/${name}.yml`;
const ignored = (isTrue: boolean, file: string, why: string, text: string): Plant =>
  plantOf('failure-ignored', isTrue, { file, why, files: { [file]: text } });

const head = (name: string, on = 'push'): string => `name: ${name}\non: ${on}\njobs:\n`;
const CHECKOUT = '      - uses: actions/checkout@v4\n';

/** Tests, checks and builds that may fail unseen. */
export const FAILURE_PLANTS: readonly Plant[] = [
  ignored(
    true,
    workflow('unit'),
    'the tests may fail',
    `${head('Unit')}  test:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: npm ci\n      - name: Run tests\n        run: npm test\n        continue-on-error: true\n`,
  ),
  ignored(
    true,
    workflow('python'),
    'what pytest says is thrown away',
    `${head('Python')}  pytest:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: |\n          pip install -r requirements.txt\n          python -m pytest tests/ -q || true\n`,
  ),
  ignored(
    true,
    workflow('style'),
    'a linter whose answer nobody hears',
    `${head('Style', '[push, pull_request]')}  lint:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: yarn lint --max-warnings 0 || echo "lint failed"\n`,
  ),
  ignored(
    true,
    workflow('browsers'),
    'a whole job of browser tests',
    `${head('Browsers')}  e2e:\n    runs-on: ubuntu-latest\n    continue-on-error: true\n    steps:\n${CHECKOUT}      - run: npx playwright test\n`,
  ),
  ignored(
    true,
    workflow('service'),
    'vet and tests of a service',
    `${head('Service')}  go:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - name: Check\n        run: 'go vet ./... || :'\n      - run: go test ./...\n`,
  ),
  ignored(
    true,
    '.gitlab-ci.yml',
    'allow_failure over the tests of every merge',
    'stages: [build, test]\n\nbuild:\n  stage: build\n  script:\n    - make build\n\nrspec:\n  stage: test\n  script:\n    - bundle install\n    - bundle exec rspec\n  allow_failure: true\n',
  ),
  ignored(
    true,
    'azure-pipelines.yml',
    'continueOnError over the build',
    'trigger: [main]\npool:\n  vmImage: ubuntu-latest\nsteps:\n  - script: dotnet build --configuration Release\n    displayName: Build\n  - script: dotnet test\n    continueOnError: true\n',
  ),
  ignored(
    true,
    workflow('tests-with-coverage'),
    'tests that count what they cover are tests',
    `${head('Tests')}  all:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - name: Run Tests\n        run: npm run test:coverage  || true\n`,
  ),
  ignored(
    true,
    workflow('nameless'),
    'tests that count what they cover, in a step without a name',
    `${head('Nameless')}  all:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: npm run test:coverage || true\n`,
  ),
  ignored(
    false,
    workflow('autofix'),
    'a step that repairs what it can',
    `${head('Autofix', 'pull_request')}  fix:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: npx eslint . --fix\n        continue-on-error: true\n      - uses: autofix-ci/action@635ffb0c9798bd160680f18fd73371e355b85f27\n`,
  ),
  ignored(
    false,
    workflow('merged'),
    'puts together what tests told before',
    `${head('Merged')}  all:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - name: Merge reports\n        continue-on-error: true\n        run: pnpm test:ui --merge-reports\n`,
  ),
  ignored(
    false,
    workflow('explained'),
    'a comment above the step says why',
    `${head('Explained')}  all:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      # The old database is known to answer slowly:\n      # its result is read by people.\n      - name: Run them\n        if: matrix.database == 'old'\n        run: npm test || true\n`,
  ),
  ignored(
    false,
    workflow('named'),
    'the name of the step says so',
    `${head('Named')}  all:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - name: Lint (informational)\n        run: npm run lint\n        continue-on-error: true\n`,
  ),
  ignored(
    false,
    workflow('job-explained'),
    'a comment beside the word says why',
    `${head('Job')}  all:\n    runs-on: ubuntu-latest\n    continue-on-error: true # flaky until the new runner is there\n    steps:\n${CHECKOUT}      - run: npm test\n`,
  ),
  ignored(
    false,
    workflow('coverage'),
    'only the upload may fail',
    `${head('Coverage')}  cover:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: npm run test:coverage\n      - name: Upload coverage\n        uses: codecov/codecov-action@b9fd7d16f6d7d1b5d2bec1a2887e65ceed900238\n        continue-on-error: true\n`,
  ),
  ignored(
    false,
    workflow('nightly'),
    'a version of Node that is not out yet',
    `${head('Nightly')}  node-nightly:\n    runs-on: ubuntu-latest\n    continue-on-error: true\n    steps:\n${CHECKOUT}      - run: npm test\n`,
  ),
  ignored(
    false,
    workflow('alternative-runtimes'),
    'runtimes that nobody promises to support, by the name of the file',
    `${head('Runtimes')}  unit:\n    runs-on: ubuntu-latest\n    continue-on-error: true\n    steps:\n${CHECKOUT}      - run: bun test\n`,
  ),
  ignored(
    false,
    workflow('matrix'),
    'only the cells that are marked may fail',
    `${head('Matrix')}  test:\n    runs-on: ubuntu-latest\n    continue-on-error: \${{ matrix.experimental }}\n    strategy:\n      matrix:\n        include:\n          - { node: 22, experimental: false }\n          - { node: 25, experimental: true }\n    steps:\n${CHECKOUT}      - run: npm test\n`,
  ),
  ignored(
    false,
    workflow('cleanup'),
    'grep, rm and docker may find nothing',
    `${head('Cleanup')}  clean:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: |\n          docker rm -f test-db || true\n          grep -c FAIL test.log || true\n          rm -r build/test || true\n          npm test\n`,
  ),
  ignored(
    false,
    workflow('outcome'),
    'a later step asks how it ended',
    `${head('Outcome')}  test:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - id: tests\n        run: npm test\n        continue-on-error: true\n      - if: steps.tests.outcome == 'failure'\n        run: ./collect-logs.sh && exit 1\n`,
  ),
  ignored(
    false,
    workflow('fallback'),
    'a second way when the first fails, and a text that speaks of it',
    `${head('Fallback')}  build:\n    runs-on: ubuntu-latest\n    steps:\n${CHECKOUT}      - run: npm ci || npm install\n      - run: npm run build && echo "npm test || true is not for us"\n      - run: npm test\n`,
  ),
  ignored(
    false,
    '.travis.yml',
    'the head of the language may fail',
    'language: ruby\nrvm: [3.3, ruby-head]\nscript: bundle exec rake test\njobs:\n  allow_failures:\n    - rvm: ruby-head\n',
  ),
];
