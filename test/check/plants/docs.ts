import type { Plant } from './plant.ts';

/** A page in a folder of its own, with links that lead somewhere beside the one it is about. */
function page(
  name: string,
  isTrue: boolean,
  [why, link]: readonly [string, string],
  more: Readonly<Record<string, string>> = {},
): Plant {
  const file = `docs/${name}/guide.md`;
  const text = `# Guide\n\n[One](one.md), [two](two.md) and [three](three.md).\n\n${link}\n`;
  const around = Object.fromEntries(['one', 'two', 'three'].map((part) => [`docs/${name}/${part}.md`, `# ${part}\n`]));
  return { kind: 'dead-link', file, isTrue, why, files: { [file]: text, ...around, ...more } };
}

const LINKS: readonly Plant[] = [
  page('links-1', true, ['a page that stands elsewhere', 'See [more](more-words.md).'], {
    'docs/about/more-words.md': '#\n',
  }),
  page('links-2', true, ['a folder up', 'See [the code](../../src/base/gone.js).'], { 'src/later/gone.js': 'a();\n' }),
  page('links-3', true, ['a picture', '![How it looks](pictures/look.png)'], { 'assets/look.png': 'picture' }),
  page('links-4', true, ['with an anchor', 'See [the rules](rules.md#third).'], { 'docs/about/rules.md': '# Third\n' }),
  page('links-5', true, ['defined below', 'See [the list][list].\n\n[list]: lists/every.md'], {
    'docs/about/every.md': '# Every\n',
  }),
  page('links-6', true, ['the wrong case', 'See [one](One.md).']),
  page('links-12', false, ['nothing tells what was meant', 'See [it](never-there.md).']),
  page('links-13', false, ['a page of a site', 'See [it](other-name.md).'], {
    'docs/links-13/_config.yml': 'title: A\n',
    'docs/about/other-name.md': '#\n',
  }),
  page('links-14', false, ['made by a site', 'See [it](../made/by-hand.html).'], { 'pages/by-hand.html': '<p>\n' }),
  page('links-7', false, ['served from another folder', '![Logo](img/links-7/logo.png)'], {
    'docs/public/img/links-7/logo.png': 'picture',
  }),
  page('links-8', false, ['in code', '```md\n[sample](gone.md)\n```']),
  page('links-9', false, ['a build makes it', 'See [the reference](made/reference.md).'], {
    'docs/links-9/.keep': '',
  }),
  page('links-10', false, ['on another site', '[there](https://example.org/gone.md)']),
  page('links-11', false, ['a page of a site', '[there](/gone)']),
  {
    kind: 'dead-link',
    file: 'packages/linked/CHANGELOG.md',
    isTrue: false,
    why: 'tells of what was',
    files: {
      'packages/linked/CHANGELOG.md':
        '# Changes\n\n## 1.0.0\n\nSee [how it was](docs/then.md) and [the code](index.js).\n',
      'packages/linked/index.js': 'export const a = 1;\n',
    },
  },
  {
    kind: 'dead-link',
    file: 'docs/archive/2019.md',
    isTrue: false,
    why: 'kept, not read',
    files: { 'docs/archive/2019.md': '# 2019\n\nSee [the plan](plan.md).\n' },
  },
];

function readme(
  dir: string,
  isTrue: boolean,
  [why, text]: readonly [string, string],
  more: Readonly<Record<string, string>> = {},
): Plant {
  const file = `packages/${dir}/README.md`;
  return {
    kind: 'missing-script',
    file,
    isTrue,
    why,
    files: {
      [file]: `# ${dir}\n\n${text}\n`,
      [`packages/${dir}/package.json`]: `${JSON.stringify({ name: dir, version: '1.0.0', scripts: { build: 'x' } })}\n`,
      ...Object.fromEntries(Object.entries(more).map(([name, content]) => [`packages/${dir}/${name}`, content])),
    },
  };
}

const SCRIPTS: readonly Plant[] = [
  readme('run-1', true, ['in a code block', '```sh\nnpm run compile\n```']),
  readme('run-2', true, ['in the text', 'Start it with `npm run start-all`.']),
  readme('run-3', true, ['with yarn', '```sh\nyarn run bundle\n```']),
  readme('run-4', true, ['with pnpm', '```sh\npnpm run deploy-it\n```']),
  readme('run-5', true, ['after another command', '```sh\nnpm install && npm run prepare-all\n```']),
  readme('run-6', true, ['to develop', '## Development\n\n```sh\nnpm run watch-files\n```']),
  readme('run-7', false, [
    'another project',
    'In your project, add a script and start it:\n\n```sh\nnpm run my-task\n```',
  ]),
  readme('run-8', false, ['a target of another tool', '```sh\nnpm run package-all\n```'], {
    'project.json': '{ "targets": { "package-all": {} } }\n',
  }),
  readme('run-9', false, ['there', '```sh\nnpm run build\n```']),
  readme('run-10', false, [
    'a copy of a template',
    'Get it with `degit texts/starter`, then:\n\n```sh\nnpm run begin\n```',
  ]),
  readme('run-11', false, ['another folder', '```sh\ncd other\nnpm run anything\n```']),
  readme('run-12', false, ['a place to fill in', '```sh\nnpm run <name>\n```']),
];

/** Pages and what they say. */
export const DOCS_PLANTS: readonly Plant[] = [...LINKS, ...SCRIPTS];
