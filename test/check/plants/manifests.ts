import { plantOf } from './lock-files.ts';
import type { Plant } from './plant.ts';

const plant = (
  kind: string,
  isTrue: boolean,
  file: string,
  [why, text, more = {}]: readonly [string, string, Plant['files']?],
): Plant => plantOf(kind, isTrue, { file, why, files: { [file]: text, ...more } });

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const NOWHERE = 'manifest-points-nowhere';

const nowhere: readonly Plant[] = [
  plant(NOWHERE, true, 'py-tool/pyproject.toml', [
    'the command starts a module that was renamed',
    '[project]\nname = "py-tool"\nversion = "1.0"\n\n[project.scripts]\npy-tool = "py_tool.cli:main"\n',
    { 'py-tool/src/py_tool/__init__.py': '', 'py-tool/src/py_tool/command.py': 'def main():\n    pass\n' },
  ]),
  plant(NOWHERE, true, 'py-page/pyproject.toml', [
    'the page that goes with the package is another',
    '[project]\nname = "py-page"\nreadme = "README.rst"\n',
    { 'py-page/README.md': '# Page\n' },
  ]),
  plant(NOWHERE, true, 'py-old/setup.cfg', [
    'a command of a package that has it no more',
    '[metadata]\nname = py-old\n\n[options.entry_points]\nconsole_scripts =\n    old-serve = py_old.server.run:main\n',
    { 'py-old/py_old/__init__.py': '', 'py-old/py_old/app.py': '' },
  ]),
  plant(NOWHERE, true, 'rs-space/Cargo.toml', [
    'a part of the workspace that was removed',
    '[workspace]\nmembers = [\n    "core",\n    "cli", # the command\n]\n',
    { 'rs-space/core/Cargo.toml': '[package]\nname = "rs-core"\nversion = "0.1.0"\n' },
  ]),
  plant(NOWHERE, true, 'rs-dep/Cargo.toml', [
    'a crate in a folder that is not there',
    '[package]\nname = "rs-dep"\nversion = "0.1.0"\n\n[dependencies]\nwire = { path = "wire", version = "0.1" }\n',
  ]),
  plant(NOWHERE, true, 'go-local/go.mod', [
    'replaced by a folder that nobody committed',
    'module example.org/local\n\ngo 1.22\n\nrequire example.org/wire v0.1.0\n\nreplace example.org/wire => ./internal/wire\n',
  ]),
  plant(NOWHERE, true, 'php-app/composer.json', [
    'classes in a folder that was moved',
    json({ name: 'acme/php-app', autoload: { 'psr-4': { 'Acme\\': 'src/' } } }),
    { 'php-app/lib/App.php': '<?php\n' },
  ]),
  plant(NOWHERE, true, 'rb-app/Gemfile', [
    'a gem in a folder that is not there',
    "source 'https://rubygems.org'\n\ngem 'rails'\ngem 'billing', path: 'engines/billing'\n",
  ]),
  plant(NOWHERE, true, 'js-lib/package.json', [
    'the way in was renamed',
    json({ name: 'js-lib', main: './start.js' }),
    { 'js-lib/begin.js': 'export const a = 1;\n' },
  ]),
  plant(NOWHERE, false, 'py-good/pyproject.toml', [
    'module, package and compiled module are there',
    '[project]\nname = "py-good"\nreadme = { file = "README.md", content-type = "text/markdown" }\n\n[project.scripts]\ngood = "py_good.cli:main"\ngood-fast = "py_good._fast:main"\ngood-sub = "py_good.sub:main"\n',
    {
      'py-good/README.md': '#\n',
      'py-good/py_good/__init__.py': '',
      'py-good/py_good/cli.py': '',
      'py-good/py_good/_fast.pyx': '',
      'py-good/py_good/sub/__init__.py': '',
    },
  ]),
  plant(NOWHERE, false, 'py-other/pyproject.toml', [
    'a command of another package',
    '[project]\nname = "py-other"\n\n[project.scripts]\nserve = "uvicorn.main:main"\n\n[project.entry-points."pytest11"]\nother = "py_other"\n',
    { 'py-other/py_other.py': '' },
  ]),
  plant(NOWHERE, false, 'rs-globs/Cargo.toml', [
    'members by a pattern, and a crate from the registry',
    '[workspace]\nmembers = ["crates/*"]\nexclude = ["gone"]\n\n[workspace.dependencies]\nserde = { version = "1", features = ["path"] }\n',
    { 'rs-globs/crates/a/Cargo.toml': '[package]\nname = "rs-a"\n' },
  ]),
  plant(NOWHERE, false, 'go-versions/go.mod', [
    'replaced by another version',
    'module example.org/versions\n\nreplace github.com/a/b => github.com/c/b v1.2.0\n\n// replace example.org/x => ./gone\n',
  ]),
  plant(NOWHERE, false, 'php-good/composer.json', [
    'folders that are there, or come with an install',
    json({ name: 'acme/php-good', bin: ['vendor/bin/tool'], autoload: { 'psr-4': { 'Good\\': ['src/', ''] } } }),
    { 'php-good/src/A.php': '<?php\n' },
  ]),
  plant(NOWHERE, false, 'rb-maybe/Gemfile', [
    'only for those who have it',
    "source 'https://rubygems.org'\n\nif File.directory?('../engine')\n  gem 'engine', path: 'engine'\nend\n",
  ]),
];

const TWICE = 'dependency-twice';

const twice: readonly Plant[] = [
  plant(TWICE, true, 'twice-js/package.json', [
    'to run and to develop, in two versions',
    json({ name: 'twice-js', dependencies: { axios: '^1.6.0' }, devDependencies: { axios: '^0.27.0' } }),
  ]),
  plant(TWICE, true, 'twice-same/package.json', [
    'the same twice',
    json({ name: 'twice-same', dependencies: { lodash: '^4.17.0' }, devDependencies: { lodash: '^4.17.0' } }),
  ]),
  plant(TWICE, true, 'twice-py/requirements.txt', [
    'two versions in one list',
    'requests==2.31.0\nflask>=3.0\nRequests>=2.32\n',
  ]),
  plant(TWICE, true, 'twice-project/pyproject.toml', [
    'written in two ways',
    '[project]\nname = "twice-project"\ndependencies = [\n    "typing_extensions>=4",\n    "httpx",\n    "typing-extensions>=4.8",\n]\n',
  ]),
  plant(TWICE, true, 'twice-rb/Gemfile', [
    'a gem in two groups',
    "source 'https://rubygems.org'\n\ngem 'pry', '~> 0.14'\n\ngroup :development do\n  gem 'pry'\nend\n",
  ]),
  plant(TWICE, true, 'twice-php/composer.json', [
    'to run and to develop',
    json({
      name: 'acme/twice-php',
      require: { 'monolog/monolog': '^3.0' },
      'require-dev': { 'monolog/monolog': '^2.0' },
    }),
  ]),
  plant(TWICE, false, 'peer-js/package.json', [
    'the host brings it, and tests need it',
    json({ name: 'peer-js', peerDependencies: { react: '>=17' }, devDependencies: { react: '^18.0.0' } }),
  ]),
  plant(TWICE, false, 'marks-py/requirements.txt', [
    'one for each version of Python',
    "numpy<2; python_version < '3.10'\nnumpy>=2; python_version >= '3.10'\n",
  ]),
  plant(TWICE, false, 'extras-py/requirements.txt', [
    'with extras, and in a comment',
    'uvicorn>=0.30\nuvicorn[standard]>=0.30\n# uvicorn==0.29\n-r base.txt\n-c uvicorn-constraints.txt\n',
    { 'extras-py/base.txt': '' },
  ]),
  plant(TWICE, false, 'groups-py/pyproject.toml', [
    'in two lists that stand for themselves',
    '[project]\nname = "groups-py"\ndependencies = ["rich"]\n\n[project.optional-dependencies]\nall = ["rich>=13", "textual"]\ntui = ["textual"]\n',
  ]),
  plant(TWICE, false, 'names-rb/Gemfile', [
    'two gems that begin alike',
    "source 'https://rubygems.org'\n\ngem 'rack'\ngem 'rack-test'\n# gem 'rack'\n",
  ]),
  plant(TWICE, false, 'hashes-py/requirements.txt', [
    'a list with hashes, made by a tool',
    'idna==3.7 \\\n    --hash=sha256:028ff3aadf0609c1fd278d8ea3089299412a7a8b9bd005dd08b9f8285bcb5cfc \\\n    --hash=sha256:82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0\n',
  ]),
];

const BRANCH = 'unpinned-git-source';
const COMMIT = '4f3ad1b6f2e1a7c08c1e6f3d2b9a5c7e8d0f1a2b';

const branches: readonly Plant[] = [
  plant(BRANCH, true, 'git-py/requirements.txt', [
    'no commit, no tag',
    'flask>=3.0\ngit+https://github.com/acme/auth.git\n',
  ]),
  plant(BRANCH, true, 'egg-py/requirements.txt', [
    'by its egg',
    '-e git+ssh://git@github.com/acme/models.git#egg=acme-models\n',
  ]),
  plant(BRANCH, true, 'direct-py/pyproject.toml', [
    'an address in the project',
    '[project]\nname = "direct-py"\ndependencies = [\n    "acme-sdk @ git+https://github.com/acme/sdk.git",\n]\n',
  ]),
  plant(BRANCH, true, 'git-rs/Cargo.toml', [
    'the default branch',
    '[package]\nname = "git-rs"\nversion = "0.1.0"\n\n[dependencies]\nparser = { git = "https://github.com/acme/parser" }\n',
  ]),
  plant(BRANCH, true, 'branch-rs/Cargo.toml', [
    'a branch by name',
    '[package]\nname = "branch-rs"\nversion = "0.1.0"\n\n[build-dependencies]\ncodegen = { git = "https://github.com/acme/codegen", branch = "next" }\n',
  ]),
  plant(BRANCH, true, 'git-rb/Gemfile', [
    'a repository of a forge',
    "source 'https://rubygems.org'\n\ngem 'devise', github: 'acme/devise'\n",
  ]),
  plant(BRANCH, true, 'branch-rb/Gemfile', [
    'a branch by name',
    "source 'https://rubygems.org'\n\ngem 'sidekiq', git: 'https://github.com/acme/sidekiq', branch: 'main'\n",
  ]),
  plant(BRANCH, false, 'tag-py/requirements.txt', [
    'a commit and a tag',
    `git+https://github.com/acme/auth.git@${COMMIT}\nacme-sdk @ git+https://github.com/acme/sdk.git@v2.1.0#subdirectory=python\n`,
  ]),
  plant(BRANCH, false, 'user-py/requirements.txt', [
    'a name before the host, and a tag',
    '-e git+ssh://git@github.com/acme/models.git@v1.0.0#egg=acme-models\n',
  ]),
  plant(BRANCH, false, 'rev-rs/Cargo.toml', [
    'a commit',
    `[package]\nname = "rev-rs"\nversion = "0.1.0"\n\n[dependencies]\nparser = { git = "https://github.com/acme/parser", rev = "${COMMIT}" }\n`,
  ]),
  plant(BRANCH, false, 'locked-rs/Cargo.toml', [
    'the lock file names the commit',
    '[package]\nname = "locked-rs"\nversion = "0.1.0"\n\n[dependencies]\nparser = { git = "https://github.com/acme/parser" }\n',
    {
      'locked-rs/Cargo.lock': `version = 3\n\n[[package]]\nname = "locked-rs"\nversion = "0.1.0"\n\n[[package]]\nname = "parser"\nversion = "0.2.0"\nsource = "git+https://github.com/acme/parser#${COMMIT}"\n`,
    },
  ]),
  plant(BRANCH, false, 'locked-py/pyproject.toml', [
    'the lock file names the commit',
    '[project]\nname = "locked-py"\ndependencies = ["acme-sdk @ git+https://github.com/acme/sdk.git"]\n',
    { 'locked-py/uv.lock': 'version = 1\n\n[[package]]\nname = "acme-sdk"\nversion = "1.0"\n' },
  ]),
  plant(BRANCH, false, 'tag-rb/Gemfile', [
    'a tag',
    "source 'https://rubygems.org'\n\ngem 'devise', github: 'acme/devise', tag: 'v4.9.4'\n",
  ]),
];

export const MANIFEST_PLANTS: readonly Plant[] = [...nowhere, ...twice, ...branches];
